package import Core

/// Reads a tokenizer.json: each key is used, passed over because it cannot change a token, or refused.
struct TokenizerFile {
  private let source: String
  private var parts: TokenizerParts

  /// The parts of a tokenizer.json.
  ///
  /// - Throws: `TokenizerError` with the place in the file.
  static func parts(
    _ json: [UInt8], source: String, ends: [String], endNumbers: [Token]
  ) throws -> TokenizerParts {
    let value = try JSONText.value(of: json, source: source)
    var file = TokenizerFile(source: source, parts: TokenizerParts(source: source))
    try file.read(value)
    for name in ends {
      guard let token = file.parts.spellings.find(name) else {
        throw TokenizerError.malformed(
          source: source, place: "", reason: "the end token '\(name)' is not in it")
      }
      file.parts.ends.append(Token(token))
    }
    let count = file.parts.spellings.count
    guard endNumbers.allSatisfy({ (0..<count).contains($0) }) else {
      throw TokenizerError.malformed(
        source: source, place: "", reason: "an end token is not among its \(count) tokens")
    }
    file.parts.ends += endNumbers
    return file.parts
  }

  private mutating func read(_ value: JSONValue) throws {
    var fields = try Fields(value, source: source, place: "")
    fields.ignore("version")
    for name in ["truncation", "padding"] {
      guard fields.take(name) == nil else {
        throw fields.unsupported(name, "texts of another length", supported: "null")
      }
    }
    var bytePairs = BytePairSection(source: source)
    try bytePairs.read(try fields.require("model"))
    parts.spellings = bytePairs.spellings
    parts.isInModel = Array(repeating: true, count: parts.spellings.count)
    parts.merges = bytePairs.merges
    if bytePairs.takesWholePieces { parts.wholes = Array(0..<parts.spellings.count) }
    let section = AddedTokenSection(source: source)
    try section.read(fields.take("added_tokens") ?? .list([]), into: &parts)
    let pipeline = PipelineSection(source: source)
    parts.composes = try pipeline.normalizer(fields.take("normalizer"))
    parts.preTokenizer = try pipeline.preTokenizer(try fields.require("pre_tokenizer"))
    try pipeline.decoder(try fields.require("decoder"))
    let processor = fields.take("post_processor")
    parts.frame = try FrameSection(source: source, count: parts.spellings.count).read(processor)
    try fields.finish()
  }
}

extension BytePairTokenizer {
  /// The tokenizer of a tokenizer.json of Hugging Face's `tokenizers`.
  ///
  /// - Parameters:
  ///   - json: The file's bytes.
  ///   - source: Its name, for sentences.
  ///   - ends: The texts of the tokens that end a response; the file itself does not say them (generation_config.json and
  ///     tokenizer_config.json do).
  ///   - endNumbers: The same by number.
  /// - Throws: `TokenizerError` for a file that is damaged or asks for what is not computed here.
  package init(
    json: [UInt8], source: String = "tokenizer.json", ends: [String] = [],
    endNumbers: [Token] = []
  ) throws {
    try self.init(
      TokenizerFile.parts(json, source: source, ends: ends, endNumbers: endNumbers))
  }
}
