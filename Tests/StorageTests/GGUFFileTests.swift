import Testing

@testable import Storage

private func gguf(_ bytes: [UInt8]) throws -> GGUFFile {
  try GGUFFile(MappedFile(bytes, named: "m.gguf"))
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
