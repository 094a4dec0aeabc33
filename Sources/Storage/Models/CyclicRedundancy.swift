/// The CRC-32 of zlib, PNG and ZIP: polynomial 0xEDB88320, reflected.
package enum CyclicRedundancy {
  /// The checksum of the little-endian bytes of single-precision numbers.
  package static func checksum(_ values: [Float]) -> UInt32 {
    values.withUnsafeBytes { checksum($0) }
  }

  /// The checksum of bytes.
  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { checksum($0) }
  }

  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    ~bytes.reduce(~0) { crc, byte in
      table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8
    }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320 }
  }
}
