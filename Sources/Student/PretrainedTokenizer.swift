internal import Core
package import Networks
internal import Storage
package import Tokenizers

extension PromptTemplate {
  /// The template that a model's metadata holds; `nil` where there is none.
  ///
  /// - Throws: `TokenizerError.unknownTemplate` for one that nobody has compared with a known one.
  package init?(of model: PretrainedModel) throws {
    guard let text = model.metadata["tokenizer.chat_template"]?.text else { return nil }
    try self.init(jinja: text)
  }
}

extension BytePairTokenizer {
  /// The tokenizer that comes with a model: in the metadata of a GGUF file, or beside the weights of a folder.
  ///
  /// In a folder the tokens that end a response are those of generation_config.json, else of config.json.
  ///
  /// - Throws: `TokenizerError` or `StorageError`.
  package init(of model: PretrainedModel) throws {
    guard model.metadata.isEmpty else {
      let vocabulary = try GGUFVocabulary(metadata: model.metadata, source: model.path)
      try self.init(vocabulary, source: model.path)
      return
    }
    try self.init(folder: model.path)
  }

  /// The tokenizer of a folder.
  ///
  /// - Throws: As `init(of:)`.
  package init(folder: String) throws {
    let file = folder + "/tokenizer.json"
    try self.init(
      json: TextFile.bytes(file), source: file, endNumbers: Self.ends(in: folder))
  }

  /// `eos_token_id`, a number or several, where one of the two files has it.
  private static func ends(in folder: String) throws -> [Token] {
    for name in ["/generation_config.json", "/config.json"] {
      guard let bytes = try? TextFile.bytes(folder + name),
        case .object(let fields) = try JSONValue(bytes, from: folder + name)
      else { continue }
      switch fields["eos_token_id"] {
      case .integer(let token): return [token]
      case .list(let list):
        return list.compactMap { if case .integer(let token) = $0 { token } else { nil } }
      default: continue
      }
    }
    return []
  }
}
