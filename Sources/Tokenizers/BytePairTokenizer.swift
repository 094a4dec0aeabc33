package import Core

/// A pretrained byte-level BPE: text is cut at added tokens, composed, cut into pieces, and each piece's bytes are merged.
///
/// Equal, token for token, to the `tokenizers` package with the same file. It is a value: any thread may use it.
///
/// Source: Sennrich et al., arXiv:1508.07909 (merges); Radford et al. 2019, "Language Models are Unsupervised Multitask
/// Learners", section 2.2 (bytes).
package struct BytePairTokenizer: Tokenizer {
  /// How the added tokens that stand in a text are read.
  package enum Reading: Sendable {
    /// Each is one token.
    case marked
    /// The control tokens among them are letters like others, as in a text that a user may have written.
    case plain
  }

  /// V: how many tokens there are, added ones included.
  package let count: Int

  /// The tokens that end a response.
  package let ends: Set<Token>

  /// Of these the one that the files name first, `<|im_end|>` or alike: what is written where a response ends; 0 where they
  /// name none.
  package let end: Token

  /// A digest, equal exactly when two tokenizers read and write alike.
  package let fingerprint: String

  /// What the file's template puts around a text.
  let frame: TokenizerParts.Frame

  let model: BytePairModel
  let preTokenizer: PreTokenizer
  let composes: Bool
  /// Looked for in the text as it came, and in the composed text.
  let finders: (raw: AddedTokenFinder, composed: AddedTokenFinder)
  private let added: [Token: AddedToken]

  /// - Throws: `TokenizerError.malformed` where the parts contradict each other.
  init(_ parts: TokenizerParts) throws {
    model = try BytePairModel(parts)
    count = parts.spellings.count
    ends = Set(parts.ends)
    end = parts.ends.first ?? 0
    frame = parts.frame
    preTokenizer = parts.preTokenizer
    composes = parts.composes
    let raw = parts.added.filter { !$0.isNormalized }
    let normalized = parts.added.filter { $0.isNormalized }
    let contents = parts.composedContents
    finders = (
      AddedTokenFinder(raw, contents: raw.map { Array($0.content.utf8) }),
      AddedTokenFinder(
        normalized,
        contents: normalized.map { Array(contents[$0.token] ?? Array($0.content.utf8)[...]) })
    )
    added = Dictionary(parts.added.map { ($0.token, $0) }) { first, _ in first }
    fingerprint = Self.fingerprint(parts, model)
  }

  /// The one token as which a text is read, or `nil` where it takes several.
  package func token(of text: String) -> Token? {
    let tokens = encode(text)
    return tokens.count == 1 ? tokens[0] : nil
  }

  /// The bytes that no token writes; in a text they are left out, as tokenizers does.
  package var missingBytes: [UInt8] { model.missingBytes }

  /// The token of a text that is one added token, or `nil`.
  package func token(named content: String) -> Token? {
    added.values.first { $0.content.utf8.elementsEqual(content.utf8) }?.token
  }

  /// The added tokens that plain text cannot contain, with their texts, by number.
  package var specials: [(token: Token, text: String)] {
    added.values.filter(\.isSpecial).map { ($0.token, $0.content) }.sorted { $0.0 < $1.0 }
  }

  /// The bytes of a token; none where there is no such token.
  package func bytes(of token: Token) -> ArraySlice<UInt8> { model.bytes[token] }

  /// Whether a token is one that plain text cannot contain.
  package func isSpecial(_ token: Token) -> Bool { added[token]?.isSpecial ?? false }
}

extension BytePairTokenizer {
  /// The tokens of a text in which added tokens count as such, without what a template would add.
  ///
  /// - Complexity: O(*n*) in words; memory O(*n*).
  package func encode(_ text: String) -> [Token] { encode(text, as: .marked) }

  /// The tokens of a text in which the names of control tokens are letters like others.
  package func encodePlain(_ text: String) -> [Token] { encode(text, as: .plain) }

  /// The tokens of a text with what the file's own template puts around it.
  package func encodeFramed(_ text: String) -> [Token] {
    frame.before + encode(text, as: .marked) + frame.after
  }

  /// The tokens of a text, with control tokens read as `reading` says.
  package func encode(_ text: String, as reading: Reading) -> [Token] {
    var encoder = PieceEncoder(self, bytes: Array(text.utf8))
    encoder.encode(reading)
    return encoder.output
  }

  /// The text of tokens: their bytes joined first, then read as UTF-8, one U+FFFD a maximal ill-formed part.
  ///
  /// Tokens outside the vocabulary are passed over.
  package func decode(_ tokens: some Sequence<Token>) -> String {
    var bytes: [UInt8] = []
    for token in tokens { bytes.append(contentsOf: model.bytes[token]) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text of tokens, control tokens left out.
  package func decodeContent(_ tokens: some Sequence<Token>) -> String {
    decode(tokens.filter { !isSpecial($0) })
  }

  /// Where the pre-tokenizer cuts a text that has no added tokens.
  package func pieces(of text: String) -> [String] {
    let bytes = Array(text.utf8)
    var pieces: [String] = []
    preTokenizer.forEachPiece(of: bytes, in: bytes.indices) {
      pieces.append(String(decoding: bytes[$0], as: UTF8.self))
    }
    return pieces
  }
}
