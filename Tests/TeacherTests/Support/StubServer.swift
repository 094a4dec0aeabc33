#if LiveTeachers
import Foundation
import Core
import Programs

@testable import Teacher

/// A completions service for one test, see Tests/Programs/completions_server.py; it ends with this value.
final class StubServer: Sendable {
  struct Options: Encodable, Sendable {
    var words: [String]
    var mode = ""
    var extras: Bool?
    var interfaces: [String]?
    var ids: Bool?
    var cap: Int?
    var key: String?
    var port: Int?
    /// How its template ends an answer; without it there are no conversations.
    var end: String?
  }

  struct DidNotStart: Error {}

  let port: Int
  private let process: LineProgram

  init(_ options: Options) async throws {
    let json = String(decoding: try JSONEncoder().encode(options), as: UTF8.self)
    process = try await ProcessParameters(
      command: ["python3", Programs.path("Tests/Programs/completions_server.py"), json]
    ).start { print("stub:", $0) }
    for await event in process.events {
      guard case .line(let line) = event, let port = Int(String(decoding: line, as: UTF8.self))
      else { break }
      self.port = port
      return
    }
    throw DidNotStart()
  }

  func kill() { process.kill() }

  var parameters: CompletionsParameters {
    var parameters = CompletionsParameters(url: "http://127.0.0.1:\(port)/v1", model: "stub")
    parameters.backoffSeconds = 0.01
    parameters.attempts = 4
    return parameters
  }

  /// log q of each token of a response after a context, by the stub's formula.
  static func expected(_ response: [Int], after context: [Int], vocabulary: Int) -> [Double] {
    var prefix = context
    return response.map { token in
      defer { prefix.append(token) }
      return row(after: prefix, vocabulary: vocabulary)[token]
    }
  }

  static func row(after prefix: [Int], vocabulary: Int, sight: Double? = nil) -> [Double] {
    let last = ([0, 0] + prefix).suffix(2).map { Double($0) }
    let logits = (0..<vocabulary).map { token in
      let v = Double(token)
      return 3 * sin(1.3 * last[1] + 0.7 * last[0] + 2.1 * v + 0.37 * v * v)
        + (sight.map { sin($0 + v) } ?? 0)
    }
    let total = log(logits.reduce(0) { $0 + exp($1) })
    return logits.map { $0 - total }
  }
}
#endif
