import Networks
import Core
import Student
import Tensors
import Testing

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
}
