import Core
import Foundation
import TAD
import Synchronization
import Tasks
import Testing

@testable import Runs

@Suite("The reward of a frozen reader (K-frames)")
struct ReaderRewardTests {
  private let options = ["red", "green", "blue"]

  private func prompt(right: Int, frames: Int = 6) -> Prompt {
    Prompt(
      id: "q", video: "v", query: "",
      evidence: FrameFeatures(
        values: [Float](repeating: 1, count: frames), tokensPerFrame: 1, channels: 1,
        timestamps: (0..<frames).map { Double($0) + 0.5 }, duration: Double(frames)),
      truth: [Choice(right, of: options)])
  }

  private var choice: AnswerCodec {
    AnswerCodec(
      ChoiceTask(.letter), tokenizer: Vocabulary(words: ["A", "B", "C", "<end>"], end: "<end>"))
  }

  private func reward(
    _ table: TableReader, temperature: Double = 1, budget: Int = 2, mode: ClipMode = .focused
  ) throws -> ReaderReward {
    var parameters = ReaderRewardParameters()
    parameters.budget = budget
    parameters.mode = mode
    return ReaderReward(
      reader: try AnswerLikelihoods(table, choice, for: "the test"), weights: "",
      temperature: temperature,
      view: ClipView(
        codec: ClipListTask.answers(step: 1, steps: 6, most: 2, words: []),
        drawing: parameters.drawing, budget: parameters), asked: { $0 })
  }

  private func group(_ texts: [String], to prompt: Prompt) throws -> RolloutGroup {
    let tokenizer = ClipListTask.answers(step: 1, steps: 6, most: 2, words: []).tokenizer
    return RolloutGroup(
      prompt: prompt,
      rollouts: try texts.enumerated().map { slot, text in
        let tokens = try tokenizer.encode(text)
        return Rollout(
          promptID: prompt.id, slot: slot, tokens: tokens,
          logProbabilities: tokens.map { _ in 0 }, finish: .stop)
      })
  }

  @Test("is tanh of the log-odds against the mean wrong option, for any table", arguments: 0..<20)
  func formula(seed: Int) async throws {
    var dice = Seed(UInt64(seed)).generator()
    let table = options.map { _ in dice.uniform() + 1e-6 }
    let right = dice.integer(below: 3)
    let tau = 0.25 + 2 * dice.uniform()
    let prompt = prompt(right: right)
    let judged = try await reward(TableReader(choice) { _ in table }, temperature: tau).rewards([
      group(["<t0><t2><P1><end>"], to: prompt)
    ])[0][0]
    let wrong = (table.reduce(0, +) - table[right]) / 2
    #expect(abs(judged.total - tanh(log(table[right] / wrong) / tau)) < 1e-6)
    #expect(abs((judged.terms["right"] ?? 0) - table[right] / table.reduce(0, +)) < 1e-6)
    #expect(judged.parsed && judged.terms["reader"] == judged.total)
  }

  @Test("counts an answer as its measure says: a gain is what frames add, and 0 without any")
  func measures() async throws {
    // Without frames the first option is likeliest; with them the second gains most, and the first stays ahead.
    let table = TableReader(choice) { $0.visible.frames > 0 ? [0.5, 0.4, 0.1] : [0.6, 0.2, 0.2] }
    func values(_ measure: AnswerLikelihoods.Measure, _ prompt: Prompt) async throws -> [Double] {
      try await AnswerLikelihoods(table, choice, by: measure, for: "the test")
        .likelihoods([prompt])[0].map(\.logProbability)
    }
    let seen = prompt(right: 1)
    #expect(try await nearly(values(.total, seen), [log(0.5), log(0.4), log(0.1)]))
    #expect(try await nearly(values(.perToken, seen), [log(0.5) / 2, log(0.4) / 2, log(0.1) / 2]))
    #expect(try await nearly(values(.gain, seen), [log(0.5 / 0.6), log(2), log(0.5)]))
    #expect(try await nearly(values(.gain, seen.showing([])), [0, 0, 0]))
    let reader = try AnswerLikelihoods(table, choice, by: .gain, for: "the test")
    #expect(try await reader.best([seen])[0]?.text == "B green")
    #expect(try reader.flops([seen]) == 2 && reader.tokens([seen]) == 12)
  }

  private func nearly(_ values: [Double], _ expected: [Double]) -> Bool {
    zip(values, expected).allSatisfy { abs($0 - $1) < 1e-6 }
  }

  @Test("is 0 for a reader who cannot tell, 1 and −1 for one who is sure")
  func limits() {
    func reward(_ right: Double, _ wrong: [Double]) -> Double {
      ReaderReward.reward(
        right: log(right), wrong: wrong.map { log($0) }, temperature: 1)
    }
    #expect(abs(reward(0.25, [0.25, 0.25, 0.25])) < 1e-12)
    #expect(reward(1, [0, 0]) == 1)
    #expect(reward(0, [1, 0]) == -1)
    // Of two options it changes sign with them.
    #expect(abs(reward(0.8, [0.2]) + reward(0.2, [0.8])) < 1e-12)
    #expect(reward(0.6, [0.2, 0.2]) > reward(0.5, [0.25, 0.25]))
  }

  /// A reader who is surer the more of the frames 3 and 4 it is shown.
  private func attentive() -> TableReader {
    TableReader(choice) { prompt in
      let seen = (prompt.keyframes ?? []).count { $0 == 3 || $0 == 4 }
      let right = [0.2, 0.5, 0.9][seen]
      return [right, (1 - right) / 2, (1 - right) / 2]
    }
  }

  @Test(
    "of every answer of one clip is what the reader makes of the frames drawn from it",
    arguments: ClipMode.allCases, [1, 2, 4])
  func enumeration(mode: ClipMode, budget: Int) async throws {
    let prompt = prompt(right: 0)
    let clips = (0..<6).flatMap { start in (start + 1...6).map { (start, $0) } }
    let judged = try await reward(attentive(), budget: budget, mode: mode).rewards([
      group(clips.map { "<t\($0.0)><t\($0.1)><P1><end>" }, to: prompt)
    ])[0]
    for (clip, reward) in zip(clips, judged) {
      let frames = AnyKeyframes(mode: mode).indices(
        [KeyClip(start: clip.0, end: clip.1, priority: .first)], budget: budget, frames: 6)
      let right = [0.2, 0.5, 0.9][frames.count { $0 == 3 || $0 == 4 }]
      #expect(abs(reward.total - tanh(log(right / ((1 - right) / 2)))) < 1e-6)
    }
    guard mode == .focused, budget == 2 else { return }
    let best = zip(clips, judged).max { $0.1.total < $1.1.total }?.0
    #expect(best.map { $0 == (3, 5) } == true)
  }

  @Test("is −1 for what cannot be read; the same frames are read once")
  func unread() async throws {
    let table = attentive()
    let reward = try reward(table)
    let group = try group(
      ["<t3><t5><P1><end>", "<t5><t3><P1><end>", "<t3><t5><P2><end>", "<t3>"],
      to: prompt(right: 0))
    let judged = try await reward.rewards([group])[0]
    #expect(judged.map(\.parsed) == [true, false, true, false])
    #expect(judged[1].total == -1 && judged[3].total == -1)
    #expect(judged[0] == judged[2] && judged[0].total > 0.9)
    #expect(table.asked.withLock { $0 } == 1)
    #expect(try reward.flops(of: [group]) == 1)
  }

  @Test("is refused where there is nothing to choose from")
  func nothing() async throws {
    var prompt = prompt(right: 0)
    prompt.truth = []
    let group = try group(["<end>"], to: prompt)
    let error = await refusal { _ = try await reward(attentive()).rewards([group]) }
    #expect(error?.happened.contains("no right option beside a wrong one") == true)
  }
}

@Suite("The best answer in expectation")
struct AnswerLikelihoodTests {
  @Test("of options is the likeliest, the first of equals")
  func options() async throws {
    let codec = AnswerCodec(
      ChoiceTask(.letter), tokenizer: Vocabulary(words: ["A", "B", "C", "<end>"], end: "<end>"))
    let prompt = Prompt(
      id: "q", video: "v", query: "", evidence: .none,
      truth: [Choice(0, of: ["x", "y", "z"])])
    for (table, best) in [([0.2, 0.5, 0.3], 1), ([0.4, 0.2, 0.4], 0)] {
      let reader = try AnswerLikelihoods(TableReader(codec) { _ in table }, codec, for: "the test")
      let answer = try await reader.best([prompt])[0] as? Choice
      #expect(answer?.index == best)
    }
  }

  @Test("of windows is the one whose expected overlap is largest", arguments: 0..<10)
  func windows(seed: Int) async throws {
    let codec = TimeTokensCodec(clipLength: 1, clips: 5).answers
    let prompt = Prompt(
      id: "q", video: "v", query: "",
      evidence: FrameFeatures(
        values: [], tokensPerFrame: 1, channels: 1, timestamps: [], duration: 5), truth: [])
    let all = try codec.enumerable(for: "the test").answers(to: prompt)
    var dice = Seed(UInt64(seed)).generator()
    let table = all.map { _ in dice.uniform() * dice.uniform() }
    let reader = try AnswerLikelihoods(TableReader(codec) { _ in table }, codec, for: "the test")
    let best = try #require(try await reader.best([prompt])[0])
    func worth(_ answer: any Answer) -> Double {
      zip(all, table).reduce(0) { $0 + $1.1 * codec.task.agreement(answer, $1.0) }
    }
    #expect(all.allSatisfy { worth($0) <= worth(best) + 1e-6 })
  }
}
