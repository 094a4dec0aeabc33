/// The number of an entry of a `Vocabulary`.
public typealias Token = Int

/// The words a policy reads and writes, with the one that ends a response.
///
/// Student and teacher must agree on it; `fingerprint` is compared when they are paired.
public struct Vocabulary: Sendable, Hashable {
  /// The text of each token, by number.
  public let words: [String]

  /// The token that ends a response.
  public let end: Token

  /// A digest of `words` and `end`, equal exactly when two vocabularies are.
  public let fingerprint: String

  private let numbers: [String: Token]

  /// A vocabulary of distinct words.
  ///
  /// - Parameters:
  ///   - words: The text of each token, without repetition.
  ///   - end: The word that ends a response; it must be among `words`.
  /// - Precondition: No word occurs twice, and `end` occurs.
  public init(words: [String], end: String) {
    let numbers = Dictionary(words.enumerated().map { ($1, $0) }) { first, _ in first }
    precondition(numbers.count == words.count, "The vocabulary repeats a word.")
    guard let endToken = numbers[end] else {
      preconditionFailure("The vocabulary has no word '\(end)' to end a response.")
    }
    self.words = words
    self.end = endToken
    self.numbers = numbers
    fingerprint = ContentHash.of(words + ["end=\(end)"])
  }

  /// How many tokens there are.
  public var count: Int { words.count }

  /// The number of a word, or `nil` if the vocabulary lacks it.
  public subscript(word: String) -> Token? { numbers[word] }

  /// The words of `tokens` joined by nothing, up to the end token.
  public func text(_ tokens: some Sequence<Token>) -> String {
    tokens.prefix { $0 != end }.map { words[$0] }.joined()
  }
}
