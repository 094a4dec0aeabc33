import Core
import Foundation
import Plugins
import Records
import Testing

@testable import Sweeps

@Suite("Arms that start from another arm's student")
struct StartingArmsTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/start-\(UUID().uuidString)"

  private func plan(_ yaml: String) throws -> SweepPlan {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(yaml.utf8).write(to: URL(filePath: folder + "/s.yaml"))
    return try SweepPlan(SweepFile(folder + "/s.yaml")) { PlannedRun($0, files: []) }
  }

  private func complaint(_ yaml: String) -> String {
    do {
      return "no complaint about \(try plan(yaml).arms)"
    } catch {
      #expect((error as? any ExplainedError)?.exitStatus == .usage)
      return "\(error)"
    }
  }

  private let two = """
    name: two
    seeds: 2
    base: {student: decoder, steps: 1}
    cases:
      late: {student: {from: {arm: base}}, steps: 2}
      base: {}
    """

  @Test("wait for the run of the same seed")
  func seeds() throws {
    let plan = try plan(two)
    #expect(plan.runs.map(\.sources) == [["base/seed-0"], [], ["base/seed-1"], []])
  }

  @Test("wait for all arms that they need: a start, a judge and who chooses frames")
  func several() throws {
    let plan = try plan(
      """
      name: needs
      seeds: 1
      base: {student: decoder, steps: 1}
      cases:
        reader: {steps: 2}
        clips: {steps: 3, reward: {reader: {arm: reader, budget: 8}}}
        read:
          student: {from: {arm: reader}}
          evaluation: {keyframes: {student: {arm: clips, budget: 8}}}
        both: {keyframes: {student: {arm: clips}}, student: {from: {arm: clips}}}
      """)
    #expect(
      plan.runs.map(\.needs) == [[], ["reader"], ["reader", "clips"], ["clips", "clips"]])
    #expect(
      complaint(
        """
        name: circle
        seeds: 1
        base: {student: decoder, steps: 1}
        cases:
          a: {reward: {reader: {arm: b}}}
          b: {keyframes: {student: {arm: a}}}
        """
      ).contains("the arm 'a' would need itself"))
  }

  @Test("come along where only a part of the sweep is wanted, named by arm or by case")
  func part() throws {
    let plan = try plan(two + "\naxes: {budget: [4, 8]}\n")
    #expect(try plan.arms(named: ["late+budget=8"]) == ["late+budget=8", "base+budget=8"])
    let base = try plan.keeping(plan.arms(named: ["base"]))
    #expect(base.arms == ["base+budget=4", "base+budget=8"])
    #expect(base.runs.map(\.arm) == base.arms + base.arms)
    #expect(try Set(plan.arms) == plan.arms(named: ["late", "base+budget=4"]))
    let error = try #require(#expect(throws: SweepError.self) { try plan.arms(named: ["bse"]) })
    #expect(
      "\(error)".contains("no arm or case 'bse'") && "\(error)".contains("Did you mean 'base'?"))
  }

  @Test("name a case, which is the arm with the same values of every axis")
  func axes() throws {
    let plan = try plan(two + "\naxes: {budget: [4, 8]}\n")
    #expect(
      plan.runs.prefix(2).map(\.sources) == [["base+budget=4/seed-0"], ["base+budget=8/seed-0"]])
    #expect(plan.runs[0].configuration.contains("base+budget=4"))
  }

  @Test("are refused where nobody trains that student, or it would be their own")
  func refused() {
    let unknown = complaint(two.replacing("arm: base", with: "arm: bas"))
    #expect(unknown.contains("'late' needs the arm 'bas', which there is not"))
    #expect(unknown.contains("Did you mean 'base'?"))
    #expect(
      complaint(two.replacing("base: {}", with: "base: {student: {from: {arm: late}}}"))
        .contains("would need itself"))
  }

  @Test("are read again from a frozen sweep")
  func frozen() throws {
    let made = SweepFolder(folder + "/runs", plan: try plan(two))
    try made.create()
    #expect(try SweepFolder(frozen: made.path).plan.runs == made.plan.runs)
  }

  /// A worker that refuses to begin before the run it starts from is done.
  private func engine(_ plan: SweepPlan, base: String) -> SweepEngine {
    let script = """
      case "$0" in
        */late/*) grep -q done "$0/../../base/$(basename "$0")/status.json" || exit 3;;
        *) \(base);;
      esac
      echo '{"state":"done"}' > "$0/status.json"
      """
    var options = SweepEngine.Options()
    options.jobs = 3
    return SweepEngine(
      SweepFolder(folder + "/runs", plan: plan),
      worker: SweepWorker(program: URL(filePath: "/bin/sh")) { ["-c", script, $0] },
      options: options)
  }

  @Test("begin once it is finished, however many workers there are")
  func order() async throws {
    let plan = try plan(two)
    try await engine(plan, base: "sleep 0.3").run()
    let done = SweepFolder(folder + "/runs", plan: plan)
    #expect(plan.runs.allSatisfy { done.state(of: $0) == .done })
  }

  @Test("never begin where it failed, and the sweep ends")
  func failure() async throws {
    let plan = try plan(two)
    await #expect(throws: SweepError.self) { try await engine(plan, base: "exit 1").run() }
    let states = plan.runs.map { SweepFolder(folder + "/runs", plan: plan).state(of: $0) }
    #expect(states == [.pending, .failed, .pending, .failed])
  }
}
