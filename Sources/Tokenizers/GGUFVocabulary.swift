package import Core

/// What a GGUF file says of its tokenizer, in the words of its metadata (`tokenizer.ggml.*`).
package struct GGUFVocabulary: Sendable {
  /// `tokens`: how each token is written, by number.
  package var tokens: [String]
  /// `merges`: pairs with a space between, in order.
  package var merges: [String]
  /// `token_type`: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte; empty where the file has none.
  package var types: [Int]
  /// `model`: which algorithm; byte-level BPE is "gpt2".
  package var model: String
  /// `pre`: which pre-tokenizer.
  package var pre: String
  /// `bos_token_id`.
  package var beginning: Token?
  /// `eos_token_id`, `eot_token_id` and others that end a response.
  package var ends: [Token]
  /// `add_bos_token`, or `nil` where the file does not say.
  package var addsBeginning: Bool?
  /// `add_eos_token`, or `nil` where the file does not say.
  package var addsEnd: Bool?

  package init(
    tokens: [String], merges: [String], types: [Int], model: String = "gpt2", pre: String,
    beginning: Token? = nil, ends: [Token] = [], addsBeginning: Bool? = nil,
    addsEnd: Bool? = nil
  ) {
    self.tokens = tokens
    self.merges = merges
    self.types = types
    self.model = model
    self.pre = pre
    self.beginning = beginning
    self.ends = ends
    self.addsBeginning = addsBeginning
    self.addsEnd = addsEnd
  }
}

extension BytePairTokenizer {
  /// The tokenizer of a GGUF file.
  ///
  /// - Throws: `TokenizerError` for another algorithm, an unknown pre-tokenizer, or lists that do not fit together.
  package init(_ vocabulary: GGUFVocabulary, source: String) throws {
    try self.init(vocabulary.parts(source: source))
  }
}

extension GGUFVocabulary {
  /// What a name in `pre` stands for.
  private struct Style {
    var cuts: [Cut]
    /// The original tokenizer composes, though the GGUF does not say so.
    var composes = false
    var takesWholePieces = false
    /// What holds where `add_bos_token` is absent.
    var addsBeginning = false
  }

  private static let styles: [String: Style] = {
    let gpt2 = Style(cuts: [.gpt2])
    let smollm = Style(cuts: [.digits, .gpt2])
    let qwen2 = Style(cuts: [.qwen2], composes: true)
    let llama3 = Style(cuts: [.llama3], takesWholePieces: true, addsBeginning: true)
    return [
      "gpt2": gpt2, "gpt-2": gpt2, "smollm": smollm, "qwen2": qwen2, "llama3": llama3,
      "llama-v3": llama3, "llama-bpe": llama3,
    ]
  }()

  func parts(source: String) throws -> TokenizerParts {
    let style = try style(source: source)
    try check(source: source)
    var parts = TokenizerParts(source: source)
    parts.spellings = try spellings(source: source)
    parts.isInModel = Array(repeating: true, count: tokens.count)
    parts.merges = try merges.enumerated().map { try pair($1, number: $0, source: source) }
    parts.added = added
    if style.takesWholePieces {
      let added = Set(parts.added.map(\.token))
      parts.wholes = tokens.indices.filter { !added.contains($0) }
    }
    parts.preTokenizer = PreTokenizer(cuts: style.cuts)
    parts.composes = style.composes
    if let beginning, addsBeginning ?? style.addsBeginning { parts.frame.before = [beginning] }
    if let end = ends.first, addsEnd == true { parts.frame.after = [end] }
    parts.ends = ends
    return parts
  }

  private func style(source: String) throws -> Style {
    guard model == "gpt2" else {
      throw TokenizerError.unsupported(
        source: source, place: "tokenizer.ggml.model", value: "'\(model.prefix(60))'",
        supported: "'gpt2', BPE over bytes")
    }
    guard let style = Self.styles[pre] else {
      throw TokenizerError.unsupported(
        source: source, place: "tokenizer.ggml.pre", value: "'\(pre.prefix(60))'",
        supported: Self.styles.keys.sorted().joined(separator: ", "))
    }
    return style
  }

  /// Control tokens (3) are special; user-defined ones (4) are cut out of plain text too.
  private var added: [AddedToken] {
    zip(tokens, types).enumerated().filter { $1.1 == 3 || $1.1 == 4 }.map { token, pair in
      AddedToken(content: pair.0, token: token, isSpecial: pair.1 == 3)
    }
  }

  private func spellings(source: String) throws -> Spellings {
    var spellings = Spellings(capacity: tokens.count)
    for token in tokens where spellings.append(token) != nil {
      throw TokenizerError.malformed(
        source: source, place: "tokenizer.ggml.tokens", reason: "'\(token.prefix(60))' occurs twice"
      )
    }
    return spellings
  }

  private func check(source: String) throws {
    func malformed(_ name: String, _ reason: String) -> TokenizerError {
      .malformed(source: source, place: "tokenizer.ggml.\(name)", reason: reason)
    }
    guard types.isEmpty || types.count == tokens.count else {
      throw malformed("token_type", "there are \(types.count) types of \(tokens.count) tokens")
    }
    for token in ends + [beginning].compactMap({ $0 }) where !tokens.indices.contains(token) {
      throw malformed("tokens", "there is no token \(token), which begins or ends a text")
    }
    if let token = added.first(where: { $0.content.isEmpty }) {
      throw malformed("tokens", "the control token \(token.token) is empty")
    }
  }

  private func pair(
    _ merge: String, number: Int, source: String
  ) throws -> (left: String, right: String) {
    let pair = merge.split(separator: " ", omittingEmptySubsequences: false)
    guard pair.count == 2 else {
      throw TokenizerError.malformed(
        source: source, place: "tokenizer.ggml.merges",
        reason: "merge \(number) is '\(merge.prefix(60))', not two tokens with a space between")
    }
    return (String(pair[0]), String(pair[1]))
  }
}
