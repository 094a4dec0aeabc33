package import Storage

extension GGUFVocabulary {
  /// The tokenizer that the metadata of a GGUF file holds.
  ///
  /// Every key about the tokenizer is used, known to change no token, or refused by name.
  ///
  /// - Parameters:
  ///   - metadata: The file's metadata; keys that are not about the tokenizer are passed over.
  ///   - source: The file's name, for sentences.
  /// - Throws: `TokenizerError` where a list is missing or holds something else, or a key asks for what is not computed.
  package init(metadata: [String: GGUFValue], source: String) throws {
    let keys = VocabularyKeys(metadata, source: source)
    try keys.refuseUnknown()
    let tokens = try keys.texts("tokens")
    self.init(
      tokens: tokens, merges: try keys.texts("merges"), types: try keys.integers("token_type"),
      model: try keys.text("model"), pre: try keys.text("pre"),
      beginning: try keys.token("bos_token_id", below: tokens.count),
      ends: try VocabularyKeys.ends.compactMap { try keys.token($0, below: tokens.count) },
      addsBeginning: try keys.flag("add_bos_token"), addsEnd: try keys.flag("add_eos_token"))
  }
}

/// The keys of a GGUF file that are about its tokenizer.
private struct VocabularyKeys {
  /// Tokens that end a response: of a text, a turn, a message.
  static let ends = ["eos_token_id", "eot_token_id", "eom_token_id"]

  private static let used =
    ["model", "pre", "tokens", "merges", "token_type", "bos_token_id"]
    + ["add_bos_token", "add_eos_token"] + ends
  /// Names of tokens that nothing here writes, and scores, which byte pairs do not have.
  private static let harmless = [
    "unknown_token_id", "padding_token_id", "seperator_token_id", "separator_token_id",
    "cls_token_id", "mask_token_id", "scores", "token_type_count",
  ]
  private static let prefix = "tokenizer.ggml."

  private let values: [String: GGUFValue]
  private let source: String

  init(_ metadata: [String: GGUFValue], source: String) {
    values = metadata.filter { $0.key.hasPrefix(Self.prefix) }
    self.source = source
  }

  /// Refuses keys that would change tokens in a way nobody computes here.
  func refuseUnknown() throws {
    for key in values.keys.sorted() {
      let name = String(key.dropFirst(Self.prefix.count))
      let isOff = values[key]?.flag == false
      // A space in front of the text is what SentencePiece adds; "no" asks for nothing.
      guard !(Self.used + Self.harmless).contains(name), !(isOff && name == "add_space_prefix")
      else { continue }
      throw TokenizerError.unsupported(
        source: source, place: key, value: "what this key stands for",
        supported: Self.used.joined(separator: ", "))
    }
  }

  func text(_ name: String) throws -> String {
    guard let text = values[Self.prefix + name]?.text else {
      throw malformed(name, "there is no such word")
    }
    return text
  }

  func texts(_ name: String) throws -> [String] {
    guard let texts = values[Self.prefix + name]?.texts else {
      throw malformed(name, "there is no such list of texts")
    }
    return texts
  }

  /// A list of whole numbers, empty where it is left out.
  func integers(_ name: String) throws -> [Int] {
    guard let value = values[Self.prefix + name] else { return [] }
    let numbers = value.elements?.map(\.integer) ?? [nil]
    guard !numbers.contains(nil) else { throw malformed(name, "it is no list of whole numbers") }
    return numbers.compactMap { $0 }
  }

  func flag(_ name: String) throws -> Bool? {
    guard let value = values[Self.prefix + name] else { return nil }
    guard let flag = value.flag else { throw malformed(name, "it is neither true nor false") }
    return flag
  }

  func token(_ name: String, below count: Int) throws -> Int? {
    guard let value = values[Self.prefix + name] else { return nil }
    guard let token = value.integer, (0..<count).contains(token) else {
      throw malformed(name, "it is none of the \(count) tokens")
    }
    return token
  }

  private func malformed(_ name: String, _ reason: String) -> TokenizerError {
    .malformed(source: source, place: Self.prefix + name, reason: reason)
  }
}
