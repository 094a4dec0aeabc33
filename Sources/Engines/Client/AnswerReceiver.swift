#if Engines
import Foundation
import Synchronization
import Teacher

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Collects answers as they arrive: Foundation's own collector knows no limit and follows redirections.
final class AnswerReceiver: NSObject, URLSessionDataDelegate, Sendable {
  typealias Outcome = Result<HTTPAnswer, any Error>

  private struct Pending {
    var continuation: CheckedContinuation<Outcome, Never>
    var body: [UInt8] = []
    var isTooLarge = false
  }

  private let pending = Mutex<[Int: Pending]>([:])
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Notes who waits for a task; to be called before the task starts.
  func expect(_ task: URLSessionTask, _ continuation: CheckedContinuation<Outcome, Never>) {
    pending.withLock { $0[task.taskIdentifier] = Pending(continuation: continuation) }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping (URLRequest?) -> Void
  ) {
    // The key would go to whoever the server names.
    completionHandler(nil)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let isTooLarge = pending.withLock { table in
      let id = dataTask.taskIdentifier
      guard let count = table[id]?.body.count else { return false }
      guard data.count <= limit - count else {
        table[id]?.isTooLarge = true
        return true
      }
      table[id]?.body.append(contentsOf: data)
      return false
    }
    if isTooLarge { dataTask.cancel() }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    let found = pending.withLock { $0.removeValue(forKey: task.taskIdentifier) }
    guard let found else { return }
    found.continuation.resume(returning: outcome(task, error, found))
  }

  private func outcome(_ task: URLSessionTask, _ error: (any Error)?, _ found: Pending) -> Outcome {
    if found.isTooLarge { return .failure(TransportTrouble.tooLarge) }
    if let error { return .failure(trouble(error)) }
    guard let response = task.response as? HTTPURLResponse else {
      return .failure(TransportTrouble.broken("no answer"))
    }
    return .success(
      HTTPAnswer(
        status: response.statusCode,
        contentType: response.value(forHTTPHeaderField: "Content-Type") ?? "",
        retryAfter: RetryAfter.seconds(response.value(forHTTPHeaderField: "Retry-After")),
        body: found.body))
  }

  private func trouble(_ error: any Error) -> TransportTrouble {
    guard let error = error as? URLError else { return .broken(error.localizedDescription) }
    return switch error.code {
    case .timedOut: .timedOut
    case .cannotConnectToHost, .cannotFindHost, .dnsLookupFailed:
      .notConnected(error.localizedDescription)
    default: .broken(error.localizedDescription)
    }
  }
}
#endif
