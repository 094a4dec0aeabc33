#if Engines
import Core
import Foundation
import Synchronization

/// Requests and answers, tried again where that may help and cannot harm.
final class TinkerExchange: Sendable {
  /// When a request may be sent a second time.
  enum Repetition: Sendable {
    /// It changes nothing, or twice is once.
    case always
    /// Only after the server said that it did nothing, or was never reached.
    case whereNothingWasDone
  }

  let parameters: TinkerParameters
  private let transport: HTTPTransport
  private let count = Mutex(0)

  /// An exchange with the server of `parameters`; the key is read from the environment now.
  init(_ parameters: TinkerParameters) throws(EngineError) {
    try parameters.validate()
    let address = try ServerAddress(parameters.url, insecure: parameters.insecure)
    var key: String?
    if let variable = parameters.keyVariable {
      key = ProcessInfo.processInfo.environment[variable] ?? ""
      guard key != "" else { throw .key(variable: variable) }
    }
    self.parameters = parameters
    // Two more than requests in flight: a heartbeat never waits behind them.
    transport = HTTPTransport(
      address, key: key, connections: parameters.inFlight + 2, limit: parameters.largestAnswer)
  }

  /// Sends a request until it is answered with status 2xx.
  ///
  /// - Throws: `EngineError`, `CancellationError`.
  func send(
    _ request: HTTPRequest, repeating: Repetition = .always, model: String = ""
  ) async throws -> HTTPAnswer {
    var failures = 0
    return try await send(request, repeating: repeating, model: model, failures: &failures)
  }

  /// Sends a request until it is answered, or the failures, those before included, are as many as there are attempts.
  ///
  /// - Throws: `EngineError`, `CancellationError`.
  func send(
    _ request: HTTPRequest, repeating: Repetition = .always, model: String = "",
    failures: inout Int
  ) async throws -> HTTPAnswer {
    var request = request
    request.onlyOnce = repeating == .whereNothingWasDone
    var pauses = parameters.seed.derived("retry", number()).generator()
    while true {
      let trouble: Trouble
      switch try await outcome(of: request) {
      case .success(let answer): return answer
      case .failure(let found): trouble = found
      }
      guard repeating == .always || trouble.nothingWasDone else {
        throw EngineError.uncertain(
          operation: request.operation, model: model, reason: trouble.reason)
      }
      failures += 1
      guard failures < parameters.attempts else {
        throw EngineError.unreachable(
          operation: request.operation, attempts: failures, reason: trouble.reason)
      }
      let pause = parameters.backoffSeconds * Double(1 << min(failures - 1, 10))
      try await Task.sleep(
        for: .seconds(min(max(trouble.wait, pause * (0.5 + pauses.uniform())), 120)))
    }
  }

  /// One attempt.
  private func outcome(of request: HTTPRequest) async throws -> Result<HTTPAnswer, Trouble> {
    do {
      let answer = try await transport.send(request)
      return try passing(answer, request).map { .failure($0) } ?? .success(answer)
    } catch TransportTrouble.timedOut where request.mayBePending {
      return .success(.late)
    } catch let found as TransportTrouble {
      return .failure(try passing(found, request))
    }
  }

  /// A request in JSON with an answer in JSON.
  func json(
    _ operation: String, _ body: JSONValue, repeating: Repetition = .always, model: String = ""
  ) async throws -> JSONValue {
    let request = HTTPRequest(
      operation: operation, body: body.bytes(), seconds: parameters.answerSeconds)
    return try value(of: try await send(request, repeating: repeating, model: model), operation)
  }

  /// The answer as JSON.
  func value(of answer: HTTPAnswer, _ operation: String) throws(EngineError) -> JSONValue {
    do {
      return try JSONParser.value("JSON", answer.body[...])
    } catch {
      throw .malformed(operation: operation, reason: transport.redacted(error.reason))
    }
  }

  private func number() -> Int {
    count.withLock {
      $0 += 1
      return $0
    }
  }
}

extension TinkerExchange {
  /// Something that may be better the next time.
  private struct Trouble: Error {
    var reason: String
    var nothingWasDone: Bool
    /// How long the server asked to wait, in seconds.
    var wait = 0.0
  }

  /// What an answer says of the next attempt; `nil` where it is a good one.
  private func passing(
    _ answer: HTTPAnswer, _ request: HTTPRequest
  ) throws(EngineError) -> Trouble? {
    guard !(200..<300).contains(answer.status) else { return nil }
    if request.mayBePending, answer.status == 408 { return nil }
    let operation = request.operation
    let message = excerpt(answer.body)
    switch answer.status {
    case 300..<400: throw .redirected(operation: operation, status: answer.status)
    case 409: throw .conflict(operation: operation, message: message)
    // Too early, too many, not now: the server says that it did nothing.
    case 425, 429, 503:
      return Trouble(
        reason: "status \(answer.status), \(message)", nothingWasDone: true,
        wait: answer.retryAfter)
    case 408, 500...:
      return Trouble(
        reason: "status \(answer.status), \(message)", nothingWasDone: false,
        wait: answer.retryAfter)
    default:
      throw .refused(operation: operation, status: answer.status, message: message)
    }
  }

  private func passing(
    _ trouble: TransportTrouble, _ request: HTTPRequest
  ) throws(EngineError) -> Trouble {
    switch trouble {
    case .notConnected(let reason):
      return Trouble(reason: transport.redacted(reason), nothingWasDone: true)
    case .broken(let reason):
      return Trouble(reason: transport.redacted(reason), nothingWasDone: false)
    case .timedOut:
      return Trouble(reason: "no answer in \(request.seconds) s", nothingWasDone: false)
    case .tooLarge:
      throw .tooLarge(operation: request.operation, limit: parameters.largestAnswer)
    }
  }

  /// The first words of what a server says, on one line and without the key.
  private func excerpt(_ body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(300), as: UTF8.self)
    return transport.redacted(text.split(whereSeparator: \.isNewline).joined(separator: " "))
  }
}
#endif
