/// One step of a pre-tokenizer: how a text is cut into pieces that no merge crosses.
enum Cut: String, Sendable, Hashable {
  /// Each digit alone, and what lies between digits.
  case digits
  /// Runs of digits, and what lies between them.
  case digitRuns
  /// GPT-2's words.
  case gpt2
  /// Qwen 2's words: a digit at a time, line breaks with what precedes them.
  case qwen2
  /// Llama 3's words: Qwen 2's, with digits by threes.
  case llama3

  /// The regular expressions that files spell out, by the cut that computes them.
  static let expressions: [String: Cut] = [
    #"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: .gpt2,
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: .gpt2,
    words(number: #"\p{N}"#): .qwen2,
    words(number: #"\p{N}{1,3}"#): .llama3,
  ]

  private static func words(number: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + number
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// The end of the piece that begins at `start`, at most `end`.
  @inline(__always)
  func end(of start: Int, in bytes: [UInt8], until end: Int, _ scanner: PieceScanner) -> Int {
    switch self {
    case .digits: Self.digits(bytes, start, end, scanner, alone: true)
    case .digitRuns: Self.digits(bytes, start, end, scanner, alone: false)
    case .gpt2: scanner.gpt2(bytes, start, end)
    case .qwen2: scanner.words(bytes, start, end, digits: 1)
    case .llama3: scanner.words(bytes, start, end, digits: 3)
    }
  }

  private static func digits(
    _ bytes: [UInt8], _ start: Int, _ end: Int, _ scanner: PieceScanner, alone: Bool
  ) -> Int {
    let (first, length) = PieceScanner.scalar(bytes, start)
    let isDigit = scanner.classes.isDigit(first)
    var index = start + length
    if isDigit, alone { return index }
    while index < end {
      let (next, length) = PieceScanner.scalar(bytes, index)
      guard scanner.classes.isDigit(next) == isDigit else { break }
      index += length
    }
    return index
  }
}

/// The pieces of a text under several cuts, each applied within the pieces of the one before.
struct PreTokenizer: Sendable, Hashable {
  var cuts: [Cut]

  /// Calls `body` with each piece in order.
  func forEachPiece(of bytes: [UInt8], in range: Range<Int>, _ body: (Range<Int>) -> Void) {
    cut(bytes, range, 0, PieceScanner(), body)
  }

  private func cut(
    _ bytes: [UInt8], _ range: Range<Int>, _ level: Int, _ scanner: PieceScanner,
    _ body: (Range<Int>) -> Void
  ) {
    guard level < cuts.count else {
      if !range.isEmpty { body(range) }
      return
    }
    let cut = cuts[level]
    var start = range.lowerBound
    while start < range.upperBound {
      let end = cut.end(of: start, in: bytes, until: range.upperBound, scanner)
      self.cut(bytes, start..<end, level + 1, scanner, body)
      start = end
    }
  }
}
