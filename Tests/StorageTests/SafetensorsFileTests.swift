import Foundation
import Storage
import Testing

@Suite("A safetensors file")
struct SafetensorsFileTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A file with this header and body.
  func file(_ header: String, _ body: [UInt8]) throws -> String {
    let path = scratch("a.safetensors")
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    try AtomicFile.write(length + Array(header.utf8) + body, to: path)
    return path
  }

  @Test("gives back what was written")
  func roundTrip() throws {
    let path = scratch("a.safetensors")
    let tensors = [
      NamedTensor("b.weight", shape: [2, 1], values: [1, -0.1]),
      NamedTensor("a", shape: [], values: [3]),
      NamedTensor("none", shape: [0], values: []),
    ]
    try SafetensorsFile(tensors: tensors, metadata: ["format": "pt"]).write(path)
    let back = try SafetensorsFile.read(path)
    #expect(back["b.weight"] == tensors[0])
    #expect(back["a"] == tensors[1])
    #expect(back.tensors.count == 3)
    #expect(back.metadata == ["format": "pt"])
  }

  @Test("may hold half, brain, single or double precision")
  func formats() throws {
    let header = """
      {"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},\
      "b":{"dtype":"BF16","shape":[1],"data_offsets":[2,4]},\
      "d":{"dtype":"F64","shape":[1],"data_offsets":[4,12]}}
      """
    let double = (-0.5 as Double).bitPattern
    let body: [UInt8] =
      [0x00, 0x3e, 0xc0, 0x3f] + (0..<8).map { UInt8(truncatingIfNeeded: double >> (8 * $0)) }
    let back = try SafetensorsFile.read(try file(header, body))
    #expect(back["h"]?.values == [1.5])
    #expect(back["b"]?.values == [1.5])
    #expect(back["d"]?.values == [-0.5])
  }

  @Test(
    "that lies about itself is refused with the reason",
    arguments: [
      ("{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 7, "there are 7"),
      ("{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "does not fill"),
      ("{\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}", 8, "F8_E4M3"),
      (
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}}", 8,
        "has shape"
      ),
      ("{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[8,0]}}", 8, "has shape"),
      ("{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, "should lie at"),
      ("{\"w\":3}", 0, "its header is not as the format says"),
      ("{", 0, "its header is not as the format says"),
    ])
  func refused(header: String, body: Int, reason: String) throws {
    let path = try file(header, [UInt8](repeating: 0, count: body))
    let error = try #require(storageError { _ = try SafetensorsFile.read(path) })
    #expect(error.happened.hasPrefix("'\(path)' cannot be read as safetensors: "))
    #expect(error.happened.contains(reason))
  }

  @Test("that is cut short anywhere is refused")
  func truncated() throws {
    let path = scratch("a.safetensors")
    for count in [0, 3, 8, 20, 60, 90] {
      try SafetensorsFile(tensors: [
        NamedTensor("w", shape: [8], values: .init(repeating: 1, count: 8))
      ])
      .write(path)
      try cut(path, to: count)
      #expect(storageError { _ = try SafetensorsFile.read(path) } != nil, "\(count) bytes")
    }
  }
}
