import Core
import Foundation
import Testing

@testable import Records
@testable import Storage

@Suite("The lease of a run")
struct RunLeaseTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private var file: String { folder("lease.json") }

  /// Rewrites a field of the lease as text.
  private func change(_ field: String, to value: String) throws {
    var fields = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: file)))
        as? [String: Any])
    fields[field] = value
    try JSONSerialization.data(withJSONObject: fields).write(to: URL(filePath: file))
  }

  @Test("has one owner, and is free again when that gives it back")
  func one() throws {
    let lease = try #require(try RunLease.take(folder.path) { true })
    #expect(lease.isMine && RunLease.isHeld(folder.path))
    #expect(try RunLease.take(folder.path) { true } == nil)
    lease.release()
    #expect(try RunLease.take(folder.path) { false } == nil)
    #expect(try RunLease.take(folder.path) { true } != nil)
    #expect(!FileManager.default.fileExists(atPath: folder("lease.lock")))
  }

  @Test("of a process that is gone, or copied with its run, holds nothing")
  func stale() throws {
    let lease = try #require(try RunLease.take(folder.path) { true })
    let copy = folder("copy")
    try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: file, toPath: copy + "/lease.json")
    #expect(!RunLease.isHeld(copy))
    try change("began", to: "1")
    #expect(!RunLease.isHeld(folder.path))
    RunLease.removeStale(folder.path)
    #expect(!lease.isMine)
  }

  @Test("of another machine counts for a minute since it was touched, by the clock of the files")
  func elsewhere() throws {
    let lease = try #require(try RunLease.take(folder.path) { true })
    try change("machine", to: "elsewhere")
    #expect(RunLease.isHeld(folder.path))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -90)], ofItemAtPath: file)
    #expect(!RunLease.isHeld(folder.path))
    let age = try #require(AtomicFile.age(of: file))
    #expect(age > 89 && age < 300)
    lease.touch()
    #expect(RunLease.isHeld(folder.path))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["lease.json"])
  }
}
