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
}

extension Vocabulary: Tokenizer {
  /// The one token that ends a response.
  public var ends: Set<Token> { [end] }

  /// The number of a word.
  public func token(of text: String) -> Token? { numbers[text] }

  /// The longest words first, from left to right; white space between words need not be one.
  ///
  /// - Throws: `VocabularyError.unwritable` for text that no word begins.
  /// - Complexity: O(length of `text` · length of the longest word).
  public func encode(_ text: String) throws -> [Token] {
    let longest = words.map(\.count).max() ?? 0
    var tokens: [Token] = []
    var rest = text[...]
    while let first = rest.first {
      if let (token, length) = longestWord(of: rest, atMost: longest) {
        tokens.append(token)
        rest = rest.dropFirst(length)
      } else if first.isWhitespace {
        rest = rest.dropFirst()
      } else {
        throw VocabularyError.unwritable(text: text, rest: String(rest.prefix(20)))
      }
    }
    return tokens
  }

  private func longestWord(of text: Substring, atMost longest: Int) -> (Token, Int)? {
    for length in stride(from: min(longest, text.count), to: 0, by: -1) {
      if let token = self[String(text.prefix(length))] { return (token, length) }
    }
    return nil
  }

  /// The words joined by nothing, each end token included.
  public func decode(_ tokens: some Sequence<Token>) -> String {
    tokens.map { words.indices.contains($0) ? words[$0] : "\u{FFFD}" }.joined()
  }
}

/// Why a text cannot be written.
package enum VocabularyError: ExplainedError, Hashable {
  /// No word of the vocabulary begins what is left of a text.
  case unwritable(text: String, rest: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .unwritable(let text, let rest):
      "'\(text)' cannot be written: no word of the vocabulary begins '\(rest)'."
    }
  }

  /// What to do.
  package var remedy: String { "Make the vocabulary of the words of this data." }
}
