import Foundation
import Core
import Testing

@testable import Runs
@testable import Sweeps

@Suite("The overview of a sweep")
struct SweepOverviewTests {
  private func sweep() throws -> (ScratchFolder, SweepFolder) {
    let folder = try ScratchFolder([
      "s.yaml": "base: {}\ncases: {a: {}, b: {threads: 1}}\nseeds: 3\n"
    ])
    let laboratory = try Laboratory.standard()
    let plan = try SweepPlan(SweepFile(folder("s.yaml"))) { try laboratory.planned($0) }
    let sweep = SweepFolder(folder("runs"), plan: plan, command: "opd sweep s.yaml")
    try sweep.create()
    return (folder, sweep)
  }

  private func finish(_ run: String, in folder: ScratchFolder, seconds: Double, tokens: Int) throws
  {
    let path = folder("runs/\(run)")
    try "{\"state\":\"done\"}".write(
      toFile: path + "/status.json", atomically: true, encoding: .utf8)
    try """
    {"seconds":{"rollout":\(seconds / 2),"student":\(seconds / 2)},"rolloutTokens":\(tokens),"peakMemory":80000000}
    """.write(toFile: path + "/ledger.json", atomically: true, encoding: .utf8)
  }

  @Test("estimates what is left by the rates of the arms it belongs to")
  func rates() throws {
    let (folder, sweep) = try sweep()
    #expect(
      SweepOverview(sweep).text(jobs: 2, retryFailed: false).hasSuffix(
        "Left: 6 runs, 2 at a time; how long they take is not known before the first has finished.")
    )
    try finish("a/seed-0", in: folder, seconds: 10, tokens: 0)
    try finish("b/seed-0", in: folder, seconds: 100, tokens: 5000)
    try finish("b/seed-1", in: folder, seconds: 200, tokens: 7000)
    // Left are two runs of a (10 s each) and one of b (150 s, 6000 tokens).
    let text = SweepOverview(sweep).text(jobs: 2, retryFailed: false)
    #expect(text.contains("a/seed-0: done already\n"))
    #expect(text.contains("6 runs: 3 pending, 3 done."))
    #expect(
      text.hasSuffix(
        "Left: 3 runs, about 1 min 25 s with 2 at a time, 6k sampled tokens, 160 MB of memory"
          + " (by the runs that have finished, 2 of 2 arms)."))
  }

  @Test("takes over what a trial predicts until a run has finished")
  func forecast() async throws {
    let (folder, sweep) = try sweep()
    let forecast = try await SweepForecast(sweep.plan, limit: 1, in: Laboratory.standard)
    var overview = SweepOverview(sweep)
    overview.expect(forecast)
    #expect(
      overview.text(jobs: 1, retryFailed: false)
        .contains(
          #/6 runs, about .* with 1 at a time, .* MB of memory \(by a trial, 1 of 2 arms\)/#))
    try finish("a/seed-0", in: folder, seconds: 10, tokens: 0)
    overview = SweepOverview(sweep)
    overview.expect(forecast)
    #expect(overview.text(jobs: 1, retryFailed: false).contains("about 50 s with 1 at a time"))
  }

  @Test("a plan keeps the command that created it, and refuses another version of the program")
  func program() throws {
    let (folder, sweep) = try sweep()
    let file = folder("runs/plan.json")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains("\"command\":\"opd sweep s.yaml\""))
    // Another command that means the same goes on with it.
    try SweepFolder(sweep.path, plan: sweep.plan, command: "opd sweep other.yaml").create()
    #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
    try text.replacing("\"program\":\"0.1.0\"", with: "\"program\":\"0.0.9\"")
      .write(toFile: file, atomically: true, encoding: .utf8)
    #expect(
      throws: SweepError.otherProgram(folder: sweep.path, created: "0.0.9", now: "0.1.0")
    ) { try sweep.create() }
  }

  @Test("a gauge reads how far a run is")
  func gauge() throws {
    let (folder, sweep) = try sweep()
    let run = SweepPlan.Run(
      arm: "a", seed: 0, configuration: "stages:\n  - steps: 150\n  - steps: 100\n", identity: "")
    let gauge = SweepGauge(run, in: sweep)
    #expect(gauge.steps == 250)
    #expect(gauge.read() == nil)
    try "{\"eval/mIoU\":0.25,\"step\":10}\n{\"loss\":1,\"step\":11}\n{\"loss\"".write(
      toFile: folder("runs/a/seed-0/metrics.jsonl"), atomically: true, encoding: .utf8)
    #expect(gauge.read() == .init(step: 11, score: nil))
    try "{\"state\":\"running\",\"task\":{\"headline\":\"eval/mIoU\"}}".write(
      toFile: folder("runs/a/seed-0/status.json"), atomically: true, encoding: .utf8)
    #expect(gauge.read() == .init(step: 11, score: 0.25, title: "mIoU"))
  }
}
