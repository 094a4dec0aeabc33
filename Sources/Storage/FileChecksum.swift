internal import CHDF5
internal import Foundation

/// What tells that a file is no longer what was written: not against malice, but against disks and hands.
///
/// CRC-32 by zlib, which is many times faster than the digest of `Core`: it is asked of whole programs and models.
package enum FileChecksum {
  /// The checksum and length of a file as text, such as `9f3a1c22-4096`; `nil` where it cannot be read.
  package static func of(_ path: String) -> String? {
    var size: Int64 = 0
    let sum = opd_file_crc32(path, &size)
    guard sum >= 0 else { return nil }
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits + "-\(size)"
  }
}
