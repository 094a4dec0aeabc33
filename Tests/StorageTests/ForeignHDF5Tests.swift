import Foundation
import Core
import Storage
import Testing

@Suite("An HDF5 file of somebody else")
struct ForeignHDF5Tests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func sample(_ path: String) throws {
    let file = try HDF5File.create(path)
    try file.write("video/a", (0..<24).map { Float($0) }, shape: [8, 3])
    try file.write("whole", [1, 2, 3], shape: [3])
    try file.write(attribute: "clip_seconds", " 1.5")
    try file.write(attribute: "words", "two")
  }

  @Test("may write a number as text, and what is no number is refused")
  func numbers() throws {
    let path = scratch("a.h5")
    try sample(path)
    let file = try HDF5File.open(path)
    #expect(try file.number("clip_seconds") == 1.5)
    #expect(try file.number("absent") == nil)
    #expect(try file.text("absent") == nil)
    #expect(try file.text("words") == "two")
    let error = storageError { _ = try file.number("words") }
    #expect(
      error?.happened
        == "The attribute 'words' of '/' of '\(path)' is 'two', not a number that can be used.")
    #expect(error?.remedy == "Correct it, or write the file again with the right number.")
    for text in ["1 2", "0x10", "", "1,0", "nan", "inf"] {
      let other = scratch("\(UUID().uuidString).h5")
      try HDF5File.create(other).write(attribute: "clip_seconds", text)
      let error = storageError { _ = try HDF5File.open(other).number("clip_seconds") }
      #expect(error?.happened.contains("is '\(text)'") == true, "\(text)")
    }
  }

  static let shared = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared").path

  @Test(
    "may write it as a number",
    .enabled(if: FileManager.default.fileExists(atPath: shared + "/cases"), "no foreign files here")
  )
  func numericAttribute() throws {
    let file = try HDF5File.open(Self.shared + "/cases/csp/number/features.h5")
    let text = try HDF5File.open(Self.shared + "/cases/csp/text/features.h5")
    #expect(try file.number("clip_seconds") != nil)
    #expect(try file.number("clip_seconds") == text.number("clip_seconds"))
    #expect(try file.text("clip_seconds").flatMap { Double($0) } == text.number("clip_seconds"))
  }

  @Test("never ends the program, whichever byte of it is changed")
  func damaged() throws {
    let path = scratch("a.h5")
    try sample(path)
    let whole = try Data(contentsOf: URL(filePath: path))
    var refused = 0
    for place in stride(from: 0, to: min(whole.count, 3000), by: 17) {
      let changed = scratch("\(place).h5")
      var bytes = whole
      bytes[place] = bytes[place] == 127 ? 255 : 127
      try bytes.write(to: URL(filePath: changed))
      do {
        let file = try HDF5File.open(changed)
        _ = try file.attributes()
        for name in try file.names(in: "video") { _ = try file.floats("video/" + name) }
        _ = try file.integers("whole")
      } catch {
        #expect(error is StorageError)
        refused += 1
      }
      try FileManager.default.removeItem(atPath: changed)
    }
    #expect(refused > 0)
  }

  @Test(
    "that crashes the library is refused in a sentence",
    .enabled(if: FileManager.default.fileExists(atPath: crashing), "no such file here"))
  func crash() throws {
    var bytes = try Data(contentsOf: URL(filePath: Self.crashing))
    bytes[2474] = 127
    let path = scratch("crash.h5")
    try bytes.write(to: URL(filePath: path))
    let error = storageError { _ = try HDF5File.open(path) }
    #expect(
      error?.happened == "'\(path)' cannot be read as HDF5: "
        + "it is damaged so that reading it crashes the HDF5 library.")
  }

  static let crashing = shared + "/data/salads50/salads50_svm.h5"
}
