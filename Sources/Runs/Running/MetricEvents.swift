internal import Records
internal import Storage

/// The numbers of a run as TensorBoard reads them: `events.out.tfevents.0.opd`, beside `metrics.jsonl` and with the same
/// numbers.
///
/// The file is a sequence of TFRecords, each of them an `Event` of TensorFlow's protocol buffers with the scalars of one
/// line of metrics. No clock goes into it, so that equal runs have equal bytes: an event's `wall_time` is its step in
/// seconds, and TensorBoard's "relative" axis counts steps. A run that goes on from a checkpoint writes it anew from its
/// metrics, so no step is in it twice.
///
/// Sources: `tensorflow/core/lib/io/record_writer.h` for the frame, `tensorflow/core/util/event.proto` and
/// `summary.proto` for the numbers of fields.
enum MetricEvents {
  /// The name of the file: TensorBoard looks for `tfevents`; no time and no host are in it.
  static let name = "events.out.tfevents.0.opd"

  /// Writes what the metrics of a run hold so far; lines to come are appended.
  static func begin(_ directory: RunDirectory) throws {
    let lines = RunFile(directory.file("metrics.jsonl")).lines()
    let bytes = lines.reduce(into: header) { $0 += record($1.numbers) }
    try AtomicFile.write(bytes, to: directory.file(name))
  }

  /// The first record of a file, which says how to read it.
  private static var header: [UInt8] {
    var event = ProtocolBuffer()
    event.add(1, double: 0)
    event.add(3, bytes: Array("brain.Event:2".utf8))
    return record(event.bytes)
  }

  /// The record of one line of metrics; what is not finite is left out.
  ///
  /// - Parameter values: Numbers by name; `step` says when.
  /// - Returns: A record with one scalar a number, by name.
  static func record(_ values: [String: Double]) -> [UInt8] {
    let step = values["step"] ?? 0
    var summary = ProtocolBuffer()
    for (name, value) in values.sorted(by: { $0.key < $1.key })
    where name != "step" && value.isFinite {
      var scalar = ProtocolBuffer()
      scalar.add(1, bytes: Array(name.utf8))
      // Adding 0 turns −0 into 0, which is what metrics.jsonl holds.
      scalar.add(2, float: Float(value) + 0)
      summary.add(1, bytes: scalar.bytes)
    }
    var event = ProtocolBuffer()
    event.add(1, double: step)
    event.add(2, integer: UInt64(max(0, step)))
    event.add(5, bytes: summary.bytes)
    return record(event.bytes)
  }

  /// A TFRecord: the length, its checksum, the bytes, their checksum.
  private static func record(_ bytes: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(bytes.count))
    return length + littleEndian(CRC32C.masked(length)) + bytes
      + littleEndian(CRC32C.masked(bytes))
  }
}

/// A message of protocol buffers, field by field.
private struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ field: Int, integer: UInt64) {
    key(field, kind: 0)
    varint(integer)
  }

  mutating func add(_ field: Int, double: Double) {
    key(field, kind: 1)
    bytes += littleEndian(double.bitPattern)
  }

  mutating func add(_ field: Int, bytes content: [UInt8]) {
    key(field, kind: 2)
    varint(UInt64(content.count))
    bytes += content
  }

  mutating func add(_ field: Int, float: Float) {
    key(field, kind: 5)
    bytes += littleEndian(float.bitPattern)
  }

  private mutating func key(_ field: Int, kind: Int) { varint(UInt64(field << 3 | kind)) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// The bytes of a number, the lowest first.
private func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
}

/// The checksum CRC-32C (Castagnoli), as in RFC 3720.
enum CRC32C {
  /// The remainder of every byte; 0x82F63B78 is the polynomial with its bits reversed.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in
      rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1
    }
  }

  /// The checksum of bytes.
  static func of(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { rest, byte in table[Int(UInt8(truncatingIfNeeded: rest) ^ byte)] ^ rest >> 8
    }
  }

  /// The checksum as TFRecords hold it, so that the checksum of a text that holds checksums is a good one.
  static func masked(_ bytes: [UInt8]) -> UInt32 {
    let sum = of(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}
