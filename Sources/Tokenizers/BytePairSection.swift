/// The `model` of a tokenizer.json: a byte-level BPE's vocabulary and merges.
struct BytePairSection {
  let source: String
  private(set) var spellings = Spellings()
  private(set) var merges: [(left: String, right: String)] = []
  private(set) var takesWholePieces = false

  init(source: String) { self.source = source }

  mutating func read(_ value: JSONValue) throws {
    var fields = try Fields(value, source: source, place: "model")
    let type = fields.take("type")?.text ?? "BPE"
    guard type == "BPE" else {
      throw fields.unsupported("type", "'\(type)'", supported: "'BPE' over bytes")
    }
    if let dropout = fields.take("dropout"), dropout.integer != 0 {
      throw fields.unsupported("dropout", "merges left out at random", supported: "null")
    }
    for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
      guard let affix = fields.take(name), affix.text != "" else { continue }
      throw fields.unsupported(name, affix.kind, supported: "null")
    }
    takesWholePieces = try fields.flag("ignore_merges")
    try readVocabulary(try fields.require("vocab"), fields)
    merges = try fields.list("merges").enumerated().map { try merge($1, number: $0) }
    try readUnknown(&fields)
    try fields.finish()
  }

  private mutating func readVocabulary(_ value: JSONValue, _ fields: Fields) throws {
    guard case .object(let members) = value else {
      throw fields.malformed("vocab", "should be an object, not \(value.kind)")
    }
    var found = [String?](repeating: nil, count: members.count)
    for (spelling, value) in members {
      // As many tokens as numbers, each below their count and none twice: then there is no hole.
      guard let token = value.integer, found.indices.contains(token) else {
        throw fields.malformed(
          "vocab", "'\(spelling.prefix(60))' has the number \(value.kind), not 0 ..< \(found.count)"
        )
      }
      if let other = found[token] {
        throw fields.malformed(
          "vocab", "'\(other.prefix(60))' and '\(spelling.prefix(60))' are both number \(token)")
      }
      found[token] = spelling
    }
    spellings = Spellings(capacity: found.count)
    for spelling in found.compactMap({ $0 }) where spellings.append(spelling) != nil {
      throw fields.malformed("vocab", "'\(spelling.prefix(60))' occurs twice")
    }
  }

  /// Both ways to write a merge: one text with a space, and a list of two.
  private func merge(_ value: JSONValue, number: Int) throws -> (left: String, right: String) {
    switch value {
    case .text(let text):
      let pair = text.split(separator: " ", omittingEmptySubsequences: false)
      if pair.count == 2 { return (String(pair[0]), String(pair[1])) }
    case .list(let values):
      if values.count == 2, let left = values[0].text, let right = values[1].text {
        return (left, right)
      }
    default: break
    }
    throw TokenizerError.malformed(
      source: source, place: "model.merges[\(number)]",
      reason: "a pair of tokens is expected, not \(value.kind)")
  }

  /// What happens to a byte without a token matters only where there is one.
  private func readUnknown(_ fields: inout Fields) throws {
    let unknown = fields.take("unk_token")
    let falls = try fields.flag("byte_fallback")
    _ = try fields.flag("fuse_unk")
    guard unknown != nil || falls else { return }
    let isWhole = ByteAlphabet.scalars.allSatisfy { spellings.find(String($0)) != nil }
    guard isWhole else {
      throw fields.unsupported(
        falls ? "byte_fallback" : "unk_token", "a token in place of bytes it lacks",
        supported: "null, or a vocabulary with all 256 bytes")
    }
  }
}
