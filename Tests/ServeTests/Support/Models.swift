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

  static func policy(positions: Int = 96) -> DecoderPolicy {
    let encoder = PromptEncoder(channels: 0, tokensPerFrame: 1)
    let shape = DecoderConfiguration(
      vocabularySize: letters.count, layers: 2, width: 16, heads: 2, keyValueHeads: 1, hidden: 32,
      features: encoder.width, positions: positions)
    return DecoderStudent(
      decoder: shape, encoder: encoder, tokenizer: letters,
      parameters: DecoderStudent.initialParameters(shape, seed: Seed(5))
    ).frozen()
  }

  static func model() -> ServedModel {
    ServedModel(
      "tiny", policy(), fingerprint: "weights", positions: 96, template: .plain)
  }

  static func service(_ limits: ServiceLimits = .init(), key: String? = nil) -> CompletionService {
    CompletionService(model(), limits: limits, key: key)
  }
}

extension CompletionService {
  /// The status and the JSON of a reply.
  func ask(
    _ body: String, _ path: String = "/v1/completions", headers: [String: String] = [:]
  ) async throws -> (status: Int, text: String) {
    let reply = try await reply(
      to: HTTPRequest(
        method: "POST", path: path, headers: headers, body: Array(body.utf8), keepsAlive: true))
    return (reply.status, String(decoding: reply.body, as: UTF8.self))
  }

  /// An object of an answer.
  func object(
    _ body: String, _ path: String = "/v1/completions", headers: [String: String] = [:]
  ) async throws -> [String: Any] {
    let (status, text) = try await ask(body, path, headers: headers)
    struct Refused: Error { var text: String }
    guard status == 200,
      let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    else { throw Refused(text: text) }
    return object
  }
}
