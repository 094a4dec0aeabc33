import Foundation
import Testing

@testable import Records
@testable import Runs

@Suite("TensorBoard events")
struct MetricEventsTests {
  /// The check values of RFC 3720, B.4, and of the CRC catalogue.
  @Test("are checked by CRC-32C")
  func checksum() {
    #expect(CRC32C.of(Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.of([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.of(Array(0..<32)) == 0x46DD_794E)
    #expect(CRC32C.of(Array((0..<32).reversed())) == 0x113F_DB5C)
    #expect(CRC32C.of([]) == 0)
  }

  /// The first record of any event file of TensorBoard, with a time of 0: its bytes are known.
  @Test("begin with the version that TensorBoard expects")
  func version() throws {
    let folder = TemporaryFolder()
    try MetricEvents.begin(RunDirectory(folder.path))
    let bytes = folder.bytes("", MetricEvents.name)
    let records = try EventReader.records(bytes)
    #expect(records.count == 1)
    #expect(records[0] == Data([9, 0, 0, 0, 0, 0, 0, 0, 0, 0x1A, 13]) + Data("brain.Event:2".utf8))
    #expect(bytes.prefix(8) == Data([24, 0, 0, 0, 0, 0, 0, 0]))
  }

  @Test("hold every number of metrics.jsonl, once a line, and no clock")
  func numbers() async throws {
    let folder = TemporaryFolder()
    let stages = "    - {method: opd, steps: 5, prompts: 3}"
    try await MortalRun(stages: stages).carryOut(in: folder.path + "/run")
    let events = try EventReader.events(folder.bytes("run", MetricEvents.name))
    let lines = folder.lines("run", "metrics.jsonl")
    #expect(lines.count == 6)
    #expect(events.map(\.step) == lines.map { Int($0.numbers["step"] ?? -1) })
    #expect(events.map(\.time) == events.map { Double($0.step) })
    for (event, line) in zip(events, lines) {
      let expected = line.numbers.filter { $0.key != "step" }.mapValues(Float.init)
      #expect(event.scalars == expected)
    }
  }

  @Test("of a run that was killed and went on are the bytes of one that was not")
  func resumed() async throws {
    let folder = TemporaryFolder()
    let stages = "    - {method: opd, steps: 7, prompts: 3}"
    try await MortalRun(stages: stages).carryOut(in: folder.path + "/whole")
    // Dies in step 5, with the checkpoint of step 3: steps 4 and 5 are made twice.
    await #expect(throws: MortalReward.Killed.self) {
      try await MortalRun(stages: stages, patience: 4).carryOut(in: folder.path + "/killed")
    }
    let dead = try EventReader.events(folder.bytes("killed", MetricEvents.name))
    #expect(dead.map(\.step) == [0, 1, 2, 3, 4])
    // A record that was being written when the power went.
    let path = "\(folder.path)/killed/\(MetricEvents.name)"
    try (folder.bytes("killed", MetricEvents.name) + Data([7, 0, 0])).write(
      to: URL(filePath: path))
    try await MortalRun(stages: stages).carryOut(in: folder.path + "/killed", resume: true)
    let whole = folder.bytes("whole", MetricEvents.name)
    #expect(folder.bytes("killed", MetricEvents.name) == whole)
    #expect(try EventReader.events(whole).map(\.step) == Array(0...7))
  }
}

/// Reads event files as their formats are specified, without the code that writes them.
enum EventReader {
  struct Event {
    var time = 0.0
    var step = 0
    var scalars: [String: Float] = [:]
  }

  struct Malformed: Error { var reason: String }

  /// The contents of the records of a file, checksums checked bit by bit.
  static func records(_ data: Data) throws -> [Data] {
    var rest = Data(data)[...]
    var result: [Data] = []
    while !rest.isEmpty {
      guard rest.count >= 16 else { throw Malformed(reason: "a record is torn") }
      let length = Int(number(rest.prefix(8)))
      guard number(rest.dropFirst(8).prefix(4)) == masked(rest.prefix(8)),
        rest.count >= 16 + length
      else { throw Malformed(reason: "the length is wrong") }
      let content = rest.dropFirst(12).prefix(length)
      guard number(rest.dropFirst(12 + length).prefix(4)) == masked(content) else {
        throw Malformed(reason: "the checksum is wrong")
      }
      result.append(Data(content))
      rest = rest.dropFirst(16 + length)
    }
    return result
  }

  /// The events of a file but the first, which holds the version.
  static func events(_ data: Data) throws -> [Event] {
    try records(data).dropFirst().map { record in
      var event = Event()
      for field in try fields(record) {
        switch field.number {
        case 1: event.time = Double(bitPattern: number(field.content))
        case 2: event.step = Int(field.integer)
        case 5:
          for value in try fields(field.content) {
            let parts = try fields(value.content)
            guard value.number == 1, parts.map(\.number) == [1, 2] else {
              throw Malformed(reason: "a value is no scalar")
            }
            let name = String(decoding: parts[0].content, as: UTF8.self)
            guard event.scalars[name] == nil else { throw Malformed(reason: "\(name) is twice") }
            event.scalars[name] = Float(bitPattern: UInt32(number(parts[1].content)))
          }
        default: throw Malformed(reason: "field \(field.number)")
        }
      }
      return event
    }
  }

  private struct Field {
    var number: Int
    var integer: UInt64 = 0
    var content = Data()
  }

  /// The fields of a message of protocol buffers.
  private static func fields(_ data: Data) throws -> [Field] {
    var rest = data[...]
    func varint() throws -> UInt64 {
      var value: UInt64 = 0
      for place in 0..<10 {
        guard let byte = rest.popFirst() else { break }
        value |= UInt64(byte & 0x7F) << (7 * place)
        if byte < 0x80 { return value }
      }
      throw Malformed(reason: "a number is torn")
    }
    var result: [Field] = []
    while !rest.isEmpty {
      let key = try varint()
      var field = Field(number: Int(key >> 3))
      let size: Int
      switch key & 7 {
      case 0:
        field.integer = try varint()
        size = 0
      case 1: size = 8
      case 2: size = Int(try varint())
      case 5: size = 4
      default: throw Malformed(reason: "kind \(key & 7)")
      }
      guard rest.count >= size else { throw Malformed(reason: "a field is torn") }
      field.content = Data(rest.prefix(size))
      rest = rest.dropFirst(size)
      result.append(field)
    }
    return result
  }

  private static func number(_ bytes: Data) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// CRC-32C by long division, a bit at a time.
  private static func masked(_ bytes: Data) -> UInt64 {
    var rest: UInt32 = ~0
    for byte in bytes {
      for bit in 0..<8 {
        let carry = (rest ^ UInt32(byte >> bit)) & 1
        rest = rest >> 1 ^ (carry == 1 ? 0x82F6_3B78 : 0)
      }
    }
    let sum = ~rest
    return UInt64((sum >> 15 | sum << 17) &+ 0xA282_EAD8)
  }
}
