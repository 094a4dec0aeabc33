#if Engines
import Core
import Foundation
import Testing

@testable import Engines

@Suite("Damaged answers")
struct MutationTests {
  /// 2·10⁴ take a second; OPD_MUTATIONS asks for more.
  static let count =
    ProcessInfo.processInfo.environment["OPD_MUTATIONS"].flatMap { Int($0) } ?? 20_000

  @Test("are read or refused, and never end the program")
  func mutations() throws {
    var generator = Seed(11).derived("mutations").generator()
    let answers = Exchange.all.map { (Array($0.response), $0.responseKind) }
    try #require(!answers.isEmpty)
    var refused = 0
    for _ in 0..<Self.count {
      let (bytes, kind) = answers[generator.integer(below: answers.count)]
      let damaged = damage(bytes, &generator)
      // A third is read as another kind than it is.
      let kinds: [Exchange.Kind] = [kind, kind, kind, kind, .json, .pass, .sample]
      if read(damaged[...], as: kinds[generator.integer(below: kinds.count)]) == nil {
        refused += 1
      }
    }
    #expect(refused > Self.count / 4)
    #expect(refused < Self.count)
  }

  @Test("cost no more memory than they have bytes")
  func lengths() {
    // Field 2 with a length of 2⁶² where nothing follows, and a tensor of 2³¹ × 2³¹ × 2³¹ without data.
    let huge: [UInt8] = [0x12, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40]
    #expect(throws: WireError.self) { try PassAnswer(protobuf: huge[...]) }
    var writer = ProtobufWriter()
    writer.integer(3, 1)
    writer.packed(4, [1 << 31, 1 << 31, 1 << 31])
    #expect(
      throws: WireError.malformed(
        what: "Tensor", reason: "the shape [2147483648, 2147483648, 2147483648]")
    ) {
      try WireTensor(protobuf: writer.bytes[...])
    }
  }

  @Test("of endless depth are refused")
  func depth() {
    let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    #expect(throws: WireError.malformed(what: "answer", reason: "more than 32 levels")) {
      try JSONParser.value("answer", deep[...])
    }
    // A group would need no length; wire type 3 is refused.
    let groups = [UInt8](repeating: 0x0b, count: 1_000_000)
    #expect(throws: WireError.malformed(what: "SampleResponse", reason: "wire type 3 of field 1")) {
      try SampleAnswer(protobuf: groups[...])
    }
  }

  /// A few bytes replaced, taken away, put in or repeated.
  private func damage(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0...generator.integer(below: 4) where !bytes.isEmpty {
      let at = generator.integer(below: bytes.count)
      switch generator.integer(below: 5) {
      case 0: bytes[at] = UInt8.random(in: .min ... .max, using: &generator)
      case 1: bytes[at] ^= 1 << UInt8(generator.integer(below: 8))
      case 2: bytes.removeLast(bytes.count - at)
      case 3: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: at)
      default: bytes.insert(contentsOf: bytes[at...].prefix(12), at: at)
      }
    }
    return bytes
  }

  /// What was read, in words; `nil` where it was refused.
  private func read(_ bytes: ArraySlice<UInt8>, as kind: Exchange.Kind) -> String? {
    switch kind {
    case .sample: return (try? SampleAnswer(protobuf: bytes)).map { "\($0.sequences.count)" }
    case .pass:
      let answer = try? PassAnswer(protobuf: bytes)
      return answer.map { "\((try? $0.field("logprobs"))?.count ?? 0)" }
    case .json:
      guard let value = try? JSONParser.value("answer", bytes) else { return nil }
      _ = try? PassAnswer(json: value)
      _ = try? SampleAnswer(json: value)
      return "\(value.bytes().count)"
    }
  }
}
#endif
