internal import CHDF5
internal import Foundation

/// Streams that zlib packed.
enum Inflated {
  /// What a gzip stream unpacks to, or `nil` where it is damaged, cut short, or unpacks to more than `most` bytes.
  static func gzip(_ packed: [UInt8], most: Int) -> [UInt8]? {
    var buffer: UnsafeMutablePointer<UInt8>?
    let count = packed.withUnsafeBufferPointer { source in
      opd_gunzip(source.baseAddress, source.count, most, &buffer)
    }
    guard count >= 0 else { return nil }
    defer { free(buffer) }
    return Array(UnsafeBufferPointer(start: buffer, count: Int(count)))
  }

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
