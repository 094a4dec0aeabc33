/// Which pairs of tokens merge, into what, and how early.
///
/// Open addressing with at most half the slots taken: one look-up is one multiplication and, nearly always, one cache line.
struct MergeTable: Sendable {
  /// A merge's rank in the upper half and its token in the lower; smaller merges first.
  typealias Entry = UInt64

  /// What is found where a pair does not merge: later than every merge.
  static let none = Entry.max

  private static let free = UInt64.max
  private var keys: [UInt64]
  private var entries: [Entry]
  private let shift: UInt64

  /// A table with room for `count` pairs.
  init(count: Int) {
    var bits = 4
    while 1 << bits < 2 * count { bits += 1 }
    keys = [UInt64](repeating: Self.free, count: 1 << bits)
    entries = [Entry](repeating: Self.none, count: 1 << bits)
    shift = UInt64(64 - bits)
  }

  /// The later of two merges of the same pair holds, as in tokenizers.
  mutating func insert(_ left: UInt32, _ right: UInt32, rank: Int, token: UInt32) {
    let slot = slot(of: Self.key(left, right))
    keys[slot] = Self.key(left, right)
    entries[slot] = UInt64(rank) << 32 | UInt64(token)
  }

  /// The merge of a pair, or `none`.
  @inline(__always)
  func find(_ left: UInt32, _ right: UInt32) -> Entry {
    entries[slot(of: Self.key(left, right))]
  }

  /// The merges in the order of their ranks.
  var inOrder: [(left: UInt32, right: UInt32, token: UInt32)] {
    zip(keys, entries).filter { $0.0 != Self.free }.sorted { $0.1 < $1.1 }.map {
      (UInt32($0.0 >> 32), UInt32(truncatingIfNeeded: $0.0), UInt32(truncatingIfNeeded: $0.1))
    }
  }

  @inline(__always)
  private static func key(_ left: UInt32, _ right: UInt32) -> UInt64 {
    UInt64(left) << 32 | UInt64(right)
  }

  /// The slot that holds a key, or the free one where it belongs.
  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    // Fibonacci hashing: the golden ratio spreads consecutive tokens over the upper bits.
    let spread = (key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15
    var slot = Int(truncatingIfNeeded: spread >> shift)
    while keys[slot] != key, keys[slot] != Self.free { slot = (slot + 1) & (keys.count - 1) }
    return slot
  }
}
