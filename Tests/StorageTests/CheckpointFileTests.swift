import Foundation
import Storage
import Testing

@Suite("A checkpoint")
struct CheckpointFileTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("gives back every bit, in order, whatever the names")
  func roundTrip() throws {
    let path = scratch("runs/a/step-1.h5")
    let odd: [Float] = [.nan, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    let checkpoint = CheckpointFile(
      tensors: [
        NamedTensor("z/weights", shape: [2, 2], values: odd),
        NamedTensor("a.b%c", shape: [1], values: [1]),
        NamedTensor("nothing", shape: [0], values: []),
      ], attributes: ["state": "{\"step\":3}", "empty": ""])
    try checkpoint.write(path)
    let back = try CheckpointFile.read(path)
    #expect(back.tensors.map(\.name) == ["z/weights", "a.b%c", "nothing"])
    #expect(back["z/weights"]?.values.map(\.bitPattern) == odd.map(\.bitPattern))
    #expect(back["z/weights"]?.shape == [2, 2])
    #expect(back.attributes == checkpoint.attributes)
  }

  @Test("is the same bytes when it is written twice")
  func deterministic() throws {
    let tensors = [(name: "w", shape: [2], values: [1, 2] as [Float])]
    try CheckpointFile.write(scratch("a"), tensors: tensors, attributes: ["b": "1", "a": "2"])
    try CheckpointFile.write(scratch("b"), tensors: tensors, attributes: ["a": "2", "b": "1"])
    #expect(try TextFile.bytes(scratch("a")) == TextFile.bytes(scratch("b")))
  }

  @Test("that is cut short is refused")
  func truncated() throws {
    let path = scratch("a.h5")
    try CheckpointFile.write(path, tensors: [("w", [100], [Float](repeating: 1, count: 100))])
    try cut(path, to: 3000)
    let error = storageError { _ = try CheckpointFile.read(path) }
    #expect(error?.happened.contains("truncated file") == true)
  }

  @Test("is told from any other HDF5 file")
  func notACheckpoint() throws {
    let path = scratch("a.h5")
    do { try HDF5File.create(path).write("w", [1] as [Float], shape: [1]) }
    let error = storageError { _ = try CheckpointFile.read(path) }
    #expect(error?.happened.hasSuffix("it does not say which tensors it holds.") == true)
  }

  @Test("that fails to be written leaves the old one, and nothing beside it")
  func atomic() throws {
    struct Trouble: Error {}
    let path = scratch("a.txt")
    try AtomicFile.write("old", to: path)
    #expect(throws: Trouble.self) {
      try AtomicFile.replace(path) { temporary in
        try "half".write(toFile: temporary, atomically: false, encoding: .utf8)
        throw Trouble()
      }
    }
    #expect(try TextFile.text(path) == "old")
    #expect(scratch.names == ["a.txt"])
  }
}
