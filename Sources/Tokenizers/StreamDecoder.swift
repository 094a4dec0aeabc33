package import Core

/// Text as its tokens come, never with half a character.
///
/// What ends in U+FFFD is withheld until a later token completes it, as `DecodeStream` of tokenizers does.
package struct StreamDecoder: Sendable {
  private let tokenizer: BytePairTokenizer
  private var pending: [UInt8] = []

  package init(_ tokenizer: BytePairTokenizer) { self.tokenizer = tokenizer }

  /// The text that a token completes, or `nil` where it is not whole yet.
  ///
  /// - Complexity: O(1) beside the text that is returned.
  package mutating func append(_ token: Token) -> String? {
    pending.append(contentsOf: tokenizer.bytes(of: token))
    guard !pending.isEmpty, endsWhole else { return nil }
    defer { pending.removeAll(keepingCapacity: true) }
    return String(decoding: pending, as: UTF8.self)
  }

  /// What is withheld when no token follows, with U+FFFD for what never became a character; `DecodeStream` drops it.
  package mutating func finish() -> String {
    defer { pending.removeAll() }
    return String(decoding: pending, as: UTF8.self)
  }

  /// Whether the last bytes are a character, and not U+FFFD itself.
  private var endsWhole: Bool {
    let first = pending.lastIndex { $0 & 0xC0 != 0x80 } ?? 0
    let tail = pending[first...]
    guard tail.count <= 4, let text = String(validating: tail, as: UTF8.self) else { return false }
    return text.unicodeScalars.last != "\u{FFFD}"
  }
}
