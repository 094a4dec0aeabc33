import Foundation
import Core
import Statistics
import Testing

@testable import Analysis
@testable import Records

@Suite("Comparing the arms of a sweep")
struct ComparisonTests {
  private func sweep(_ change: (inout SyntheticSweep) -> Void = { _ in }) throws -> TemporaryFolder
  {
    let folder = TemporaryFolder()
    var sweep = SyntheticSweep()
    sweep.isRich = false
    sweep.steps = 40
    sweep.evaluationEvery = 4
    change(&sweep)
    try sweep.write(to: folder.path)
    return folder
  }

  @Test("finds the better arm, says so in words, and takes the first arm as baseline")
  func findsTheBetterArm() async throws {
    let folder = try sweep()
    let comparison = try await Comparison.read([folder.path])
    #expect(comparison.baseline == "grpo")
    #expect(comparison.arms.map(\.name) == ["grpo", "opd", "opd-curriculum", "sft"])
    #expect(comparison.verdict.contains("beats grpo: mIoU +0.1"))
    #expect(
      comparison.arms.allSatisfy {
        $0.done == 10 && $0.total == 10 && $0.summary == .interquartileMean
      })
    let sft = try #require(comparison.contrasts.first { $0.arm == "sft" })
    #expect(sft.verdict.hasPrefix("No difference seen between sft and grpo"))
    #expect(sft.probabilityOfImprovement.map { $0 < 0.5 } == true)
  }

  @Test("sees no difference between an arm and its equal, and says from where on one would show")
  func equalArms() async throws {
    let folder = try sweep {
      $0.arms = [$0.arms[1], $0.arms[1]]
      $0.arms[1].name = "equal"
      $0.seeds = 8
    }
    let comparison = try await Comparison.read([folder.path])
    let contrast = try #require(comparison.contrasts.first)
    #expect(!contrast.isSeen)
    #expect(contrast.verdict.contains("8 seeds show differences above"))
  }

  @Test("says who is ahead of all, by how much of the next, and of whom it is not seen to be")
  func leader() async throws {
    let usual = try sweep()
    let open = try await Comparison.read([usual.path])
    #expect(open.leader?.contains(", but is not seen to differ from opd.") == true)
    let folder = try sweep {
      $0.arms[2].height = 0.7
      $0.seeds = 12
    }
    let won = try await Comparison.read([folder.path])
    let leader = try #require(won.leader)
    #expect(leader.hasPrefix("opd-curriculum is best with mIoU 0.6"))
    #expect(leader.contains("ahead of opd, the next (p = 0.001, 12 paired seeds)."))
    #expect(won.formatted(.text).hasPrefix(leader + "\n" + won.verdict))
    let next = try await Comparison.read([folder.path], baseline: "opd")
    #expect(next.leader == nil)
    #expect(next.verdict.hasPrefix("opd-curriculum beats opd: mIoU +"))
    let first = try await Comparison.read([folder.path], baseline: "opd-curriculum")
    #expect(first.leader == nil)
    #expect(first.verdict == leader)
    let pair = try sweep { $0.arms = Array($0.arms.prefix(2)) }
    #expect(try await Comparison.read([pair.path]).leader == nil)
  }

  @Test("says what each arm spends until it reaches a level, and the area under its curve")
  func target() async throws {
    let folder = try sweep {
      $0.seeds = 2
      $0.arms = [$0.arms[0], $0.arms[1]]
    }
    func lines(_ values: [Double]) -> String {
      values.enumerated().map { step, value in
        "{\"step\":\(step),\"tokens\":\(step * 10),\"eval/mIoU\":\(value)}\n"
      }.joined()
    }
    for (run, values) in [
      ("grpo/seed-0", [0.0, 0.2, 0.4]), ("grpo/seed-1", [0.0, 0.1, 0.2]),
      ("opd/seed-0", [0.0, 0.6, 0.6]), ("opd/seed-1", [0.1, 0.3, 0.5]),
    ] {
      try lines(values).write(
        toFile: "\(folder.path)/\(run)/metrics.jsonl", atomically: false, encoding: .utf8)
    }
    let comparison = try await Comparison.read([folder.path], target: 0.3)
    let grpo = comparison.targetCosts[0]
    let opd = comparison.targetCosts[1]
    #expect(grpo.reached == 1 && grpo.runs == 2)
    #expect(grpo.cost(.steps) == 1.5 && grpo.cost(.tokens) == 15)
    // Steps ½ and 1; heights 0.45 and 0.3.
    #expect(opd.reached == 2 && opd.cost(.steps) == 0.75)
    #expect(opd.area.map { abs($0 - 0.375) < 1e-12 } == true)
    let text = comparison.formatted(.text)
    #expect(text.contains("What mIoU 0.300 costs"))
    #expect(text.contains("grpo      1/2"))
  }

  @Test("one seed proves nothing")
  func oneSeed() async throws {
    let folder = try sweep { $0.seeds = 1 }
    let comparison = try await Comparison.read([folder.path])
    #expect(comparison.contrasts.allSatisfy { $0.pValue == nil })
    #expect(comparison.verdict.contains("one seed, which proves nothing"))
  }

  @Test("an interval lies evenly around the interquartile mean, and is Student's for few seeds")
  func interval() throws {
    let values = [0.3, 0.1, 0.5, 0.2, 0.9, 0.4, 0.35]
    let counted = try #require(Estimate.overSeeds(values, resamples: 500))
    #expect(abs(counted.value - interquartileMean(values)) < 1e-12)
    #expect(abs(counted.upper + counted.lower - 2 * counted.value) < 1e-12)
    let few = try #require(Estimate.overSeeds([0.1, 0.2, 0.6]))
    let reach = 4.302652729911275 * standardDeviation([0.1, 0.2, 0.6]) / 3.0.squareRoot()
    #expect(abs(few.upper - 0.3 - reach) < 1e-9)
  }

  @Test("corrects for the number of contrasts")
  func correction() async throws {
    let folder = try sweep()
    let comparison = try await Comparison.read([folder.path])
    let raw = comparison.contrasts.compactMap(\.pValue)
    #expect(comparison.contrasts.compactMap(\.correctedPValue) == holm(raw))
  }

  @Test(
    "reads every arm at the smallest cost that all runs have reached",
    arguments: CostMeasure.allCases)
  func matchedCost(measure: CostMeasure) async throws {
    let folder = try sweep { $0.arms.removeLast() }
    let comparison = try await Comparison.read([folder.path], match: measure)
    let expected =
      switch measure {
      case .steps: 40.0
      case .tokens: 40.0 * 1024
      case .flops: 40 * 2.1e13
      case .wall: 40 * 2.1e13 * 4e-14
      }
    let cost = try #require(comparison.matchedCost)
    #expect(abs(cost / expected - 1) < 1e-9)
    #expect(comparison.formatted(.text).contains("at equal \(measure.unit)"))
    if measure == .tokens { #expect(comparison.arms[0].value.map { $0.value < 0.2 } == true) }
  }

  @Test("an arm that spends nothing of a cost is taken at its end and holds nobody back")
  func nothingSpent() async throws {
    let folder = try sweep {
      $0.seeds = 1
      $0.arms = [$0.arms[0], $0.arms[1], $0.arms[2]]
    }
    let names = try await Comparison.read([folder.path]).arms.map(\.name)
    func lines(_ tokens: [Double]) -> String {
      tokens.enumerated().map { step, tokens in
        "{\"step\":\(step),\"tokens\":\(tokens),\"eval/mIoU\":\(Double(step + 1) / 10)}\n"
      }.joined()
    }
    for (arm, tokens) in zip(names, [[0.0, 0, 0, 0], [0, 40], [0, 20]]) {
      try lines(tokens).write(
        toFile: folder.path + "/\(arm)/seed-0/metrics.jsonl", atomically: false, encoding: .utf8)
    }
    let comparison = try await Comparison.read([folder.path], match: .tokens)
    #expect(comparison.matchedCost == 20)
    #expect(comparison.arms.map { $0.value?.value } == [0.4, 0.15000000000000002, 0.2])
    #expect(
      comparison.notes.contains { $0.contains("no rollout tokens spent") && $0.contains(names[0]) })
  }

  @Test("an interpolated value lies on the line between two evaluations")
  func interpolation() async throws {
    let folder = try sweep {
      $0.seeds = 1
      $0.arms = [$0.arms[0], $0.arms[1]]
    }
    func value(_ tokens: Double) -> String {
      "{\"step\":\(Int(tokens)),\"tokens\":\(tokens),\"eval/mIoU\":\(tokens / 100)}\n"
    }
    for (arm, costs) in [("grpo", [0.0, 40]), ("opd", [0.0, 10])] {
      try costs.map(value).joined().write(
        toFile: folder.path + "/\(arm)/seed-0/metrics.jsonl", atomically: false, encoding: .utf8)
    }
    let comparison = try await Comparison.read([folder.path], match: .tokens)
    #expect(comparison.arms.map { $0.value?.value } == [0.1, 0.1])
  }

  @Test("leaves unfinished runs out, says so, and survives a torn last line")
  func unfinished() async throws {
    let folder = try sweep { $0.state = { arm, seed in arm == 1 && seed > 6 ? "running" : "done" } }
    let path = folder.path + "/opd/seed-9/metrics.jsonl"
    let text = try String(contentsOfFile: path, encoding: .utf8) + "{\"step\":91,\"eval/mI"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    let comparison = try await Comparison.read([folder.path])
    #expect(comparison.arms[1].scores.map(\.seed) == Array(0...6))
    #expect(comparison.notes.contains("37 of 40 runs are done (3 running)."))
    #expect(comparison.contrasts[0].pairs == 7)
  }

  @Test("prints JSON that reads back equal, CSV of one line an arm, and Markdown")
  func formats() async throws {
    let folder = try sweep()
    let comparison = try await Comparison.read([folder.path])
    let json = Data(comparison.formatted(.json).utf8)
    #expect(try JSONDecoder().decode(Comparison.self, from: json) == comparison)
    #expect(comparison.formatted(.csv).split(separator: "\n").count == 5)
    #expect(comparison.formatted(.markdown).contains("| grpo | 0."))
  }

  @Test("some arms of a sweep are compared as the sweep would compare them, in its order")
  func someArms() async throws {
    let folder = try sweep { $0.seeds = 2 }
    let whole = try await Comparison.read([folder.path], baseline: "opd")
    let some = try await Comparison.read(
      [folder.path + "/sft", folder.path + "/opd"], baseline: "opd")
    #expect(some.arms == whole.arms.filter { ["opd", "sft"].contains($0.name) })
    #expect(
      some.contrasts.map(\.difference)
        == whole.contrasts.filter { $0.arm == "sft" }.map(\.difference))
    #expect(some.contrasts.count == 1)
  }

  @Test("arms of two sweeps are compared, but not two runs of one arm and seed")
  func twoSweeps() async throws {
    let first = try sweep {
      $0.seeds = 2
      $0.arms = [$0.arms[0]]
    }
    let second = try sweep {
      $0.seeds = 2
      $0.arms = [$0.arms[1]]
    }
    let comparison = try await Comparison.read([first.path, second.path])
    #expect(comparison.arms.map(\.name) == ["grpo", "opd"])
    #expect(comparison.contrasts.first?.pairs == 2)
    let twice = await #expect(throws: ComparisonError.self) {
      try await Comparison.read([first.path, second.path, first.path])
    }
    #expect(twice?.description.hasPrefix("Seed 0 of arm 'grpo' is there twice: ") == true)
  }

  @Test("names what is missing in two sentences")
  func errors() async throws {
    let folder = try sweep { $0.seeds = 1 }
    await #expect(throws: ComparisonError.noSuchFolder(path: "nowhere")) {
      try await Comparison.read(["nowhere"])
    }
    let wrong = await #expect(throws: ComparisonError.self) {
      try await Comparison.read([folder.path], metric: "eval/mIou")
    }
    #expect(
      wrong?.description == "No run has measured 'eval/mIou' so far. Did you mean 'eval/mIoU'?")
    let path = folder.path + "/grpo/seed-0"
    try FileManager.default.removeItem(atPath: path + "/status.json")
    await #expect(throws: ComparisonError.noHeadline) { try await Comparison.read([path]) }
    let arm = await #expect(throws: ComparisonError.self) {
      try await Comparison.read([folder.path], baseline: "grop")
    }
    #expect(arm?.description == "No arm is called 'grop'. Did you mean 'grpo'?")
    #expect(arm?.exitStatus == .usage)
  }
}

@Suite("Flat objects")
struct ComparisonFlatObjectTests {
  private func parsed(_ text: String) -> FlatObject? { FlatObject(Array(text.utf8)[...]) }

  @Test("hold numbers and texts by name, names within names joined by a slash")
  func reading() throws {
    let text =
      #"{"a":1.5e3, "b":{"c":-2,"d":{}}, "e":"x\"y", "f":[1,"]",{"g":2}], "h":null, "i":true}"#
    let object = try #require(parsed(text))
    #expect(object.numbers == ["a": 1500, "b/c": -2, "i": 1])
    #expect(object.texts == ["e": "x\"y"])
  }

  @Test(
    "are refused when torn",
    arguments: ["", "{", #"{"a""#, #"{"a":"#, #"{"a":1"#, #"{"a":"b"#, #"{"a":1}x"#, #"{"a":[1"#])
  func torn(text: String) { #expect(parsed(text) == nil) }
}
