/// The bytes of every token, one after another in one array.
struct TokenBytes: Sendable {
  private(set) var joined: [UInt8] = []
  private var starts: [Int] = [0]

  var count: Int { starts.count - 1 }

  mutating func append(_ bytes: some Sequence<UInt8>) {
    joined.append(contentsOf: bytes)
    starts.append(joined.count)
  }

  /// The bytes of a token; none where there is no such token.
  @inline(__always)
  subscript(token: Int) -> ArraySlice<UInt8> {
    guard token >= 0, token < count else { return [] }
    return joined[starts[token]..<starts[token + 1]]
  }
}

/// Finds a token by its bytes, for vocabularies that take whole pieces before they merge.
struct WholeTokens: Sendable {
  private var slots: [UInt32]
  private let mask: Int

  init(_ tokens: [UInt32], bytes: TokenBytes) {
    var capacity = 16
    while capacity < 2 * tokens.count { capacity *= 2 }
    slots = [UInt32](repeating: .max, count: capacity)
    mask = capacity - 1
    for token in tokens {
      let own = bytes[Int(token)]
      var slot = Self.hash(bytes.joined, own.startIndex..<own.endIndex) & mask
      while slots[slot] != .max { slot = (slot + 1) & mask }
      slots[slot] = token
    }
  }

  func find(_ text: [UInt8], _ range: Range<Int>, bytes: TokenBytes) -> UInt32? {
    var slot = Self.hash(text, range) & mask
    while slots[slot] != .max {
      if bytes[Int(slots[slot])].elementsEqual(text[range]) { return slots[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// FNV-1a, folded: its low bits alone are weak.
  private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7FFF_FFFF)
  }
}
