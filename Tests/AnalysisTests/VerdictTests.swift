import Core
import Foundation
import Statistics
import Testing

@testable import Analysis
@testable import Records

@Suite("What a comparison claims")
struct VerdictTests {
  /// A sweep folder of finished runs: for each arm the value of each seed, and each question's if they are given.
  func sweep(
    _ arms: [(name: String, values: [Double])], questions: ((String, Int) -> [Double])? = nil
  ) throws -> String {
    let folder = FileManager.default.temporaryDirectory.path + "/verdict-\(UUID().uuidString)"
    for arm in arms {
      for (seed, value) in arm.values.enumerated() {
        let run = "\(folder)/\(arm.name)/seed-\(seed)"
        try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
        try write(
          #"{"state":"done","task":{"name":"grounding","headline":"eval/mIoU","columns":"eval/R1@0.5"}}"#,
          run + "/status.json")
        let answers = questions?(arm.name, seed) ?? []
        let whole = answers.isEmpty ? value : mean(answers)
        try write("{\"eval/mIoU\":\(whole),\"step\":4}\n", run + "/metrics.jsonl")
        let lines = answers.enumerated().map {
          "{\"cluster\":\"v\($0 / 4)\",\"id\":\"q\($0)\",\"quality\":\($1)}\n"
        }
        if !lines.isEmpty { try write(lines.joined(), run + "/evaluation.jsonl") }
      }
    }
    return folder
  }

  private func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  private func values(_ center: Double, _ count: Int) -> [Double] {
    (0..<count).map { center + 0.001 * Double($0 % 3) }
  }

  @Test("is nothing under five seeds, whatever the difference", arguments: [2, 3, 4])
  func fewSeeds(count: Int) async throws {
    let folder = try sweep([
      ("a", values(0.1, count)), ("b", values(0.9, count)), ("c", values(0.2, count)),
    ])
    let comparison = try await Comparison.read([folder])
    #expect(comparison.contrasts.allSatisfy { !$0.isSeen && $0.minimumDetectableEffect == nil })
    #expect(comparison.leader == nil)
    #expect(comparison.verdict.contains("on \(count) seeds, and a verdict takes 5."))
    #expect(!comparison.formatted(.text).contains("beats"))
  }

  @Test("has no p-value below what random signs can show")
  func floor() async throws {
    let folder = try sweep([("a", values(0.1, 6)), ("b", values(0.9, 6))])
    let contrast = try #require(try await Comparison.read([folder]).contrasts.first)
    #expect(contrast.pValue == 0.03125)
    #expect(contrast.isSeen)
    let five = try sweep([("a", values(0.1, 5)), ("b", values(0.9, 5))])
    let few = try #require(try await Comparison.read([five]).contrasts.first)
    #expect(few.pValue == 0.0625 && !few.isSeen)
    #expect(few.verdict.contains("5 seeds are too few to show any"))
  }

  @Test("can be drawn from five seeds whose videos agree")
  func fiveSeeds() async throws {
    func answers(_ arm: String, _ seed: Int) -> [Double] {
      (0..<80).map { (arm == "b" ? 0.5 : 0.3) + 0.01 * Double(($0 * 7 + seed * 3) % 5) }
    }
    let arms = [("a", values(0, 5)), ("b", values(0, 5))]
    let comparison = try await Comparison.read([try sweep(arms, questions: answers)])
    let contrast = try #require(comparison.contrasts.first)
    #expect(contrast.isSeen && contrast.minimumDetectableEffect != nil)
    // Twenty videos: no p-value below 2⁻¹⁹.
    #expect(try #require(contrast.pValue) >= 0x1p-19)
  }

  @Test("names the difference that would be seen after correction")
  func visibleFrom() async throws {
    var generator = Seed(1).generator()
    func noisy() -> [Double] { (0..<12).map { _ in 0.4 + 0.02 * generator.normal() } }
    let (a, b, c) = (noisy(), noisy(), noisy())
    let one = try await Comparison.read([try sweep([("a", a), ("b", b)])]).contrasts[0]
    let two = try await Comparison.read([try sweep([("a", a), ("b", b), ("c", c)])]).contrasts[0]
    let (alone, corrected) = (one.minimumDetectableEffect, two.minimumDetectableEffect)
    #expect(try #require(corrected) > 1.05 * (try #require(alone)))
  }

  @Test("never praises an arm that scores 0")
  func nothingLearned() async throws {
    let zeros = [Double](repeating: 0, count: 6)
    let folder = try sweep([("a", zeros), ("b", zeros), ("c", zeros)])
    let comparison = try await Comparison.read([folder])
    #expect(comparison.leader == nil)
    #expect(
      comparison.verdict == "No arm has learned anything: the best value is mIoU 0.000.")
  }

  @Test("counts the videos as well as the seeds where runs wrote down their answers")
  func clusters() async throws {
    // b is better on a few videos only: seeds agree, videos do not.
    func answers(_ arm: String, _ seed: Int) -> [Double] {
      (0..<40).map { question in
        let gain = arm == "b" && question / 4 < 2 ? 0.5 : 0
        return 0.3 + gain + 0.01 * Double((question + seed) % 5)
      }
    }
    let arms = [("a", values(0, 10)), ("b", values(0, 10))]
    let comparison = try await Comparison.read([try sweep(arms, questions: answers)])
    let contrast = try #require(comparison.contrasts.first)
    let difference = try #require(contrast.difference)
    #expect(abs(difference.value - 0.1) < 1e-9)
    #expect(difference.lower < 0, "\(difference)")
    #expect(!contrast.isSeen)
    #expect(comparison.legend.contains("over seeds and whole videos"))
    // Without the answers, seeds alone are sure.
    let means = arms.map { arm in (arm.0, (0..<10).map { mean(answers(arm.0, $0)) }) }
    let blind = try await Comparison.read([try sweep(means)])
    #expect(blind.contrasts.first?.isSeen == true)
    #expect(blind.legend.contains("Student's 95 % over seeds;"))
  }

  @Test("calls what is drawn anew by what it is: videos that share questions, or questions")
  func units() {
    func units(_ clusters: [String]) -> String? {
      let questions = AnsweredQuestions(ids: ["a", "b"], clusters: clusters, values: [0, 1])
      return QuestionScores([(seed: 0, questions: questions, scores: [0, 1])]).units
    }
    #expect(units(["v", "v"]) == "videos")
    // One question a video is still about a video.
    #expect(units(["v", "w"]) == "videos")
    #expect(units(["a", "b"]) == "questions")
    #expect(QuestionScores().units == nil)
  }

  @Test("has intervals over seeds that cover the truth at least 93 times of 100 where they say 95")
  func coverage() {
    var generator = Seed(11).generator()
    for count in [2, 3, 4, 5, 6, 10] {
      var hits = 0
      for _ in 0..<1000 {
        let sample = (0..<count).map { _ in generator.normal() }
        guard let interval = Estimate.overSeeds(sample, resamples: 200) else { continue }
        if interval.lower <= 0, interval.upper >= 0 { hits += 1 }
      }
      #expect(hits >= 930, "\(count) seeds: \(hits) of 1000")
    }
  }
}
