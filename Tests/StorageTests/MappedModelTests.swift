import Foundation
import Testing

@testable import Storage

/// A small safetensors file.
private let smallSafetensors: [UInt8] = {
  let header = """
    {"a":{"dtype":"BF16","shape":[2,1],"data_offsets":[0,4]},\
    "n":{"dtype":"I64","shape":[1],"data_offsets":[4,12]},"__metadata__":{"format":"pt"}}
    """
  return GGUFWriter.little(UInt64(header.utf8.count)) + Array(header.utf8)
    + [0xc0, 0x3f, 0x00, 0x40] + GGUFWriter.little(Int64(-3))
}()

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
