import Foundation
import Testing

@testable import Analysis

@Suite("The table of every number")
struct NumberTableTests {
  /// Two runs of a sweep whose axis is over a seed of the data; one of them waits for its first step.
  private func sweep() throws -> String {
    let folder = FileManager.default.temporaryDirectory.path + "/numbers-\(UUID().uuidString)"
    let plan = #"{"factors":["case","seed"],"levels":{"a+seed=7":["a","7"]}}"#
    let metrics = """
      {"step":0,"eval/mIoU":0.5}
      {"step":1,"stage":"warm, up","reward":0.1,"flops":{"student":1e21}}

      """
    try write(plan, folder + "/plan.json")
    try write(metrics, folder + "/a+seed=7/seed-0/metrics.jsonl")
    try write(#"{"step":1,"seconds":2.5}"# + "\n", folder + "/a+seed=7/seed-0/timing.jsonl")
    try write(#"{"state":"running"}"#, folder + "/a+seed=7/seed-1/status.json")
    return folder
  }

  private func write(_ text: String, _ path: String) throws {
    let file = URL(filePath: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  @Test("has a line a number, and no two columns of one name")
  func lines() async throws {
    let folder = try sweep()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = folder + "/a+seed=7/seed-0,a+seed=7,0,a,7"
    #expect(
      try await NumberTable([folder]).csv == """
        run,arm,seed,case,seed.factor,stage,step,seconds,metric,value
        \(run),,0,0.0,eval/mIoU,0.5
        \(run),"warm, up",1,2.5,flops/student,1e+21
        \(run),"warm, up",1,2.5,reward,0.1

        """)
    let one = try await NumberTable([folder], metrics: ["reward"]).csv
    #expect(one.split(separator: "\n").count == 2)
  }

  @Test("is written as Parquet too, with the same columns")
  func parquet() async throws {
    let folder = try sweep()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/numbers.parquet"
    let table = try await NumberTable([folder])
    try table.write(parquet: path)
    let bytes = try Data(contentsOf: URL(filePath: path))
    let magic = Data("PAR1".utf8)
    #expect(bytes.starts(with: magic) && bytes.suffix(4) == magic)
    for name in table.csv.prefix(while: { $0 != "\n" }).split(separator: ",") {
      #expect(bytes.range(of: Data(name.utf8)) != nil, "\(name)")
    }
  }
}
