import Foundation
import Storage
import Testing

@testable import Analysis
@testable import Records

@Suite("A list of runs")
struct RunListTests {
  private func folder(_ runs: [(String, String, Double?)]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.path + "/runs-\(UUID().uuidString)"
    for (path, state, value) in runs {
      let run = folder + "/" + path
      try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
      let status =
        "{\"state\":\"\(state)\",\"message\":\"why\","
        + "\"task\":{\"name\":\"t\",\"headline\":\"eval/mIoU\",\"columns\":\"\"}}"
      try status.write(toFile: run + "/status.json", atomically: true, encoding: .utf8)
      let line = value.map { "{\"eval/mIoU\":\($0),\"step\":4}\n" } ?? ""
      try line.write(toFile: run + "/metrics.jsonl", atomically: true, encoding: .utf8)
      try "{\"seconds\":7.5,\"step\":4}\n".write(
        toFile: run + "/timing.jsonl", atomically: true, encoding: .utf8)
    }
    return folder
  }

  @Test("finds runs however deep they lie, and says how they stand")
  func found() throws {
    let folder = try folder([("one", "done", 0.5), ("s/arm/seed-0", "failed", nil)])
    let runs = try RunList(in: [folder]).entries
    #expect(runs.map(\.state) == ["done", "failed"])
    #expect(runs[0].value == 0.5 && runs[0].step == 4 && runs[0].seconds == 7.5)
    #expect(runs[1].path.hasSuffix("s/arm/seed-0") && runs[1].value == nil)
    #expect(throws: ComparisonError.noSuchFolder(path: "/nowhere")) {
      try RunList(in: ["/nowhere"])
    }
  }

  @Test("knows a run that says it is running and belongs to nobody")
  func lost() throws {
    let runs = try RunList(in: [folder([("one", "running", 0.1)])]).entries
    #expect(runs.map(\.state) == ["lost"])
  }

  @Test("deletes what nobody has, and follows no link")
  func deleted() throws {
    let folder = try folder([("a", "failed", 0.2), ("b", "done", 0.6)])
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/loop", withDestinationPath: folder)
    var list = try RunList(in: [folder])
    #expect(list.entries.count == 2)
    list.keep(states: ["failed"])
    #expect(try list.delete() == 1)
    #expect(try RunList(in: [folder]).entries.map(\.value) == [0.6])
  }

  @Test("moves what nobody has into another folder, all of it or nothing")
  func archived() throws {
    let folder = try folder([("a", "failed", 0.2), ("b", "done", 0.6)])
    let other = folder + "-archive"
    defer { try? FileManager.default.removeItem(atPath: other) }
    var list = try RunList(in: [folder])
    list.keep(states: ["done"])
    #expect(try list.archive(in: other) == 1)
    #expect(try RunList(in: [folder]).entries.map(\.value) == [0.2])
    #expect(try RunList(in: [other]).entries.map(\.value) == [0.6])
    // Another of the same name stays where it is.
    let kept = try #require(RunList(in: [other]).entries.first).path
    try FileManager.default.copyItem(atPath: kept, toPath: list.entries[0].path)
    #expect(throws: StorageError.self) { try list.archive(in: other) }
    #expect(try RunList(in: [folder]).entries.count == 2)
  }

  @Test("keeps an archive within the listed folder where it is, and none within a run")
  func archivedInside() throws {
    let folder = try folder([("a", "done", 0.2), ("b", "done", 0.6)])
    let list = try RunList(in: [folder, folder + "/../" + (folder as NSString).lastPathComponent])
    #expect(list.entries.count == 2)
    #expect(throws: ComparisonError.self) { try list.archive(in: folder + "/a/old") }
    #expect(try list.archive(in: folder + "/old") == 2)
    let paths = try RunList(in: [folder]).entries.map(\.path)
    #expect(try RunList(in: [folder]).archive(in: folder + "/old") == 0)
    #expect(try RunList(in: [folder]).entries.map(\.path) == paths)
  }

  @Test("moves no two runs to one place")
  func archivedTogether() throws {
    let parent = try folder([("x/a", "done", 0.2), ("a", "done", 0.6)])
    // The one, written the long way round, would be kept where the other is.
    var list = try RunList(in: [parent])
    for index in list.entries.indices where !list.entries[index].path.hasSuffix("/x/a") {
      list.entries[index].path = parent + "/x/../a"
    }
    #expect(throws: StorageError.self) { try list.archive(in: parent + "-old") }
    #expect(try RunList(in: [parent]).entries.count == 2)
  }

  @Test("puts the best first, and keeps those of some states")
  func best() throws {
    let folder = try folder([("a", "done", 0.2), ("b", "done", 0.6), ("c", "failed", 0.9)])
    var list = try RunList(in: [folder])
    list.keepBest(2)
    #expect(list.entries.compactMap(\.value) == [0.9, 0.6])
    list.keep(states: ["done"])
    #expect(list.entries.compactMap(\.value) == [0.6])
    #expect(list.table().rows.count == 1)
    #expect(try list.json().contains("\"value\" : 0.6"))
  }

  @Test("has one set of names and values for programs, in either format")
  func names() throws {
    let list = try RunList(in: [folder([("a", "done", 0.123456), ("b", "failed", nil)])])
    let lines = list.csv().split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let objects = try #require(
      JSONSerialization.jsonObject(with: Data(list.json().utf8)) as? [[String: Any]])
    #expect(lines.count == 3 && objects.count == 2)
    #expect(Set(objects[0].keys) == Set(lines[0]))
    for (object, cells) in zip(objects, lines.dropFirst()) {
      for (name, cell) in zip(lines[0], cells) {
        #expect(object[name].map { "\($0)" } ?? "" == cell, "\(name)")
      }
    }
    #expect(lines[1].contains("0.123456") && lines[1].contains("eval/mIoU"))
  }
}
