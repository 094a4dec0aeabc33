#if Engines
/// Writes the fields of one protobuf message.
///
/// Fields that hold their default are left out, as proto3 asks; those of a message are written in the order of the calls.
package struct ProtobufWriter {
  /// The message so far.
  package private(set) var bytes: [UInt8] = []

  /// An empty message.
  package init() {}

  /// A number other than 0; negative ones take ten bytes.
  package mutating func integer(_ number: Int, _ value: Int64) {
    guard value != 0 else { return }
    varint(UInt64(number) << 3)
    varint(UInt64(bitPattern: value))
  }

  /// `true`.
  package mutating func flag(_ number: Int, _ value: Bool) { integer(number, value ? 1 : 0) }

  /// A text other than the empty one.
  package mutating func text(_ number: Int, _ value: String) {
    guard !value.isEmpty else { return }
    message(number, Array(value.utf8))
  }

  /// Bytes, unless there are none.
  package mutating func data(_ number: Int, _ value: [UInt8]) {
    guard !value.isEmpty else { return }
    message(number, value)
  }

  /// A message, also an empty one.
  package mutating func message(_ number: Int, _ value: [UInt8]) {
    varint(UInt64(number) << 3 | 2)
    varint(UInt64(value.count))
    bytes += value
  }

  /// A number of 64 bits in eight bytes, also 0: entries of maps always hold their value.
  package mutating func double(_ number: Int, _ value: Double) {
    varint(UInt64(number) << 3 | 1)
    bytes.append(littleEndian: value.bitPattern)
  }

  /// A number of 32 bits in four bytes, also 0.
  package mutating func float(_ number: Int, _ value: Float) {
    varint(UInt64(number) << 3 | 5)
    bytes.append(littleEndian: value.bitPattern)
  }

  /// Numbers in one field.
  package mutating func packed(_ number: Int, _ values: [Int]) {
    guard !values.isEmpty else { return }
    var inner = ProtobufWriter()
    for value in values { inner.varint(UInt64(bitPattern: Int64(value))) }
    message(number, inner.bytes)
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

extension [UInt8] {
  /// A number's bytes, the lowest first.
  package mutating func append(littleEndian value: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
#endif
