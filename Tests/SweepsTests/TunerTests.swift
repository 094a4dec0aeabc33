import Core
import Foundation
import Plugins
import Records
import Testing

@testable import Sweeps

@Suite("The settings of a sweep")
struct TunerTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/tune-\(UUID().uuidString)"

  private let sweep = """
    name: rates
    seeds: 3
    base: {student: decoder, stages: [{steps: 8, rate: 1.0}]}
    cases:
      base: {}
      late: {student: {from: {arm: base}}}
    axes: {budget: [4, 8]}
    tune:
      axes: {stages.0.rate: [0.1, 0.2, 0.4]}
      seeds: 2
      metric: eval/mIoU
    """

  private func file(_ yaml: String, tuned: SweepFile.Tuned = .applied) throws -> SweepFile {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(yaml.utf8).write(to: URL(filePath: folder + "/s.yaml"))
    return try SweepFile(folder + "/s.yaml", tuned: tuned)
  }

  private func settle(_ value: ConfigurationValue) -> PlannedRun { PlannedRun(value, files: []) }

  /// Writes what each run of a plan came to; runs without a score fail.
  private func carryOut(
    _ plan: SweepPlan, in folder: SweepFolder, score: (SweepPlan.Run, ConfigurationValue) -> Double?
  ) throws {
    try folder.create()
    for run in plan.runs {
      let value = try ConfigurationFile.parse(run.configuration, file: run.folder)
      let path = folder.folder(of: run)
      let score = score(run, value)
      let state = score == nil ? "failed" : "done"
      try Data("{\"state\":\"\(state)\"}".utf8).write(to: URL(filePath: path + "/status.json"))
      try Data("{\"eval/mIoU\":\(score ?? 0),\"step\":1}\n".utf8)
        .write(to: URL(filePath: path + "/metrics.jsonl"))
    }
  }

  /// Chooses, and says which plans there were.
  private func tune(
    _ yaml: String, score: (SweepPlan.Run, Double) -> Double?
  ) throws -> (TunedValues, [SweepPlan]) {
    var tuner = try SweepTuner(try file(yaml, tuned: .ignored)) { settle($0) }
    var plans: [SweepPlan] = []
    while let plan = try tuner.plan() {
      plans.append(plan)
      var runs = SweepFolder(folder + "/" + plan.name, plan: plan)
      runs.keepsOthers = true
      try carryOut(plan, in: runs) { run, value in
        score(run, value.value(at: ["stages", "0", "rate"])?.real ?? .nan)
      }
      try tuner.choose(in: runs)
    }
    return (try tuner.chosen(by: "opd sweep s.yaml --tune"), plans)
  }

  private func rate(_ tuned: TunedValues, _ name: String) -> Double? {
    tuned.changes(of: name)["stages.0.rate"]?.real
  }

  @Test("are tried with seeds that are not reported on, on the part to choose by")
  func seeds() throws {
    let (tuned, plans) = try tune(sweep) { _, rate in -abs(rate - 0.2) }
    #expect(tuned.seeds == [1000, 1001])
    #expect(Set(plans.flatMap(\.runs).map(\.seed)) == [1000, 1001])
    #expect(plans.flatMap(\.runs).allSatisfy { $0.configuration.contains("part: tune") })
    let reported = try SweepPlan(file(sweep, tuned: .ignored)) { settle($0) }
    #expect(reported.runs.allSatisfy { !$0.configuration.contains("part: tune") })
  }

  @Test("are those of the best mean over a case's arms and seeds, one case after the other")
  func chains() throws {
    let (tuned, plans) = try tune(sweep) { run, rate in
      run.arm.hasPrefix("late") ? -abs(rate - 0.4) : -abs(rate - 0.2)
    }
    #expect(rate(tuned, "base") == 0.2 && rate(tuned, "late") == 0.4)
    #expect(plans.map(\.runs.count) == [12, 24])
    let late = plans[1].runs.filter { $0.arm.hasPrefix("late") }
    #expect(
      Set(late.flatMap(\.needs)) == ["base+budget=4+rate=0.2", "base+budget=8+rate=0.2"])
    #expect(tuned.cases.map(\.edges.count) == [0, 1])
    #expect(tuned.text.contains("late: 0.4 is the largest value of 'stages.0.rate'"))
  }

  @Test("are the smaller ones of equals, and never those of a run that failed")
  func ties() throws {
    #expect(rate(try tune(sweep) { _, _ in 0.5 }.0, "base") == 0.1)
    let (tuned, _) = try tune(sweep.replacing("name: rates", with: "name: other")) { _, rate in
      rate == 0.4 ? nil : rate
    }
    #expect(rate(tuned, "base") == 0.2)
    #expect(tuned.text.contains("4 failed"))
    #expect(throws: SweepError.self) {
      try tune(sweep.replacing("name: rates", with: "name: third")) { _, _ in nil }
    }
  }

  @Test("go on where a process was killed, and with more values")
  func resumed() throws {
    let first = try tune(sweep) { _, rate in -abs(rate - 0.4) }.0
    let again = try tune(sweep) { _, rate in -abs(rate - 0.4) }.0
    #expect(again == first)
    let wider = try tune(sweep.replacing("0.2, 0.4]", with: "0.2, 0.4, 0.8]")) { _, rate in
      -abs(rate - 0.4)
    }.0
    #expect(rate(wider, "base") == 0.4 && wider.cases.allSatisfy(\.edges.isEmpty))
  }

  @Test("are applied to the cases they were chosen for, from the file beside the sweep's")
  func applied() throws {
    let (tuned, _) = try tune(sweep) { _, rate in rate }
    try tuned.write(to: folder + "/s.tuned.yaml")
    let plan = try SweepPlan(file(sweep)) { settle($0) }
    #expect(plan.runs.allSatisfy { $0.configuration.contains("rate: 0.4") })
    #expect(plan.arms == ["base+budget=4", "base+budget=8", "late+budget=4", "late+budget=8"])
    let own = try SweepPlan(file(sweep, tuned: .ignored)) { settle($0) }
    #expect(own.runs.allSatisfy { $0.configuration.contains("rate: 1") })
    let read = try TunedValues(folder + "/s.tuned.yaml")
    #expect(read.cases.map(\.values) == tuned.cases.map(\.values))
    #expect(read.command == "opd sweep s.yaml --tune" && read.program == Program.version)
  }

  private func complaint(_ yaml: String) -> String {
    do {
      return "no complaint about \(try SweepPlan(file(yaml)) { settle($0) }.arms)"
    } catch {
      #expect((error as? any ExplainedError)?.exitStatus == .usage)
      return "\(error)"
    }
  }

  @Test(
    "are refused for a case, a start or a base that changed since, and for seeds that chose them")
  func stale() throws {
    let (tuned, _) = try tune(sweep) { _, rate in rate }
    try tuned.write(to: folder + "/s.tuned.yaml")
    #expect(complaint(sweep).hasPrefix("no complaint"))
    #expect(complaint(sweep.replacing("seeds: 3", with: "seeds: 4")).hasPrefix("no complaint"))
    #expect(complaint(sweep.replacing("rate: 1.0", with: "rate: 2.0")).hasPrefix("no complaint"))
    for (old, new) in [("steps: 8", "steps: 9"), ("[4, 8]", "[4]"), ("base: {}", "base: {x: 1}")] {
      let text = complaint(sweep.replacing(old, with: new))
      #expect(text.contains("'base', or what it starts from, has changed"), "\(new): \(text)")
      #expect(text.contains("or leave it out with --untuned"))
    }
    #expect(
      complaint(sweep.replacing("seeds: 3", with: "seeds: [1001]"))
        .contains("seed 1001 is to be reported on, and values were chosen by it"))
    #expect(
      complaint(sweep.replacing("  late:", with: "  early: {y: 1}\n  late:"))
        .contains("nothing was chosen for 'early' yet"))
    let moved = sweep.replacing("late: {student", with: "late: {y: 1, student")
    #expect(complaint(moved).contains("'late', or what it starts from, has changed"))
  }

  @Test("may be others, or none, for a case; then it is not tuned")
  func cases() throws {
    let yaml = sweep + "\n  cases: {base: {}}\n"
    let (tuned, plans) = try tune(yaml) { _, rate in rate }
    #expect(tuned.cases.map(\.name) == ["late"])
    #expect(plans[0].arms == ["base+budget=4", "base+budget=8"])
    #expect(
      complaint(sweep + "\n  cases: {bas: {}}\n").contains("'tune' names 'bas', which is no case"))
  }

  @Test("may be drawn, the same for every case, and be halved on the way")
  func halving() throws {
    let yaml = sweep.replacing(
      "axes: {stages.0.rate: [0.1, 0.2, 0.4]}",
      with: "axes: {stages.0.rate: {logUniform: [0.01, 1.0]}}\n  random: 8\n  halving: true")
    let (tuned, plans) = try tune(yaml) { _, rate in -abs(rate - 0.2) }
    // 8 with a quarter of the steps, 4 with half, 2 with all; both cases, two arms, two seeds.
    #expect(plans.map(\.runs.count) == [32, 48, 56, 88, 104, 112])
    #expect(plans[0].runs[0].configuration.contains("steps: 2"))
    let values = tuned.cases[0].values
    #expect(values.map(\.share).sorted() == [0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 1, 1])
    let best = values.min {
      abs(($0.set.pairs[0].value.real ?? 9) - 0.2) < abs(($1.set.pairs[0].value.real ?? 9) - 0.2)
    }
    #expect(best?.set == tuned.cases[0].set)
    #expect(tuned.cases[0].values.map(\.set) == tuned.cases[1].values.map(\.set))
  }

  @Test("are not those of a sweep that says nothing of them")
  func nothing() throws {
    let plain = sweep.components(separatedBy: "tune:")[0]
    #expect(throws: SweepError.self) { try SweepTuner(file(plain)) { settle($0) } }
    #expect(throws: (any Error).self) {
      try file(sweep.replacing("[0.1, 0.2, 0.4]", with: "{logUniform: [0.1, 1]}"))
    }
  }
}
