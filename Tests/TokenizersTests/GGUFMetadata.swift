import Foundation
import Testing

@testable import Tokenizers

/// As much of GGUF as the tests need: the tokenizer's keys of a file that is trusted.
struct GGUFMetadata {
  private let bytes: Data
  private var at = 0

  static func vocabulary(of path: String) throws -> GGUFVocabulary {
    var file = GGUFMetadata(
      bytes: try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe))
    let found = file.tokenizer()
    func texts(_ key: String) -> [String] { found["tokenizer.ggml.\(key)"]?.map { "\($0)" } ?? [] }
    func numbers(_ key: String) -> [Int] { texts(key).compactMap { Int($0) } }
    return GGUFVocabulary(
      tokens: texts("tokens"), merges: texts("merges"), types: numbers("token_type"),
      model: texts("model").first ?? "", pre: texts("pre").first ?? "",
      beginning: numbers("bos_token_id").first, ends: Set(numbers("eos_token_id")),
      addsBeginning: texts("add_bos_token").first.map { $0 == "1" })
  }

  private init(bytes: Data) { self.bytes = bytes }

  private mutating func number(_ size: Int) -> Int {
    defer { at += size }
    return (0..<size).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
  }

  private mutating func text() -> String {
    let count = number(8)
    defer { at += count }
    return String(decoding: bytes[at..<at + count], as: UTF8.self)
  }

  private mutating func tokenizer() -> [String: [String]] {
    at = 16
    var found: [String: [String]] = [:]
    for _ in 0..<number(8) {
      let key = text()
      let kind = number(4)
      found[key] = values(kind)
    }
    return found
  }

  private mutating func values(_ kind: Int) -> [String] {
    switch kind {
    case 8: return [text()]
    case 9:
      let element = number(4)
      return (0..<number(8)).flatMap { _ in values(element) }
    default:
      let sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]
      return ["\(number(sizes[kind]))"]
    }
  }
}
