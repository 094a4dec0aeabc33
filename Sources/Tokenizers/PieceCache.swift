/// Remembers where in the output the tokens of a short piece stand, so that a repeated word is copied and not merged again.
///
/// Direct mapping, so a look-up is two comparisons; the piece itself is the key, so there is nothing to get wrong. It lives
/// for one call: a tokenizer stays a value that any thread may use.
struct PieceCache {
  /// 16,384 slots: 640 KB; English prose of 1 MB has about 14,000 different words.
  private static let bits: UInt64 = 14

  /// What 16 bytes hold beside the length.
  static let longest = 15

  /// A text below this is done before a cache of this size is cleared.
  static let worthwhile = 4096

  struct Key: Equatable {
    var low: UInt64 = 0
    var high: UInt64 = 0

    /// The bytes of a piece of at most `longest`, and its length in the last byte.
    @inline(__always)
    init(_ bytes: [UInt8], _ range: Range<Int>) {
      for index in range.lowerBound..<min(range.upperBound, range.lowerBound + 8) {
        low = low << 8 | UInt64(bytes[index])
      }
      if range.count > 8 {
        for index in range.lowerBound + 8..<range.upperBound {
          high = high << 8 | UInt64(bytes[index])
        }
      }
      high = high << 8 | UInt64(range.count)
    }

    @inline(__always)
    var slot: Int {
      let mixed = (low ^ (high &* 0xC2B2_AE3D_27D4_EB4F)) &* 0x9E37_79B9_7F4A_7C15
      let spread = (mixed ^ mixed >> 31) &* 0x9E37_79B9_7F4A_7C15
      return Int(truncatingIfNeeded: spread >> (64 - PieceCache.bits))
    }
  }

  private struct Slot {
    var key: Key
    var start: Int
    var count: Int
  }

  private var slots: [Slot]

  init() {
    let empty = Slot(key: Key([], 0..<0), start: 0, count: 0)
    slots = [Slot](repeating: empty, count: 1 << Int(Self.bits))
  }

  @inline(__always)
  func find(_ key: Key) -> Range<Int>? {
    let slot = slots[key.slot]
    return slot.key == key ? slot.start..<slot.start + slot.count : nil
  }

  @inline(__always)
  mutating func remember(_ key: Key, at output: Range<Int>) {
    slots[key.slot] = Slot(key: key, start: output.lowerBound, count: output.count)
  }
}
