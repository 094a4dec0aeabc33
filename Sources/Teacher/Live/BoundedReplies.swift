#if LiveTeachers
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What a service replied: its status, the pause it asks for, and a body of bounded length.
struct ServiceReply: Sendable {
  /// The status of HTTP; 0 where there was none.
  var status: Int
  /// The value of `Retry-After`, if the service sent one.
  var retryAfter: String?
  /// The body, decompressed.
  var body: Data
}

/// Why a reply was not read to its end.
enum ReplyRefusal: Error, Hashable {
  /// It is longer than it may be, in bytes.
  case tooLong(limit: Int)
  /// It was not complete in time.
  case late(seconds: Double)
  /// It names another address.
  case redirected(to: String)
}

/// Reads the replies to requests as they come, and ends those that are too long, too late, or would lead elsewhere.
///
/// Foundation's own `data(for:)` follows every redirection with all headers, the key among them, holds whatever comes, a
/// thousandfold compressed gigabyte too, and starts its time-out anew at every byte.
final class BoundedReplies: NSObject, URLSessionDataDelegate {
  private struct Exchange {
    var continuation: CheckedContinuation<ServiceReply, any Error>
    var body = Data()
  }

  private let open = Mutex<[Int: Exchange]>([:])
  private let limit: Int

  /// Replies of at most `limit` bytes each, after decompression.
  init(limit: Int) { self.limit = limit }

  /// Sends a request and waits for the whole reply.
  ///
  /// - Throws: `ReplyRefusal`, or what the network throws.
  func reply(
    to request: URLRequest, in session: URLSession, within seconds: Double
  ) async throws -> ServiceReply {
    let task = session.dataTask(with: request)
    let deadline = Task {
      try await Task.sleep(for: .seconds(seconds))
      self.end(task, .failure(ReplyRefusal.late(seconds: seconds)))
      task.cancel()
    }
    defer { deadline.cancel() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        open.withLock { $0[task.taskIdentifier] = Exchange(continuation: continuation) }
        task.resume()
      }
    } onCancel: {
      task.cancel()
    }
  }

  private func end(_ task: URLSessionTask, _ result: Result<ServiceReply, any Error>) {
    let exchange = open.withLock { $0.removeValue(forKey: task.taskIdentifier) }
    exchange?.continuation.resume(with: result)
  }

  // MARK: URLSessionDataDelegate

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    let place = ServiceAddress.withoutSecrets(request.url?.absoluteString ?? "another address")
    // Foundation is answered first: whoever waits may end the session, and an answer after that ends the program.
    completionHandler(nil)
    end(task, .failure(ReplyRefusal.redirected(to: place)))
    task.cancel()
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let isTooLong = open.withLock { open in
      guard let length = open[dataTask.taskIdentifier]?.body.count else { return false }
      guard length + data.count <= limit else { return true }
      open[dataTask.taskIdentifier]?.body.append(data)
      return false
    }
    guard isTooLong else { return }
    end(dataTask, .failure(ReplyRefusal.tooLong(limit: limit)))
    dataTask.cancel()
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    if let error { return end(task, .failure(error)) }
    let response = task.response as? HTTPURLResponse
    let body = open.withLock { $0[task.taskIdentifier]?.body ?? Data() }
    end(
      task,
      .success(
        ServiceReply(
          status: response?.statusCode ?? 0,
          retryAfter: response?.value(forHTTPHeaderField: "Retry-After"), body: body)))
  }
}
#endif
