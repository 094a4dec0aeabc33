import Core
import Foundation
import Networks
import Tensors
import Tokenizers

@testable import Serve
@testable import Student

/// A decoder of random weights over letters: enough to be asked.
enum TinyModels {
  static let letters = Vocabulary(
    words: "abcdefghijklmnopqrstuvwxyz .:".map { String($0) } + ["<end>"], end: "<end>")

  static func policy(
    positions: Int = 96, tokenizer: any Tokenizer = letters
  ) -> DecoderPolicy {
    let encoder = PromptEncoder(channels: 0, tokensPerFrame: 1)
    let shape = DecoderConfiguration(
      vocabularySize: letters.count, layers: 2, width: 16, heads: 2, keyValueHeads: 1, hidden: 32,
      features: encoder.width, positions: positions)
    return DecoderStudent(
      decoder: shape, encoder: encoder, tokenizer: tokenizer,
      parameters: DecoderStudent.initialParameters(shape, seed: Seed(5))
    ).frozen()
  }

  static func model() -> ServedModel {
    ServedModel(
      "tiny", policy(), fingerprint: "weights", positions: 96, template: .plain)
  }

  /// A service whose answers end only where they may have no more tokens: far later than anybody waits.
  static func endless(_ limits: ServiceLimits = .init()) -> CompletionService {
    CompletionService(
      ServedModel(
        "tiny", policy(positions: 60_000, tokenizer: Endless()), fingerprint: "",
        positions: 60_000, template: .plain), limits: limits)
  }

  static func service(_ limits: ServiceLimits = .init(), key: String? = nil) -> CompletionService {
    CompletionService(model(), limits: limits, key: key)
  }
}

/// The letters, none of which ends an answer.
private struct Endless: Tokenizer {
  let ends: Set<Token> = []
  var count: Int { TinyModels.letters.count }
  var end: Token { TinyModels.letters.end }
  let fingerprint = "endless"
  func encode(_ text: String) throws -> [Token] { try TinyModels.letters.encode(text) }
  func decode(_ tokens: some Sequence<Token>) -> String { TinyModels.letters.decode(tokens) }
  func token(of text: String) -> Token? { TinyModels.letters.token(of: text) }
}

extension CompletionService {
  /// The status and the JSON of a reply.
  func ask(
    _ body: String, _ path: String = "/v1/completions", headers: [String: String] = [:],
    method: String = "POST"
  ) async throws -> (status: Int, text: String) {
    let reply = try await reply(
      to: HTTPRequest(
        method: method, path: path, headers: headers, body: Array(body.utf8), keepsAlive: true))
    return (reply.status, String(decoding: reply.body, as: UTF8.self))
  }

  /// An object of an answer.
  func object(
    _ body: String, _ path: String = "/v1/completions", headers: [String: String] = [:],
    method: String = "POST"
  ) async throws -> [String: Any] {
    let (status, text) = try await ask(body, path, headers: headers, method: method)
    struct Refused: Error { var text: String }
    guard status == 200,
      let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    else { throw Refused(text: text) }
    return object
  }
}
