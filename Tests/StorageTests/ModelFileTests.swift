import Foundation
import Testing

@testable import Storage

/// Writes small GGUF files, right and wrong ones.
struct GGUFWriter {
  var values: [(key: String, kind: UInt32, bytes: [UInt8])] = []
  var tensors: [(name: String, shape: [UInt64], kind: UInt32, offset: UInt64)] = []
  var body: [UInt8] = []
  var alignment = 32

  static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  static func text(_ text: String) -> [UInt8] {
    little(UInt64(text.utf8.count)) + Array(text.utf8)
  }

  var bytes: [UInt8] {
    var result = Array("GGUF".utf8) + Self.little(UInt32(3)) + Self.little(UInt64(tensors.count))
    result += Self.little(UInt64(values.count))
    for value in values { result += Self.text(value.key) + Self.little(value.kind) + value.bytes }
    for tensor in tensors {
      result += Self.text(tensor.name) + Self.little(UInt32(tensor.shape.count))
      for extent in tensor.shape { result += Self.little(extent) }
      result += Self.little(tensor.kind) + Self.little(tensor.offset)
    }
    while !result.count.isMultiple(of: alignment) { result.append(0) }
    return result + body
  }

  /// Two tensors, some values, an array of arrays.
  static var sample: GGUFWriter {
    var writer = GGUFWriter()
    let inner = little(UInt32(5)) + little(UInt64(2)) + little(Int32(-1)) + little(Int32(7))
    writer.values = [
      ("general.architecture", 8, text("llama")), ("llama.block_count", 4, little(UInt32(2))),
      ("yes", 7, [1]), ("third", 6, little(Float(0.25).bitPattern)),
      ("nested", 9, little(UInt32(9)) + little(UInt64(2)) + inner + inner),
      ("words", 9, little(UInt32(8)) + little(UInt64(2)) + text("a") + text("ä")),
    ]
    writer.tensors = [("w", [3, 2], 0, 0), ("q", [32], 8, 32)]
    for number in [1, 2, 3, 4, 5, 6] as [Float] { writer.body += little(number.bitPattern) }
    writer.body += [UInt8](repeating: 0, count: 8) + little(Float16(0.5).bitPattern)
    writer.body += (0..<32).map { UInt8(bitPattern: Int8($0 - 16)) }
    return writer
  }
}

/// A small safetensors file.
private let smallSafetensors: [UInt8] = {
  let header = """
    {"a":{"dtype":"BF16","shape":[2,1],"data_offsets":[0,4]},\
    "n":{"dtype":"I64","shape":[1],"data_offsets":[4,12]},"__metadata__":{"format":"pt"}}
    """
  return GGUFWriter.little(UInt64(header.utf8.count)) + Array(header.utf8)
    + [0xc0, 0x3f, 0x00, 0x40] + GGUFWriter.little(Int64(-3))
}()

private func gguf(_ bytes: [UInt8]) throws -> GGUFFile {
  try GGUFFile(MappedFile(bytes, named: "m.gguf"))
}

/// Opens and widens everything.
private func exhaust(_ bytes: [UInt8], _ open: (MappedFile) throws -> TensorSource) -> Bool {
  do {
    for tensor in try open(MappedFile(bytes, named: "m")).tensors { _ = tensor.values() }
    return true
  } catch {
    return false
  }
}

@Suite("A GGUF file")
struct GGUFFileTests {
  @Test("gives metadata of every shape and tensors with the outermost extent first")
  func reads() throws {
    let file = try gguf(GGUFWriter.sample.bytes)
    #expect(file.metadata["general.architecture"]?.text == "llama")
    #expect(file.metadata["llama.block_count"]?.integer == 2)
    #expect(file.metadata["yes"]?.flag == true)
    #expect(file.metadata["third"]?.number == 0.25)
    #expect(file.metadata["words"]?.texts == ["a", "ä"])
    let row = GGUFValue.array([.int32(-1), .int32(7)])
    #expect(file.metadata["nested"] == .array([row, row]))
    #expect(file.tensors["w"]?.shape == [2, 3])
    #expect(file.tensors["w"]?.values() == [1, 2, 3, 4, 5, 6])
    #expect(file.tensors["q"]?.values() == (0..<32).map { Float($0 - 16) / 2 })
    var row1 = [Float](repeating: 0, count: 3)
    var span = row1.mutableSpan
    file.tensors["w"]?.read(1..<2, into: &span)
    #expect(row1 == [4, 5, 6])
  }

  @Test("honours general.alignment")
  func alignment() throws {
    var writer = GGUFWriter.sample
    writer.alignment = 64
    writer.values.append(("general.alignment", 4, GGUFWriter.little(UInt32(64))))
    writer.tensors[1].offset = 64
    writer.body.insert(contentsOf: [UInt8](repeating: 9, count: 32), at: 32)
    let file = try gguf(writer.bytes)
    #expect(file.tensors["w"]?.values() == [1, 2, 3, 4, 5, 6])
    #expect(file.tensors["q"]?.values()[0] == -8)
  }

  @Test("that lies about itself is refused with the reason")
  func lies() {
    func reason(_ change: (inout GGUFWriter) -> Void) -> String {
      var writer = GGUFWriter.sample
      change(&writer)
      return reasonOf(writer.bytes)
    }
    func reasonOf(_ bytes: [UInt8]) -> String {
      do {
        _ = try gguf(bytes)
        return "nothing"
      } catch { return "\(error)" }
    }
    #expect(reason { $0.tensors[0].shape = [3, 0] }.contains("has shape [0, 3]"))
    #expect(reason { $0.tensors[0].shape = [1 << 63, 2] }.contains("has shape"))
    #expect(reason { $0.tensors[0].shape = [1 << 32, 1 << 32] }.contains("has shape"))
    #expect(reason { $0.tensors[0].shape = [] }.contains("has 0 dimensions"))
    #expect(reason { $0.tensors[1].shape = [33] }.contains("has shape [33] in format Q8_0"))
    #expect(reason { $0.tensors[0].kind = 34 }.contains("is in format TQ1_0 (34)"))
    #expect(reason { $0.tensors[0].kind = 99 }.contains("is in format 99"))
    #expect(reason { $0.tensors[1].offset = 0 }.contains("'w' and 'q' share bytes"))
    #expect(reason { $0.tensors[1].offset = 33 }.contains("no multiple of 32"))
    #expect(reason { $0.tensors[1].offset = 1 << 62 }.contains("should take 34 bytes"))
    #expect(reason { $0.tensors[1].name = "w" }.contains("has 'w' twice"))
    #expect(reason { $0.values.append($0.values[0]) }.contains("twice"))
    #expect(reason { $0.values[0].kind = 13 }.contains("is of kind 13"))
    let alignment = GGUFWriter.little(UInt32(24))
    #expect(
      reason { $0.values.append(("general.alignment", 4, alignment)) }.contains("power of two"))
    let long = GGUFWriter.little(UInt32(4)) + GGUFWriter.little(UInt64(1) << 63)
    #expect(
      reason { $0.values.append(("long", 9, long)) }.contains("should count 9223372036854775808"))
    var deep: [UInt8] = []
    for _ in 0..<9 { deep += GGUFWriter.little(UInt32(9)) + GGUFWriter.little(UInt64(1)) }
    deep += GGUFWriter.little(UInt32(0)) + GGUFWriter.little(UInt64(1)) + [1]
    #expect(reason { $0.values.append(("deep", 9, deep)) }.contains("nested deeper than 8"))
    let big = Array("GGUF".utf8) + [0, 0, 0, 3] + [UInt8](repeating: 0, count: 16)
    #expect(reasonOf(big).contains("it is big-endian (version 3)"))
    #expect(reasonOf(Array("GGML".utf8)).contains("does not begin with 'GGUF'"))
  }

  @Test("cut short anywhere is refused")
  func truncations() {
    let bytes = GGUFWriter.sample.bytes
    for length in 0..<bytes.count {
      #expect(!exhaust(Array(bytes[..<length])) { try GGUFFile($0).tensors }, "\(length)")
    }
  }

  @Test("with bytes changed at random is refused or read, and never ends the program")
  func mutations() {
    var state: UInt64 = 1
    var accepted = 0
    for _ in 0..<10_000
    where exhaust(mutated(GGUFWriter.sample.bytes, &state), { try GGUFFile($0).tensors }) {
      accepted += 1
    }
    #expect(accepted > 0 && accepted < 10_000)
  }
}

/// One to four bytes replaced, places and values from a linear congruential generator.
private func mutated(_ bytes: [UInt8], _ state: inout UInt64) -> [UInt8] {
  func next() -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33)
  }
  var bytes = bytes
  for _ in 0...next() % 4 { bytes[next() % bytes.count] = UInt8(next() & 255) }
  return bytes
}

@Suite("A mapped safetensors file")
struct MappedSafetensorsTests {
  @Test("gives the numbers as they are asked for")
  func reads() throws {
    let source = try TensorSource.safetensors(MappedFile(smallSafetensors, named: "m"))
    #expect(source["a"]?.values() == [1.5, 2])
    #expect(source["n"]?.values() == [-3])
    #expect(source["none"] == nil)
  }

  @Test("cut short anywhere is refused")
  func truncations() {
    for length in 0..<smallSafetensors.count {
      let bytes = Array(smallSafetensors[..<length])
      #expect(!exhaust(bytes) { try TensorSource.safetensors($0) }, "\(length)")
    }
  }

  @Test("with bytes changed at random is refused or read, and never ends the program")
  func mutations() {
    var state: UInt64 = 2
    var accepted = 0
    for _ in 0..<10_000
    where exhaust(mutated(smallSafetensors, &state), { try TensorSource.safetensors($0) }) {
      accepted += 1
    }
    #expect(accepted > 0 && accepted < 10_000)
  }

  @Test("may be cut into shards, which must agree with their index")
  func shards() throws {
    let scratch = try Scratch()
    try AtomicFile.write(smallSafetensors, to: scratch("one.safetensors"))
    func source(_ map: String) throws -> TensorSource {
      try AtomicFile.write(
        "{\"weight_map\":\(map)}", to: scratch("model.safetensors.index.json"))
      return try TensorSource.folder(scratch(""))
    }
    func reason(_ map: String) -> String {
      do {
        _ = try source(map)
        return "nothing"
      } catch { return "\(error)" }
    }
    let good = "{\"a\":\"one.safetensors\",\"n\":\"one.safetensors\"}"
    #expect(try source(good)["n"]?.values() == [-3])
    #expect(reason("{\"a\":\"one.safetensors\"}").contains("holds 'n'"))
    #expect(reason("{\"a\":\"../one.safetensors\"}").contains("names the shard"))
    #expect(
      reason("{\"a\":\"one.safetensors\",\"n\":\"one.safetensors\",\"z\":\"one.safetensors\"}")
        .contains("no shard holds 'z'"))
    #expect(reason("3").contains("weight_map"))
  }
}

@Suite("A mapped file")
struct MappedFileTests {
  @Test("holds the file's bytes, keeps them after forgetting, and may be empty")
  func bytes() throws {
    let scratch = try Scratch()
    let content = (0..<20_000).map { UInt8(truncatingIfNeeded: $0) }
    try AtomicFile.write(content, to: scratch("f"))
    let file = try MappedFile(scratch("f"))
    file.forget(0..<20_000)
    #expect(file.bytes(5..<19_000) == Array(content[5..<19_000]))
    try AtomicFile.write([UInt8](), to: scratch("empty"))
    #expect(try MappedFile(scratch("empty")).bytes(0..<0).isEmpty)
    #expect(throws: StorageError.missingFile(path: scratch("none"))) {
      try MappedFile(scratch("none"))
    }
    #expect(throws: StorageError.self) { try MappedFile(scratch("")) }
  }

  @Test("has the checksum of the standard's example")
  func checksum() {
    #expect(CyclicRedundancy.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
  }
}

/// What other libraries read from the same files.
private let reference = ProcessInfo.processInfo.environment["OPD_GOLDEN"] ?? "../shared/golden"

@Suite("Block formats")
struct BlockFormatTests {
  private struct Golden: Decodable {
    struct Tensor: Decodable {
      var type: String
      var shape: [Int]
      var file_offset: Int
      var bytes: Int
      var crc32_of_float32_le: UInt32?
    }
    var tensors: [String: Tensor]
  }

  @Test(
    "are widened to the bits of the gguf package",
    .enabled(if: FileManager.default.fileExists(atPath: reference + "/pretrained/gguf/golden.json"))
  )
  func checksums() throws {
    let folder = reference + "/pretrained/gguf/"
    let golden = try JSONDecoder().decode(
      [String: Golden].self, from: Data(try TextFile.bytes(folder + "golden.json")))
    var checked = 0
    for (name, expected) in golden {
      let file = try GGUFFile(folder + name)
      #expect(file.tensors.tensors.count == expected.tensors.count)
      for (name, tensor) in expected.tensors {
        let found = try #require(file.tensors[name])
        #expect(found.format.rawValue == tensor.type && found.shape == tensor.shape)
        #expect(found.bytes == tensor.file_offset..<tensor.file_offset + tensor.bytes)
        guard let crc = tensor.crc32_of_float32_le else { continue }
        #expect(CyclicRedundancy.checksum(found.values()) == crc, "\(name)")
        checked += 1
      }
    }
    #expect(checked > 0)
  }
}
