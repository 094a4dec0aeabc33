import Curriculum
import Distill
import Foundation
import Core
import Storage
import Testing

@testable import Analysis
@testable import Records
@testable import Runs
@testable import Plugins

@Suite("Curricula in runs")
struct CurriculumRunTests {
  static let tvdf = "{tvdf: {theta: 0.5, k: 1, budget: 8, every: 16}}"

  private func run(_ curriculum: String, _ more: String = "") -> MortalRun {
    MortalRun(
      stages: """
          - {method: sft, steps: 2, prompts: 4}
          - {method: opd, steps: 10, prompts: 4, curriculum: \(curriculum), roundResets: {optimizer: true, learningRate: true}}
        """, more: more)
  }

  @Test("every curriculum can be named, and says what its parameters mean")
  func registered() throws {
    let laboratory = try Laboratory.standard()
    #expect(laboratory.curricula.names == allCurriculumParameters.map { $0.name } + ["process"])
    #expect(try laboratory.curricula.undeclared().isEmpty)
    let value = try ConfigurationFile.parse(
      "{tvdf: {theta: 0.5, k: 1, score: trajectoryRKL(mean)}}", file: "x.yaml")
    let text = try laboratory.curricula.resolved(value).text
    #expect(text.contains("trajectoryRKL(mean)") && text.contains("sampler: topK"))
  }

  @Test(
    "killed in the middle of a round and resumed take the same samples and leave the same bytes",
    arguments: [tvdf, "{rewardSpread: {budget: 8, every: 16}}", "{learningProgress: {every: 12}}"],
    [5, 6, 8, 10])
  func killed(curriculum: String, batches: Int) async throws {
    let folder = TemporaryFolder()
    var run = run(curriculum)
    try await run.carryOut(in: folder.path + "/whole")
    run.patience = batches
    await #expect(throws: MortalReward.Killed.self) {
      try await run.carryOut(in: folder.path + "/cut")
    }
    run.patience = .max
    try await run.carryOut(in: folder.path + "/cut", resume: true)
    for name in ["selection.jsonl", "metrics.jsonl", "rollouts.jsonl"] {
      #expect(!folder.bytes("whole", name).isEmpty)
      #expect(folder.bytes("whole", name) == folder.bytes("cut", name), "\(name)")
    }
    let rounds = Set(folder.lines("cut", "selection.jsonl").compactMap { $0.numbers["round"] })
    #expect(rounds.count >= 2, "the kill was in the first of one round")
  }

  @Test("write a line for each candidate and round, with what teacher and student said")
  func audit() async throws {
    let folder = TemporaryFolder()
    try await run(Self.tvdf).carryOut(in: folder.path + "/run")
    let lines = folder.lines("run", "selection.jsonl").compactMap { SelectionLine($0) }
      .filter { $0.stage == 1 }
    let rounds = Dictionary(grouping: lines, by: \.round)
    #expect(rounds.keys.sorted() == [0, 1, 2])
    for round in rounds.values {
      #expect(round.count == 24 && Set(round.map(\.id)).count == 24)
      #expect(round.count(where: \.taken) == 8)
    }
    for line in lines {
      let (teacher, student) = try (#require(line.teacher), #require(line.student))
      #expect(line.disagreement == teacher - student)
      // The oracle is right but where it was spoiled on purpose.
      #expect(line.planted == (teacher < 0.5) && line.admitted == (teacher >= 0.5))
      #expect(!line.taken || line.admitted)
      #expect(!line.reason.isEmpty)
    }
    let check = try #require(PlantedCheck(lines))
    #expect(check.precision == 1 && check.recall == 1 && check.taken == 0 && check.planted > 0)
  }

  @Test("a preview takes what the first round of the run takes, from data or from a file")
  func preview() async throws {
    let folder = TemporaryFolder()
    let run = MortalRun(
      stages: "  - {method: opd, steps: 2, prompts: 4, curriculum: \(Self.tvdf)}")
    try await run.carryOut(in: folder.path + "/run")
    let taken = folder.lines("run", "selection.jsonl").compactMap { SelectionLine($0) }
      .filter { $0.round == 0 && $0.taken }.map(\.id)
    let preview = try await SelectionPreview.measuring(run.value, run.laboratory())
    #expect(preview.lines.filter(\.taken).map(\.id) == taken)
    #expect(preview.flops > 0)
    let file = folder.path + "/pool.jsonl"
    try preview.lines.compactMap(\.evidence).map { JSONText.line($0) + "\n" }.joined()
      .write(toFile: file, atomically: false, encoding: .utf8)
    let read = try await SelectionPreview.reading(file, run.value, run.laboratory())
    #expect(read.lines.filter(\.taken).map(\.id) == taken)
    let text = preview.text(limit: 3)
    #expect(text.contains("taken       8 of "))
    #expect(text.contains("precision 1.000, recall 1.000"))
    #expect(text.contains("… and 5 more") && text.contains("█"))
    #expect(try preview.json().contains("\"precision\" : 1"))
    await #expect(throws: SelectionError.noSuchStage(2, stages: 1)) {
      try await SelectionPreview.reading(file, run.value, run.laboratory(), stage: 2)
    }
  }

  @Test("a preview can ask the last student of a run")
  func trainedPreview() async throws {
    let folder = TemporaryFolder()
    var run = MortalRun(stages: "  - {method: sft, steps: 20, prompts: 16, learningRate: 0.01}")
    try await run.carryOut(in: folder.path + "/run")
    run.stages = "  - {method: opd, curriculum: \(Self.tvdf)}"
    let fresh = try await SelectionPreview.measuring(run.value, run.laboratory())
    let trained = try await SelectionPreview.measuring(
      run.value, run.laboratory(), run: folder.path + "/run")
    #expect(trained.lines.map(\.teacher) == fresh.lines.map(\.teacher))
    func level(_ preview: SelectionPreview) -> Double {
      preview.lines.compactMap(\.student).reduce(0, +) / Double(preview.lines.count)
    }
    #expect(level(trained) > level(fresh) + 0.05)
    await #expect(throws: RunError.self) {
      try await SelectionPreview.measuring(run.value, run.laboratory(), run: folder.path)
    }
  }

  @Test("measurements are remembered by content, and cost the same whether remembered or not")
  func remembered() async throws {
    let folder = TemporaryFolder()
    let cache = "cache: \"\(folder.path)/shared\""
    try await run(Self.tvdf).carryOut(in: folder.path + "/own")
    try await run(Self.tvdf, cache).carryOut(in: folder.path + "/first")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/shared")
    // The teacher's answers once, the student's in each of three rounds.
    #expect(files.count == 4)
    try await run("{hardest: {budget: 8}}", cache).carryOut(in: folder.path + "/other")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/shared").count == 4,
      "the same student answered the same pool again")
    try await run(Self.tvdf, cache).carryOut(in: folder.path + "/again")
    for name in ["selection.jsonl", "metrics.jsonl"] {
      #expect(folder.bytes("own", name) == folder.bytes("first", name))
      #expect(folder.bytes("own", name) == folder.bytes("again", name))
    }
    func cost(_ run: String) -> Double? {
      RunFile("\(folder.path)/\(run)/ledger.json").object()?.numbers["flops/selection"]
    }
    #expect(try #require(cost("own")) > 0)
    #expect(cost("own") == cost("first") && cost("own") == cost("again"))
  }

  @Test("the teacher's answers are charged once where they are remembered, else each time")
  func teacherCost() async throws {
    struct Costly: AnswerPredictor {
      func predictions(
        for prompts: [Prompt], count: Int
      ) async throws -> [[ScoredAnswer]] {
        prompts.map { $0.truth.map { ScoredAnswer($0, confidence: 1) } }
      }
      func predictionFlops(for prompts: [Prompt]) -> Double { 1000 * Double(prompts.count) }
    }
    let folder = TemporaryFolder()
    let run = MortalRun(stages: "  - {method: opd, curriculum: \(Self.tvdf)}")
    let laboratory = try run.laboratory()
    let parts = try await RunParts(
      laboratory.complete(run.value).decoded(as: RunConfiguration.self), in: laboratory)
    for (memory, costs) in [(nil, [24_000, 24_000]), (folder.path, [24_000, 0.0])] {
      var partners = try await parts.partners(of: 0, Method("opd"), folder: memory)
      partners.predictor = Costly()
      for (step, cost) in zip([0, 8], costs) {
        let measured = try await PoolMeasurement(
          needs: .teacherQuality, student: parts.student, partners: partners,
          settings: parts.settings(of: 0, hints: Method("opd").hints), step: step
        ).measure(PromptPool(parts.pools[0].prompts))
        #expect(measured.flops == cost)
        #expect(measured.candidates.allSatisfy { $0.teacherQuality == [1] })
      }
    }
  }

  @Test("a round begins without what it is told to forget, and with everything else")
  func resets() async throws {
    let folder = TemporaryFolder()
    func losses(_ resets: String) async throws -> (rates: [Double], losses: [Double]) {
      let run = MortalRun(
        stages: """
            - method: opd
              steps: 7
              prompts: 4
              curriculum: \(Self.tvdf)
              roundResets: \(resets)
          """)
      let name = "\(resets.hashValue)"
      try await run.carryOut(in: "\(folder.path)/\(name)")
      let lines = folder.lines(name, "metrics.jsonl").dropFirst()
      return (
        lines.compactMap { $0.numbers["learning_rate"] }, lines.compactMap { $0.numbers["loss"] }
      )
    }
    let none = try await losses("{}")
    let rate = try await losses("{learningRate: true}")
    let optimizer = try await losses("{optimizer: true}")
    // The second round begins with the fifth step.
    #expect(Array(rate.rates[4...6]) == Array(rate.rates[0...2]))
    #expect(none.rates[4] > none.rates[0] && optimizer.rates == none.rates)
    for other in [rate, optimizer] {
      #expect(Array(other.losses[0...4]) == Array(none.losses[0...4]))
      #expect(other.losses[5] != none.losses[5])
    }
  }

  @Test("a measurement that cannot be read is made anew")
  func unreadable() async throws {
    let folder = TemporaryFolder()
    let store = MeasurementFolder(folder: folder.path, pool: "p", teacher: "t")
    let measured = MeasuredPool(
      candidates: [CandidateEvidence(id: "a", teacherQuality: [0.1, 1.0 / 3])], flops: 7)
    #expect(try store.recall("k") == nil)
    try store.keep(measured, as: "k")
    #expect(try store.recall("k") == measured)
    #expect(
      try MeasurementFolder(folder: folder.path, pool: "p", teacher: "u").recall("k") == nil)
    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: folder.path).first)
    try "{".write(toFile: folder.path + "/" + name, atomically: false, encoding: .utf8)
    #expect(try store.recall("k") == nil)
  }
}

@Suite("What a selection shows")
struct SelectionAuditTests {
  private func line(
    _ id: String, _ round: Int, student: Double, taken: Bool, admitted: Bool = true,
    planted: Bool? = nil
  ) -> SelectionLine {
    SelectionLine(
      SelectionRecord(
        round: round, id: id, score: nil,
        evidence: CandidateEvidence(id: id, teacherQuality: [1], studentQuality: student),
        admitted: admitted, taken: taken, reason: "why"), stage: 0, planted: planted)
  }

  @Test("precision and recall of what was planted")
  func planted() throws {
    let flags = [(false, true), (false, true), (false, false), (true, true), (true, false)]
    let lines = flags.enumerated().map { index, flag in
      line("\(index)", 0, student: 0, taken: flag.0, admitted: flag.0, planted: flag.1)
    }
    let check = try #require(PlantedCheck(lines))
    #expect(check.planted == 3 && check.refused == 3 && check.found == 2 && check.taken == 1)
    #expect(check.precision == 2.0 / 3 && check.recall == 2.0 / 3)
    #expect(PlantedCheck([line("a", 0, student: 0, taken: true)]) == nil)
  }

  @Test("every measured candidate is in one bin of the histogram")
  func histogram() throws {
    let lines = (0..<101).map { line("\($0)", 0, student: Double($0) / 100, taken: $0 < 30) }
    let bins = try #require(DisagreementHistogram(lines)).bins
    #expect(bins.count == 10)
    #expect(bins.map(\.taken).reduce(0, +) == 30 && bins.map(\.left).reduce(0, +) == 71)
    #expect(bins.last?.taken == 11, "the upper edge belongs to the last bin")
    let equal = try #require(DisagreementHistogram([line("a", 0, student: 0.5, taken: true)])).bins
    #expect(equal == [.init(lower: 0.5, upper: 0.5, taken: 1, left: 0)])
  }

  @Test("overlap, difficulty, and the rank correlation of disagreement with the gain that followed")
  func history() throws {
    let now = [0.1, 0.2, 0.3, 0.4, 0.8]
    let then = [0.5, 0.5, 0.5, 0.5, 0.2]
    let taken = [[true, true, true, false, false], [false, true, true, true, false]]
    let lines = (0..<5).flatMap { i in
      [
        line("\(i)", 0, student: now[i], taken: taken[0][i]),
        line("\(i)", 1, student: then[i], taken: taken[1][i]),
      ]
    }
    let rounds = SelectionHistory(lines.reversed()).rounds
    #expect(rounds.map(\.round) == [0, 1])
    #expect(rounds[0].overlap == nil && rounds[1].overlap == 0.5)
    #expect(abs(try #require(rounds[0].difficulty.taken) - 0.8) < 1e-12)
    let gain = try #require(rounds[0].gain)
    #expect(gain.correlationTaken == 1 && gain.correlationLeft == nil)
    #expect(abs(try #require(gain.meanTaken) - 0.3) < 1e-12)
    #expect(abs(try #require(gain.meanLeft) + 0.25) < 1e-12)
    #expect(rounds[1].gain == nil)
  }

  @Test("a pool of predictions is scored by the truth of each line")
  func predictions() throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    let file = folder.path + "/pool.jsonl"
    try """
    {"id":"a","truth":[[0,10],[20,30]],"teacher":[[20,30,0.9],[5,10]],"student":[10,20],"planted":true}
    {"id":"b","truth":[[0,10]],"student":[]}
    {"id":"c","teacherQuality":[0.5],"studentQuality":0.25}

    """.write(toFile: file, atomically: false, encoding: .utf8)
    let pool = try CandidatePool(file)
    #expect(pool.candidates.map(\.teacherQuality) == [[1, 0.5], nil, [0.5]])
    #expect(pool.candidates.map(\.studentQuality) == [0, 0, 0.25])
    #expect(pool.planted == ["a": true])
    for (rest, reason) in [
      (#""teacherQuality":[5]"#, "the quality 5.0 is none of 0 … 1"),
      (#""studentQuality":-1"#, "the quality -1.0 is none of 0 … 1"),
      (#""responseLength":0"#, "'responseLength' is 0"),
      (#""truth":[[1,0]],"student":[0,1]"#, "a window ends at 0.0 but starts at 1.0"),
      (#""truth":[[0,1]],"student":[0,1],"studentQuality":0.5"#, "of which one is enough"),
    ] {
      try "{\"id\":\"x\",\(rest)}\n".write(toFile: file, atomically: false, encoding: .utf8)
      let error = #expect(throws: StorageError.self) { try CandidatePool(file) }
      #expect(error?.happened.contains(reason) == true, "\(reason)")
    }
    try "{\"id\":\"x\",\"student\":[1,2]}\n".write(
      toFile: file, atomically: false, encoding: .utf8)
    #expect(throws: SelectionError.predictionsWithoutTruth(id: "x")) { try CandidatePool(file) }
    try "{\"id\":\"x\",\"truth\":[[1]],\"student\":[1,2]}\n".write(
      toFile: file, atomically: false, encoding: .utf8)
    #expect(throws: SelectionError.unreadableWindow(id: "x", numbers: 1)) {
      try CandidatePool(file)
    }
  }
}
