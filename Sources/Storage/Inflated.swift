internal import CHDF5

/// Streams that zlib packed.
enum Inflated {
  /// A stream unpacked to exactly `count` bytes, or `nil` where it is damaged or holds another number.
  static func bytes(_ packed: [UInt8], count: Int) -> [UInt8]? {
    var isWhole = false
    let result = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
      isWhole = packed.withUnsafeBufferPointer { source in
        opd_inflate(source.baseAddress, source.count, target.baseAddress, count) == 0
      }
      filled = isWhole ? count : 0
    }
    return isWhole ? result : nil
  }
}
