import Foundation
import Core
import Storage
import Testing

@Suite("Lines of JSON")
struct JSONLinesTests {
  struct Entry: Codable, Equatable {
    var step: Int
    var loss: Double
  }

  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("come back as they were appended, over several writers")
  func roundTrip() throws {
    let path = scratch("runs/metrics.jsonl")
    for step in 0..<3 {
      try JSONLinesWriter(path).append(Entry(step: step, loss: 0.1))
    }
    let back = try JSONLines.read(path, as: Entry.self)
    #expect(back.map(\.value.step) == [0, 1, 2])
    #expect(back.map(\.line) == [1, 2, 3])
    #expect(try TextFile.text(path).hasPrefix("{\"loss\":0.1,\"step\":0}\n"))
  }

  @Test("lose a torn last line, and only that, when writing goes on")
  func torn() throws {
    let path = scratch("metrics.jsonl")
    try AtomicFile.write("{\"step\":0,\"loss\":1}\n{\"step\":1,\"lo", to: path)
    #expect(try JSONLines.read(path, as: Entry.self, tornLastLine: .dropped).count == 1)
    let writer = try JSONLinesWriter(path)
    try writer.append(Entry(step: 7, loss: 2))
    try writer.synchronize()
    #expect(try JSONLines.read(path, as: Entry.self).map(\.value.step) == [0, 7])
  }

  @Test("longer than a block are trimmed at the right place")
  func longTornLine() throws {
    let path = scratch("metrics.jsonl")
    let torn = String(repeating: "9", count: 10_000)
    for (text, kept) in [("1\n" + torn, 1), (torn, 0), ("", 0), ("1\n2\n", 2)] {
      try AtomicFile.write(text, to: path)
      _ = try JSONLinesWriter(path)
      #expect(try JSONLines.read(path, as: Int.self).count == kept)
    }
  }

  @Test("that are malformed are named by file and line")
  func malformed() throws {
    let path = scratch("data.jsonl")
    try AtomicFile.write("{\"step\":0,\"loss\":1}\n\n{\"step\":\"x\",\"loss\":1}\n", to: path)
    let error = storageError { _ = try JSONLines.read(path, as: Entry.self) }
    let line = MalformedLine(line: 3, reason: "'step' is not a whole number")
    #expect(error == .malformedLines(path: path, count: 1, first: [line]))
    #expect(
      error?.description
        == "Line 3 of '\(path)' cannot be used: 'step' is not a whole number. "
        + "Correct the line or remove it.")
    try AtomicFile.write("{\"step\":0}\n", to: path)
    #expect(
      storageError { _ = try JSONLines.read(path, as: Entry.self) }?.happened.contains(
        "the key 'loss' is missing") == true)
    try AtomicFile.write("{\"step\":\n{}", to: path)
    #expect(
      storageError { _ = try JSONLines.read(path, as: Entry.self, tornLastLine: .dropped) }
        == .malformedLines(
          path: path, count: 1, first: [MalformedLine(line: 1, reason: "it is not JSON")]))
  }

  @Test("are not written through a symbolic link, nor is what a link points to cut short")
  func link() throws {
    let (target, path) = (scratch("mine.txt"), scratch("log.txt"))
    try AtomicFile.write("not a log\n", to: target)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    for body in [
      { _ = try AppendedFile.open(path) }, { _ = try JSONLinesWriter(path) },
      { try AppendedFile.truncate(path, to: 2) },
    ] {
      #expect(
        storageError(body)?.happened
          == "'\(path)' cannot be written: it is a symbolic link, which is not followed.")
    }
    #expect(try TextFile.text(target) == "not a log\n")
  }

  @Test("that cannot be used are named all at once")
  func severalMalformed() throws {
    let path = scratch("data.jsonl")
    try AtomicFile.write((0..<30).map { $0 % 2 == 0 ? "\($0)\n" : "x\n" }.joined(), to: path)
    let error = storageError {
      _ = try JSONLines.read(path, as: Int.self) { $0 > 26 ? "\($0) is too much" : nil }
    }
    let named = stride(from: 2, through: 20, by: 2).map { "line \($0), it is not JSON" }
    #expect(
      error?.description
        == "16 lines of '\(path)' cannot be used: " + named.joined(separator: "; ")
        + "; and 6 more. Correct the lines or remove them.")
  }

  @Test("are read through gzip, and a packed file that is cut short is refused")
  func packed() throws {
    let path = scratch("data.jsonl")
    try AtomicFile.write((0..<5000).map { "\($0 * 7919)\n" }.joined(), to: path)
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", path]
    try gzip.run()
    gzip.waitUntilExit()
    #expect(try JSONLines.read(path + ".gz", as: Int.self).map(\.value)[4999] == 4999 * 7919)
    try cut(path + ".gz", to: 500)
    let error = storageError { _ = try TextFile.bytes(path + ".gz") }
    #expect(
      error?.happened.hasSuffix("cannot be read as gzip: it is damaged or cut short.") == true)
  }
}
