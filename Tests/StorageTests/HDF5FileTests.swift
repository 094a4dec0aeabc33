import Foundation
import Core
import Storage
import Testing

@Suite("An HDF5 file")
struct HDF5FileTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("gives back the numbers, shapes and texts that were written")
  func roundTrip() throws {
    let path = scratch("a.h5")
    do {
      let file = try HDF5File.create(path)
      try file.write("group/floats", [1.5, -2, .infinity] as [Float], shape: [3, 1])
      try file.write("group/deep/doubles", [0.1, 0.2] as [Double], shape: [2])
      try file.write("whole", [3, -4, 1 << 40], shape: [3])
      try file.write("single", [7] as [Float], shape: [])
      try file.write("empty", [] as [Float], shape: [0, 4])
      try file.write(attribute: "note", "größer\nals 1")
      try file.write(attribute: "long", String(repeating: "x", count: 200_000), of: "group")
    }
    let file = try HDF5File.open(path)
    #expect(try file.names() == ["empty", "group", "single", "whole"])
    #expect(try file.names(in: "group") == ["deep", "floats"])
    #expect(try file.shape(of: "group/floats") == [3, 1])
    #expect(try file.floats("group/floats") == [1.5, -2, .infinity])
    #expect(try file.doubles("group/deep/doubles") == [0.1, 0.2])
    #expect(try file.floats("group/deep/doubles") == [Float(0.1), Float(0.2)])
    #expect(try file.integers("whole") == [3, -4, 1 << 40])
    #expect(try file.shape(of: "single").isEmpty)
    #expect(try file.floats("single") == [7])
    #expect(try file.floats("empty").isEmpty)
    #expect(try file.attribute("note") == "größer\nals 1")
    #expect(try file.attribute("long", of: "group").utf8.count == 200_000)
    #expect(try file.attributes() == ["note": "größer\nals 1"])
    #expect(try file.exists("group/deep/doubles"))
    #expect(try !file.exists("group/nowhere/doubles"))
  }

  @Test("says what is missing, and what was probably meant")
  func missing() throws {
    let path = scratch("a.h5")
    let file = try HDF5File.create(path)
    try file.write("video/abc", [1] as [Float], shape: [1])
    let missing = storageError { _ = try file.floats("video/abd") }
    #expect(missing == .missingDataset(path: path, name: "video/abd", nearest: "abc"))
    #expect(
      missing?.description == "'\(path)' has no dataset 'video/abd'. Did you mean 'abc'?")
    #expect(missing?.exitStatus == .badInput)
    let attribute = storageError { _ = try file.attribute("clip") }
    #expect(
      attribute?.description
        == "'/' of '\(path)' has no text attribute 'clip'. "
        + "Write the file again with the program that made it.")
    let absent = storageError { _ = try HDF5File.open(scratch("b.h5")) }
    #expect(
      absent?.description
        == "There is no file '\(scratch("b.h5"))'. Check the path, or fetch the data first.")
  }

  @Test("refuses numbers of another kind")
  func wrongKind() throws {
    let path = scratch("a.h5")
    let file = try HDF5File.create(path)
    try file.write("reals", [1.5] as [Double], shape: [1])
    let error = storageError { _ = try file.integers("reals") }
    #expect(error == .wrongKind(path: path, name: "reals", expected: "whole numbers"))
    #expect(storageError { _ = try file.texts("reals") }?.happened.contains("hold text") == true)
    #expect(storageError { _ = try file.floats("/") } != nil)
  }

  @Test(
    "that is cut short anywhere is refused, with the reason", arguments: [0, 7, 100, 900, 2000])
  func truncated(count: Int) throws {
    let path = scratch("a.h5")
    do {
      let file = try HDF5File.create(path)
      try file.write("numbers", [Float](repeating: 1, count: 1000), shape: [1000])
    }
    try cut(path, to: count)
    let error = try #require(storageError { _ = try HDF5File.open(path) })
    #expect(error.happened.hasPrefix("'\(path)' cannot be read as HDF5: "))
    #expect(error.remedy == "It may be cut short or of another kind; fetch or write it again.")
    if count >= 900 { #expect(error.happened.contains("truncated file")) }
  }

  @Test("cannot be created where no folder is")
  func unwritable() throws {
    let error = storageError { _ = try HDF5File.create(scratch("no/folder/a.h5")) }
    #expect(error?.happened.contains("cannot be written: unable to") == true)
  }
}
