import Tasks
import Core
import Testing

@Suite("The reward of an answer")
struct RewardTests {
  let codec = DigitsCodec(step: 1)

  func reward(_ name: String) throws -> GroundingReward {
    try GroundingReward(terms: [name: 1], codec: codec.answers)
  }

  func total(_ name: String, _ answer: Interval?, _ truths: [Interval]) throws -> Double {
    try reward(name).reward(answer, truths: truths, duration: 60).total
  }

  @Test("has the published values")
  func published() throws {
    let answer = Interval(12, 20)
    let truth = [Interval(10, 18)]
    #expect(try total("iou", answer, truth) == 0.6)
    #expect(abs(try total("timeR1", answer, truth) - 0.560667) < 5e-7)
    #expect(try total("giou", answer, truth) == 0.6)
    #expect(try total("format", answer, truth) == 1)
    #expect(abs(try total("giou", Interval(0, 10), [Interval(20, 40)]) + 0.25) < 1e-12)
  }

  @Test("is 1 for the truth and within its range for everything else")
  func range() throws {
    var generator = Seed(1).generator()
    for _ in 0..<500 {
      let ends = (0..<4).map { _ in generator.uniform() * 60 }
      let answer = Interval(min(ends[0], ends[1]), max(ends[0], ends[1]))
      let truth = Interval(min(ends[2], ends[3]), max(ends[2], ends[3]))
      for name in ["iou", "timeR1", "giou"] {
        #expect(abs(try total(name, truth, [truth]) - 1) < 1e-12)
        let value = try total(name, answer, [truth])
        #expect(value <= 1 && value >= (name == "giou" ? -1 : 0))
        #expect(try abs(total(name, answer, [truth]) - total(name, truth, [answer])) < 1e-12)
        #expect(try total(name, answer, [truth, Interval(0, 60)]) >= value)
      }
      #expect(try total("timeR1", answer, [truth]) <= total("iou", answer, [truth]))
    }
  }

  @Test("is 0 and not parsed for what cannot be read or runs backwards")
  func unparsed() throws {
    for answer in [nil, Interval(5, 5), Interval(9, 3), Interval(.nan, 3), Interval(0, .infinity)] {
      for name in ["iou", "timeR1", "giou", "format"] {
        let judged = try reward(name).reward(answer, truths: [Interval(3, 9)], duration: 60)
        #expect(judged.total == 0 && !judged.parsed && judged.terms == [name: 0])
      }
    }
  }

  @Test("never falls below 0 for an answer far behind the video's end, except the GIoU")
  func farOff() throws {
    let judged = try reward("timeR1").reward(
      Interval(0, 1e6), truths: [Interval(3, 9)], duration: 60)
    #expect(judged.total == 0 && judged.parsed)
  }

  @Test("is a weighted sum over whole groups of rollouts")
  func groups() async throws {
    let evidence = FrameFeatures(
      values: [0], tokensPerFrame: 1, channels: 1, timestamps: [0.5], duration: 60)
    let prompt = Prompt(
      id: "p", video: "v", query: "?", evidence: evidence,
      truth: [Interval(10, 18), Interval(40, 50)])
    let answers = [
      codec.encode(Interval(12, 20), duration: 60), codec.encode(Interval(40, 50), duration: 60),
      [codec.vocabulary.end],
    ]
    let rollouts = answers.enumerated().map { slot, tokens in
      Rollout(
        promptID: "p", slot: slot, tokens: tokens, logProbabilities: tokens.map { _ in 0 },
        finish: .stop)
    }
    let reward = try GroundingReward(terms: ["iou": 1, "format": 0.5], codec: codec.answers)
    let judged = try await reward.rewards([RolloutGroup(prompt: prompt, rollouts: rollouts)])
    #expect(judged.map { $0.map(\.total) } == [[1.1, 1.5, 0]])
    #expect(judged[0][0].terms == ["iou": 0.6, "format": 1])
    #expect(judged[0].map(\.parsed) == [true, true, false])
  }

  @Test("needs known terms and a known truth")
  func errors() async throws {
    let unknown = groundingError { _ = try reward("timer1") }
    #expect(unknown?.description == "There is no reward term 'timer1'. Did you mean 'timeR1'?")
    #expect(
      groundingError { _ = try reward("x") }?.remedy == "Known terms are iou, timeR1, giou, format."
    )
    #expect(
      groundingError { _ = try GroundingReward(terms: [:], codec: codec.answers) }
        == .nothingThere(what: "reward terms"))
    let evidence = FrameFeatures(
      values: [0], tokensPerFrame: 1, channels: 1, timestamps: [0.5], duration: 60)
    let prompt = Prompt(id: "p", video: "v", query: "?", evidence: evidence, truth: [])
    let iou = try reward("iou")
    await #expect(throws: DataError.noTruth(prompt: "p")) {
      try await iou.rewards([RolloutGroup(prompt: prompt, rollouts: [])])
    }
    #expect(
      DataError.noTruth(prompt: "p").description
        == "Nobody knows the right answer to prompt 'p'. "
        + "Reward and evaluation need annotated prompts; leave this one out.")
  }
}
