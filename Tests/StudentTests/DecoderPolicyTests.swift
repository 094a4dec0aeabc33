import Networks
import Core
import Tensors
import Testing

@testable import Student

@Suite("A student's policy as it is now")
struct DecoderPolicyTests {
  private let encoder = PromptEncoder(channels: 2, tokensPerFrame: 1, timeOctaves: 1)
  private let prompt = Prompt(
    id: "q", video: "v", query: "", tokens: [3, 1],
    evidence: FrameFeatures(
      values: [0.5, -1, 2, 0.25], tokensPerFrame: 1, channels: 2, timestamps: [0, 1], duration: 2),
    truth: [])
  private let settings = SamplingSettings(
    group: 3, temperature: 1, maximumLength: 4, ignoresEnd: true)

  private var student: DecoderStudent {
    let shape = DecoderConfiguration(
      vocabularySize: 7, layers: 2, width: 8, heads: 2, keyValueHeads: 1, hidden: 12,
      features: encoder.width, positions: 16)
    return DecoderStudent(
      decoder: shape, encoder: encoder,
      tokenizer: Vocabulary(words: (0..<7).map { "w\($0)" }, end: "w6"),
      parameters: DecoderStudent.initialParameters(shape, seed: Seed(1)))
  }

  @Test("says and samples what the student does, to the bit, and takes no parameters along")
  func same() throws {
    let student = student
    let frozen = student.frozen()
    let groups = try student.sample([prompt], settings: settings, seed: Seed(2))
    let own = try frozen.sample([prompt], settings: settings, seed: Seed(2))
    #expect(own.map(\.rollouts) == groups.map(\.rollouts))
    #expect(
      try frozen.logProbabilities(groups, temperature: 0.7)
        == student.logProbabilities(groups, temperature: 0.7))
    #expect(frozen.flops(of: groups, .training) == student.flops(of: groups, .training))
    #expect(frozen.parameterCount == student.parameters.layout.count)
  }

  @Test("frozen, stays what it was while the student changes; otherwise follows it")
  func change() throws {
    var student = student
    let groups = try student.sample([prompt], settings: settings, seed: Seed(2))
    let before = try student.logProbabilities(groups, temperature: 1)
    let frozen = student.frozen()
    let reference = student.frozen()
    let earlier = student.policy
    student.parameters.values = student.parameters.values.map { 1.5 * $0 }
    let after = try student.logProbabilities(groups, temperature: 1)
    #expect(after != before)
    #expect(try frozen.logProbabilities(groups, temperature: 1) == before)
    #expect(try reference.logProbabilities(groups, temperature: 1) == before)
    #expect(try earlier.logProbabilities(groups, temperature: 1) == before)
    #expect(try student.policy.logProbabilities(groups, temperature: 1) == after)
  }

  @Test(
    "keeps hidden states in place of rows that would be many, and reads the same bits from them")
  func rowsLater() throws {
    let policy = student.frozen()
    let groups = try policy.sample([prompt, prompt], settings: settings, seed: Seed(2))
    let kept = try policy.vocabularyRows(groups, temperature: 0.7)
    let later = try policy.scoreLater(groups, temperature: 0.7)
    #expect(
      later.map { $0.map(\.sampled) } == (try policy.logProbabilities(groups, temperature: 0.7)))
    for (kept, later) in zip(kept.joined(), later.joined()) {
      let rows = try #require(later.rows)
      #expect(rows.positions == kept.positions && rows.vocabularySize == 7)
      #expect(rows.logProbabilities(0..<rows.positions) == kept.values)
      #expect(rows.logProbabilities(1..<2) == kept.logProbabilities(1..<2))
    }
  }
}

@Suite("A batch cut into passes")
struct BlockTests {
  /// Narrow, but with so much inside that 64 rows are all that 256 MB hold.
  private var shape: DecoderConfiguration {
    DecoderConfiguration(
      vocabularySize: 5, layers: 64, width: 8, heads: 1, keyValueHeads: 1, hidden: 2048,
      features: encoder.width, positions: 64)
  }
  private let encoder = PromptEncoder(channels: 1, tokensPerFrame: 1, timeOctaves: 1)

  private func groups(_ counts: [Int], of length: Int) -> [RolloutGroup] {
    counts.enumerated().map { index, count in
      RolloutGroup(
        prompt: Prompt(
          id: "q\(index)", video: "v", query: "", tokens: [1, 2, 3],
          evidence: FrameFeatures(
            values: [0.5], tokensPerFrame: 1, channels: 1, timestamps: [0], duration: 1),
          truth: []),
        rollouts: (0..<count).map { slot in
          Rollout(
            promptID: "q\(index)", slot: slot,
            tokens: (0..<length).map { ($0 * 3 + slot + index) % 5 },
            logProbabilities: [Float](repeating: -1, count: length), finish: .length)
        })
    }
  }

  private var student: DecoderStudent {
    DecoderStudent(
      decoder: shape, encoder: encoder,
      tokenizer: Vocabulary(words: (0..<5).map { "w\($0)" }, end: "w4"),
      parameters: DecoderStudent.initialParameters(shape, seed: Seed(1)))
  }

  @Test("a group that one pass cannot hold is computed in parts, to the bits of its answers alone")
  func parts() throws {
    let student = student
    let groups = groups([5, 2, 9], of: 20)
    #expect(student.model.blocks(groups, differentiating: false).count == 1)
    let blocks = student.model.blocks(groups, differentiating: true)
    #expect(blocks.flatMap { $0 }.map(\.group) == [0, 0, 1, 2, 2, 2])
    #expect(blocks.count == 6)
    #expect(blocks[3...].flatMap { $0 }.map(\.responses) == [0..<3, 3..<6, 6..<9])
    let together = try student.logProbabilities(groups, temperature: 1)
    for (group, found) in zip(groups, together) {
      for (rollout, values) in zip(group.rollouts, found) {
        let alone = try student.logProbabilities(
          [RolloutGroup(prompt: group.prompt, rollouts: [rollout])], temperature: 1)
        #expect(alone == [[values]])
      }
    }
  }

  @Test("the gradient of a group in parts is that of its answers, each at its place")
  func gradient() throws {
    struct Weighted: ResponseLoss {
      let offset: Int
      func evaluate<Scalar: Real>(
        group: Int, slot: Int, logits: inout MutableSpan<Scalar>
      ) throws -> LossReport {
        for index in 0..<logits.count {
          logits[index] = Scalar((group + slot + offset) * 31 % 7 + index % 3 - 3)
        }
        return LossReport(value: Double(10 * group + slot + offset))
      }
    }
    let student = student
    let groups = groups([7], of: 20)
    let whole = GradientShards(layout: student.parameters.layout)
    let report = try student.differentiate(groups, Weighted(offset: 0), into: whole)
    #expect(report.value == 21)
    var sum = [Float](repeating: 0, count: student.parameters.layout.count)
    for (slot, rollout) in groups[0].rollouts.enumerated() {
      let one = GradientShards(layout: student.parameters.layout)
      _ = try student.differentiate(
        [RolloutGroup(prompt: groups[0].prompt, rollouts: [rollout])], Weighted(offset: slot),
        into: one)
      for (index, value) in one.total().gradient.values.enumerated() { sum[index] += value }
    }
    let found = whole.total().gradient.values
    let size = found.map { abs($0) }.max() ?? 0
    #expect(size > 0)
    #expect(zip(found, sum).allSatisfy { abs($0 - $1) < 1e-4 * size })
  }
}
