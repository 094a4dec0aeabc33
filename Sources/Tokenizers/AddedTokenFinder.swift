internal import Core

/// Cuts added tokens out of a text: at each place the longest one, from left to right.
struct AddedTokenFinder: Sendable {
  /// A part of a text: an added token, or what lies between two.
  enum Part: Equatable {
    case token(Token)
    case text(Range<Int>)
  }

  let tokens: [AddedToken]
  private var isStart = [Bool](repeating: false, count: 256)
  /// The trie's arrows: (node, byte) to a node; node 0 is the root.
  private var arrows: [UInt64: Int] = [:]
  /// The added token that ends at a node.
  private var ends: [Int?] = [nil]

  /// - Parameters:
  ///   - tokens: What is looked for.
  ///   - contents: What each of them looks like in the text that is searched.
  init(_ tokens: [AddedToken], contents: [[UInt8]]) {
    self.tokens = tokens
    for (index, content) in contents.enumerated() {
      guard let first = content.first else { continue }
      isStart[Int(first)] = true
      var node = 0
      for byte in content {
        let arrow = UInt64(node) << 8 | UInt64(byte)
        if let next = arrows[arrow] {
          node = next
        } else {
          arrows[arrow] = ends.count
          node = ends.count
          ends.append(nil)
        }
      }
      ends[node] = ends[node] ?? index
    }
  }

  var isEmpty: Bool { ends.count == 1 }

  /// The parts of `bytes[range]`, in order.
  ///
  /// A match that may not stand (a special token in plain text, a word inside another) is passed over whole, and what overlaps
  /// it is not looked at: so tokenizers does it.
  ///
  /// - Complexity: O(*n*) where added tokens are short.
  func parts(_ bytes: [UInt8], _ range: Range<Int>, _ reading: BytePairTokenizer.Reading) -> [Part]
  {
    guard !isEmpty, !range.isEmpty else { return range.isEmpty ? [] : [.text(range)] }
    var parts: [Part] = []
    var done = range.lowerBound
    var index = range.lowerBound
    while index < range.upperBound {
      guard isStart[Int(bytes[index])], let match = match(bytes, index, range.upperBound) else {
        index += 1
        continue
      }
      let token = tokens[match.token]
      let found = index..<match.end
      index = match.end
      if reading == .plain, token.isSpecial { continue }
      if token.isSingleWord, !Self.standsAlone(found, in: bytes, range) { continue }
      let taken = Self.stripped(token, found, in: bytes, range)
      if done < taken.lowerBound { parts.append(.text(done..<taken.lowerBound)) }
      parts.append(.token(token.token))
      done = taken.upperBound
    }
    if done < range.upperBound { parts.append(.text(done..<range.upperBound)) }
    return parts
  }

  /// What a token takes: itself, and the white space about it that it strips.
  private static func stripped(
    _ token: AddedToken, _ found: Range<Int>, in bytes: [UInt8], _ range: Range<Int>
  ) -> Range<Int> {
    let start =
      token.stripsLeft
      ? Edges.spaceBefore(found.lowerBound, in: bytes, from: range.lowerBound)
      : found.lowerBound
    let end =
      token.stripsRight
      ? Edges.spaceAfter(found.upperBound, in: bytes, until: range.upperBound)
      : found.upperBound
    return start..<end
  }

  private func match(_ bytes: [UInt8], _ start: Int, _ end: Int) -> (token: Int, end: Int)? {
    var best: (token: Int, end: Int)?
    var node = 0
    var index = start
    while index < end, let next = arrows[UInt64(node) << 8 | UInt64(bytes[index])] {
      node = next
      index += 1
      if let token = ends[node] { best = (token, index) }
    }
    return best
  }

  private static func standsAlone(
    _ found: Range<Int>, in bytes: [UInt8], _ range: Range<Int>
  ) -> Bool {
    let before = Edges.scalar(before: found.lowerBound, in: bytes, from: range.lowerBound)
    let after = Edges.scalar(after: found.upperBound, in: bytes, until: range.upperBound)
    return !(before.map(CharacterClasses.isWord) ?? false)
      && !(after.map(CharacterClasses.isWord) ?? false)
  }
}

/// What adjoins a place in a text.
private enum Edges {
  static func scalar(before index: Int, in bytes: [UInt8], from start: Int) -> Unicode.Scalar? {
    guard index > start else { return nil }
    var first = index - 1
    while first > start, bytes[first] & 0xC0 == 0x80 { first -= 1 }
    return Unicode.Scalar(PieceScanner.scalar(bytes, first).value)
  }

  static func scalar(after index: Int, in bytes: [UInt8], until end: Int) -> Unicode.Scalar? {
    index < end ? Unicode.Scalar(PieceScanner.scalar(bytes, index).value) : nil
  }

  static func spaceBefore(_ index: Int, in bytes: [UInt8], from start: Int) -> Int {
    var index = index
    while let scalar = scalar(before: index, in: bytes, from: start),
      scalar.properties.isWhitespace
    {
      index -= UTF8.width(scalar)
    }
    return index
  }

  static func spaceAfter(_ index: Int, in bytes: [UInt8], until end: Int) -> Int {
    var index = index
    while let scalar = scalar(after: index, in: bytes, until: end), scalar.properties.isWhitespace {
      index += UTF8.width(scalar)
    }
    return index
  }
}
