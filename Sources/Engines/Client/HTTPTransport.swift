#if Engines
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// One request.
struct HTTPRequest: Sendable {
  var operation: String
  var body: [UInt8]?
  var contentType = "application/json"
  var accept = "application/json"
  var seconds: Double
  /// Whether "not yet" (status 408, or no answer in time) is an answer like another.
  var mayBePending = false
  /// Whether it may be sent only once: on a connection of its own.
  ///
  /// libcurl sends a request again, unasked, where a connection that was used before closes without an answer.
  var onlyOnce = false
}

/// What came back, whatever its status.
struct HTTPAnswer: Sendable {
  var status: Int
  var contentType: String
  /// How long the server asked to wait, in seconds, from 0 to 60.
  var retryAfter: Double
  var body: [UInt8]

  /// None came in time, to a request whose answer may be pending.
  static let late = HTTPAnswer(status: 0, contentType: "", retryAfter: 0, body: [])
  var isLate: Bool { status == Self.late.status }
}

/// Why there is no answer.
enum TransportTrouble: Error {
  /// Nothing was sent: the connection was not made.
  case notConnected(String)
  /// It is not known what the server has seen.
  case broken(String)
  /// The time was up.
  case timedOut
  case tooLarge
}

/// Sends requests to one server: no redirections, no cookies, no cache, and no answer above a limit.
final class HTTPTransport: Sendable {
  private let address: ServerAddress
  private let key: String?
  private let session: URLSession
  private let receiver: AnswerReceiver
  private let limit: Int

  init(_ address: ServerAddress, key: String?, connections: Int, limit: Int) {
    self.address = address
    self.key = key
    self.limit = limit
    receiver = AnswerReceiver(limit: limit)
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpMaximumConnectionsPerHost = connections
    configuration.httpShouldSetCookies = false
    configuration.urlCache = nil
    session = URLSession(configuration: configuration, delegate: receiver, delegateQueue: nil)
  }

  deinit { session.invalidateAndCancel() }

  /// Sends a request and waits for the whole answer.
  ///
  /// - Throws: `TransportTrouble`, `CancellationError`.
  func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
    // A session has connections of its own; asking for "Connection: close" does not keep libcurl from using one again.
    let receiver = request.onlyOnce ? AnswerReceiver(limit: limit) : receiver
    let session =
      request.onlyOnce
      ? URLSession(configuration: session.configuration, delegate: receiver, delegateQueue: nil)
      : session
    defer { if request.onlyOnce { session.finishTasksAndInvalidate() } }
    let task = session.dataTask(with: urlRequest(request))
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        receiver.expect(task, continuation)
        task.resume()
      }
    } onCancel: {
      task.cancel()
    }
    try Task.checkCancellation()
    return try result.get()
  }

  private func urlRequest(_ request: HTTPRequest) -> URLRequest {
    var result = URLRequest(url: address.url(of: request.operation))
    result.timeoutInterval = request.seconds
    result.httpMethod = request.body == nil ? "GET" : "POST"
    result.setValue(request.accept, forHTTPHeaderField: "Accept")
    if let key { result.setValue(key, forHTTPHeaderField: "X-API-Key") }
    if let body = request.body {
      result.setValue(request.contentType, forHTTPHeaderField: "Content-Type")
      result.httpBody = Data(body)
    }
    return result
  }

  /// A text in which the key does not occur, whoever wrote it.
  func redacted(_ text: String) -> String {
    key.map { text.replacingOccurrences(of: $0, with: "(key)") } ?? text
  }
}
#endif
