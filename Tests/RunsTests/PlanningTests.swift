import Curriculum
import Foundation
import Plugins
import Core
import Testing

@testable import Distill
@testable import Records
@testable import Runs
@testable import Sweeps

@Suite("The forecast of a run")
struct RunForecastTests {
  private func forecast(_ yaml: String) async throws -> RunForecast {
    try await RunForecast(
      ConfigurationFile.parse(TinyRun.base + yaml, file: "c.yaml"), in: .standard())
  }

  @Test("has the stages, the steps, the accounts and the tokens of the run itself")
  func agreesWithTheRun() async throws {
    let yaml = """
      teacher: oracle
      evaluation: {every: 5}
      stages:
        - {method: sft, steps: 12, prompts: 4}
        - {method: grpo, steps: 9, prompts: 2, group: 4}
        - {method: opd, steps: 6, prompts: 3, group: 2}
      """
    let forecast = try await forecast(yaml)
    let run = try await TinyRun(yaml)
    let ledger = try #require(RunFile(run.path + "/ledger.json").object())
    #expect(forecast.parts.map(\.name) == ["beginning", "sft", "grpo", "opd"])
    #expect(forecast.parts.map(\.steps) == [0, 12, 9, 6])
    let spent = ledger.numbers.filter { $0.key.hasPrefix("seconds/") && $0.value > 0 }
    for account in spent.keys.map({ String($0.dropFirst("seconds/".count)) }) {
      #expect(forecast.parts.contains { ($0.seconds[account] ?? 0) > 0 }, "\(account)")
    }
    // An answer of the codec has three tokens, unless the student ends it earlier.
    let sampled = try #require(ledger.numbers["rolloutTokens"])
    #expect(abs(forecast.rolloutTokens - sampled) < 0.15 * sampled)
    #expect(!forecast.mayEndEarlier)
  }

  @Test("is of time that grows with the steps, and ends with the tokens a stage may train on")
  func steps() async throws {
    let short = try await forecast("stages: [{method: sft, steps: 100, prompts: 2}]")
    let long = try await forecast("stages: [{method: sft, steps: 100000, prompts: 2}]")
    #expect(long.parts[1].total > 100 * short.parts[1].total)
    // Two answers of three tokens a step.
    let stopped = try await forecast(
      "stages: [{method: sft, steps: 100, prompts: 2, stop: {tokens: 60}}]")
    #expect(stopped.parts[1].steps == 10)
    let open = try await forecast(
      """
      evaluation: {every: 1}
      stages: [{method: sft, steps: 4, prompts: 2, stop: {plateau: {}}}]
      """)
    #expect(open.mayEndEarlier)
  }

  @Test("keeps nothing where runs remember what they measured")
  func keepsNothing() async throws {
    let folder = try ScratchFolder([:])
    let cache = folder.path + "/cache"
    _ = try await forecast(
      """
      cache: \(cache)
      teacher: oracle
      stages:
        - {method: opd, steps: 4, prompts: 2, curriculum: {tvdf: {theta: 0, k: 1, budget: 8}}}
      """)
    #expect(!FileManager.default.fileExists(atPath: cache))
  }

  @Test("of an untrained run is of its evaluation alone")
  func untrained() async throws {
    let forecast = try await forecast("stages: []")
    #expect(forecast.parts.map(\.name) == ["beginning"])
    #expect(forecast.rolloutTokens == 0 && forecast.seconds > 0 && forecast.peakMemory > 1_000_000)
  }
}

@Suite("The forecast of a sweep")
struct SweepForecastTests {
  @Test("tries one run an arm, and counts all of them")
  func arms() async throws {
    let folder = try ScratchFolder([
      "s.yaml": "base: c.yaml\nseeds: 3\naxes: {stages.0.steps: [2, 3, 4]}\n",
      "c.yaml": TinyRun.base + "stages: [{method: sft, steps: 2, prompts: 2}]\n",
    ])
    let file = folder.path + "/s.yaml"
    #expect(
      try ConfigurationFile.isSweep(file) && !ConfigurationFile.isSweep(folder.path + "/c.yaml"))
    #expect(throws: ConfigurationFileError.isSweep(path: file)) {
      try ConfigurationFile.load(file)
    }
    let laboratory = try Laboratory.standard()
    let plan = try SweepPlan(SweepFile(file)) { try laboratory.planned($0) }
    let whole = try await SweepForecast(plan, in: Laboratory.standard)
    #expect(whole.arms.map(\.name) == plan.arms && whole.arms.map(\.runs) == [3, 3, 3])
    #expect(whole.arms.map { $0.run.parts[1].steps } == [2, 3, 4] && whole.runs == 9)
    let sum = whole.arms.reduce(0) { $0 + 3 * $1.run.seconds }
    #expect(abs(whole.seconds - sum) < 1e-9 * sum)
    let some = try await SweepForecast(plan, limit: 2, in: Laboratory.standard)
    #expect(some.arms.map(\.name) == [plan.arms[0], plan.arms[1]] && some.runs == 9)
  }
}

@Suite("The rehearsal of a curriculum")
struct CurriculumRehearsalTests {
  private let candidates = (0..<20).map { CandidateEvidence(id: "p\($0)", studentQuality: 0.5) }

  @Test("counts the rounds that its prompts bring")
  func rounds() async throws {
    let uniform = UniformCurriculum(seed: Seed(1))
    #expect(
      await CurriculumRehearsal.rounds(of: uniform, candidates: candidates, steps: 50, prompts: 4)
        == 1)
    let staged = try StagedCurriculum(
      SelectionPlan(settings: RoundSettings(budget: 8, every: 16)), seed: Seed(1))
    // A round every 16 prompts: before steps 0, 4, 8 … of 4 prompts.
    for (steps, rounds) in [(1, 1), (4, 1), (5, 2), (8, 2), (9, 3), (40, 10)] {
      #expect(
        await CurriculumRehearsal.rounds(
          of: staged, candidates: candidates, steps: steps, prompts: 4) == rounds)
    }
  }
}
