/// Text as tokens and back: words, byte pairs, or whatever a model was made with.
///
/// Student and teacher must agree on it; `fingerprint` is compared when they are paired.
public protocol Tokenizer: Sendable {
  /// V: how many tokens there are; each is 0 ..< V.
  var count: Int { get }

  /// The tokens that end a response.
  var ends: Set<Token> { get }

  /// A digest, equal exactly when two tokenizers read and write alike.
  var fingerprint: String { get }

  /// The tokens of a text, without any that a template would add.
  ///
  /// - Throws: `ExplainedError` for text that cannot be written in these tokens.
  func encode(_ text: String) throws -> [Token]

  /// The text of tokens: their bytes joined first, then read as UTF-8, with U+FFFD where they are none.
  func decode(_ tokens: some Sequence<Token>) -> String
}
