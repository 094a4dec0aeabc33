/// Where the next piece of a text ends, for the regular expressions that byte-level vocabularies were trained with.
///
/// Each expression is a first-match alternation whose branches begin with different classes of characters, so one look at a
/// character, and for some at the next, chooses the branch: there is no backtracking and no engine.
struct PieceScanner {
  let classes = CharacterClasses.shared

  /// The code point at `index` of well-formed UTF-8, and its length in bytes.
  @inline(__always)
  static func scalar(_ bytes: [UInt8], _ index: Int) -> (value: UInt32, length: Int) {
    let first = bytes[index]
    if first < 0x80 { return (UInt32(first), 1) }
    let second = UInt32(bytes[index + 1] & 0x3F)
    if first < 0xE0 { return (UInt32(first & 0x1F) << 6 | second, 2) }
    let third = UInt32(bytes[index + 2] & 0x3F)
    if first < 0xF0 { return (UInt32(first & 0x0F) << 12 | second << 6 | third, 3) }
    let fourth = UInt32(bytes[index + 3] & 0x3F)
    return (UInt32(first & 0x07) << 18 | second << 12 | third << 6 | fourth, 4)
  }

  @inline(__always)
  func look(_ bytes: [UInt8], _ index: Int) -> (kind: CharacterClass, length: Int) {
    let (value, length) = Self.scalar(bytes, index)
    return (classes.of(value), length)
  }

  /// The end of a run of one class from `index`, of at most `most` characters.
  @inline(__always)
  func run(
    _ kind: CharacterClass, _ bytes: [UInt8], _ index: Int, _ end: Int, most: Int = .max
  ) -> Int {
    var index = index
    var taken = 0
    while index < end, taken < most {
      let (next, length) = look(bytes, index)
      guard next == kind else { break }
      index += length
      taken += 1
    }
    return index
  }

  /// GPT-2's words.
  ///
  /// `'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
  func gpt2(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
    if bytes[start] == UInt8(ascii: "'"), let after = contraction(bytes, start, end) {
      return after
    }
    var (kind, _) = look(bytes, start)
    var from = start
    if bytes[start] == 0x20, start + 1 < end {
      let next = look(bytes, start + 1).kind
      if next != .space, next != .newline { (kind, from) = (next, start + 1) }
    }
    switch kind {
    case .letter, .number, .other: return run(kind, bytes, from, end)
    case .space, .newline: return white(bytes, start, end)
    }
  }

  /// Qwen 2's and Llama 3's words, which differ in how many digits stand together.
  ///
  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
  func words(_ bytes: [UInt8], _ start: Int, _ end: Int, digits: Int) -> Int {
    if bytes[start] == UInt8(ascii: "'"), let after = foldedContraction(bytes, start, end) {
      return after
    }
    let (kind, length) = look(bytes, start)
    switch kind {
    case .letter: return run(.letter, bytes, start, end)
    case .number: return run(.number, bytes, start, end, most: digits)
    case .newline: return lines(bytes, start, end)
    case .space, .other:
      let next = start + length < end ? look(bytes, start + length).kind : .newline
      if next == .letter { return run(.letter, bytes, start + length, end) }
      if kind == .other || bytes[start] == 0x20 && next == .other {
        let symbols = run(.other, bytes, kind == .other ? start : start + 1, end)
        return run(.newline, bytes, symbols, end)
      }
      return lines(bytes, start, end)
    }
  }

  /// `\s+(?!\S)|\s+`: all white space, but for the last character where a word follows it.
  private func white(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
    var index = start
    var last = start
    while index < end {
      let (kind, length) = look(bytes, index)
      guard kind == .space || kind == .newline else { return last > start ? last : index }
      last = index
      index += length
    }
    return index
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+`: to the last line break of the white space, if it has one.
  private func lines(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
    var index = start
    var last = start
    var lineEnd: Int?
    while index < end {
      let (kind, length) = look(bytes, index)
      guard kind == .space || kind == .newline else {
        return lineEnd ?? (last > start ? last : index)
      }
      last = index
      index += length
      if kind == .newline { lineEnd = index }
    }
    return lineEnd ?? index
  }
}

extension PieceScanner {
  /// GPT-2's contractions, in small letters only.
  private func contraction(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int? {
    guard start + 1 < end else { return nil }
    switch bytes[start + 1] {
    case UInt8(ascii: "s"), UInt8(ascii: "d"), UInt8(ascii: "m"), UInt8(ascii: "t"):
      return start + 2
    case let first: return start + 2 < end && isPair(first, bytes[start + 2]) ? start + 3 : nil
    }
  }

  /// The same in both cases.
  ///
  /// The long s (U+017F) folds to s; it is the only character beyond ASCII that folds to one of these.
  private func foldedContraction(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int? {
    guard start + 1 < end else { return nil }
    switch bytes[start + 1] | 0x20 {
    case UInt8(ascii: "s"), UInt8(ascii: "d"), UInt8(ascii: "m"), UInt8(ascii: "t"):
      return start + 2
    case let first:
      guard start + 2 < end else { return nil }
      if bytes[start + 1] == 0xC5, bytes[start + 2] == 0xBF { return start + 3 }
      return isPair(first, bytes[start + 2] | 0x20) ? start + 3 : nil
    }
  }

  private func isPair(_ first: UInt8, _ second: UInt8) -> Bool {
    switch first {
    case UInt8(ascii: "l"): second == UInt8(ascii: "l")
    case UInt8(ascii: "v"), UInt8(ascii: "r"): second == UInt8(ascii: "e")
    default: false
    }
  }
}
