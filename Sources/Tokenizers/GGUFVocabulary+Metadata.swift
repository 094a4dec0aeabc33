package import Storage

extension GGUFVocabulary {
  /// The tokenizer that the metadata of a GGUF file holds.
  ///
  /// - Parameters:
  ///   - metadata: The file's metadata; keys that are not about the tokenizer are passed over.
  ///   - source: The file's name, for sentences.
  /// - Throws: `TokenizerError.malformed` where the lists are missing or hold something else.
  package init(metadata: [String: GGUFValue], source: String) throws {
    func value(_ name: String) -> GGUFValue? { metadata["tokenizer.ggml." + name] }
    func missing(_ name: String) -> TokenizerError {
      .malformed(
        source: source, place: "tokenizer.ggml." + name, reason: "there is no such list or word")
    }
    guard let model = value("model")?.text else { throw missing("model") }
    guard let tokens = value("tokens")?.texts else { throw missing("tokens") }
    guard let merges = value("merges")?.texts else { throw missing("merges") }
    guard let pre = value("pre")?.text else { throw missing("pre") }
    let types = (value("token_type")?.elements ?? []).map { $0.integer ?? 0 }
    let ends = ["eos_token_id", "eot_token_id", "eom_token_id"].compactMap { value($0)?.integer }
    self.init(
      tokens: tokens, merges: merges, types: types, model: model, pre: pre,
      beginning: value("bos_token_id")?.integer,
      ends: Set(ends.filter { tokens.indices.contains($0) }),
      addsBeginning: value("add_bos_token")?.flag, addsEnd: value("add_eos_token")?.flag)
  }
}
