/// Text as tokens and back: words, byte pairs, or whatever a model was made with.
///
/// Student and teacher must agree on it; `fingerprint` is compared when they are paired.
public protocol Tokenizer: Sendable {
  /// V: how many tokens there are; each is 0 ..< V.
  var count: Int { get }

  /// The tokens that end a response.
  var ends: Set<Token> { get }

  /// The token that a written answer ends with, one of `ends`.
  var end: Token { get }

  /// A digest, equal exactly when two tokenizers read and write alike.
  var fingerprint: String { get }

  /// The tokens of a text, without any that a template would add.
  ///
  /// - Throws: `ExplainedError` for text that cannot be written in these tokens.
  func encode(_ text: String) throws -> [Token]

  /// The text of tokens: their bytes joined first, then read as UTF-8, with U+FFFD where they are none.
  func decode(_ tokens: some Sequence<Token>) -> String

  /// The token whose text is exactly this, or `nil` where there is none.
  func token(of text: String) -> Token?
}

extension Tokenizer {
  /// Whether a number is one of its tokens.
  public func contains(_ token: Token) -> Bool { (0..<count).contains(token) }

  /// The text of one token; U+FFFD stands for bytes that are none alone.
  public func word(_ token: Token) -> String { decode(CollectionOfOne(token)) }

  /// The text of every token, by number.
  public var words: [String] { (0..<count).map { word($0) } }

  /// The text of a response, up to the token that ends it.
  public func text(_ response: some Sequence<Token>) -> String {
    decode(response.prefix { !ends.contains($0) })
  }
}
