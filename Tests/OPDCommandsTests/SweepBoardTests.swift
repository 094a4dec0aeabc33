import Testing

@testable import Sweeps
@testable import OPDCommands

@Suite("The board of a sweep")
struct SweepBoardTests {
  private func gauge(_ arm: String) -> SweepGauge {
    let run = SweepPlan.Run(
      arm: arm, seed: 0, configuration: "stages:\n  - steps: 150\n  - steps: 50\n", identity: "")
    return SweepGauge(
      run, in: SweepFolder("/nowhere", plan: SweepPlan(name: "world", arms: [], runs: [])))
  }

  @Test("says how many runs are done, how far those are that go, and when all will be")
  func lines() {
    let runs = ["a/seed-0", "b/seed-0", "a/seed-1", "b/seed-1"].map { ($0, $0 == "a/seed-1") }
    var board = SweepBoard(name: "world", runs: runs, time: 0) { $0.hasPrefix("b") ? 3 : 1 }
    #expect(board.summary(at: 5) == "world 1/4 runs")
    board.begin(gauge("a"), at: 0)
    board.begin(gauge("b"), at: 0)
    #expect(board.lines(at: 5) == ["  a/seed-0  beginning", "  b/seed-0  beginning"])
    board.update { _ in .init(step: 0, score: nil) }
    board.update {
      $0.run == "a/seed-0"
        ? .init(step: 100, score: 0.25, title: "mIoU") : .init(step: 50, score: nil)
    }
    // Half of a run of weight 1 and a quarter of one of weight 3 in 10 s: 1.25 of 7.
    #expect(board.summary(at: 10) == "world 1/4 runs · 46 s left")
    #expect(
      board.lines(at: 10) == [
        "  a/seed-0  step 100/200 · mIoU 0.250 · 10 steps/s · 10 s left",
        "  b/seed-0  step 50/200 · 5 steps/s · 30 s left",
      ])
    board.end("a/seed-0", finished: true)
    board.end("b/seed-0", finished: false)
    #expect(board.summary(at: 14) == "world 2/4 runs · 1 min 24 s left")
    #expect(board.lines(at: 14).isEmpty)
  }

  @Test("does not count as its own the steps that were made before")
  func resumed() {
    var board = SweepBoard(name: "w", runs: [("a/seed-0", false)], time: 0) { _ in 1 }
    board.begin(gauge("a"), at: 0)
    board.update { _ in .init(step: 150, score: nil) }
    #expect(board.lines(at: 2) == ["  a/seed-0  step 150/200"])
    board.update { _ in .init(step: 175, score: nil) }
    #expect(board.lines(at: 5) == ["  a/seed-0  step 175/200 · 5 steps/s · 5 s left"])
  }
}
