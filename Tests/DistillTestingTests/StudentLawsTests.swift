import Networks
import DistillTesting
import Tasks
import Core
import Student
import Synchronization
import Tensors
import Testing

/// A student that breaks one law.
struct BrokenStudent: Learner {
  enum Fault {
    case cold, seedless, batched, steep, foreign, endless, unnormalised, backwards
    case forgetful, momentless
  }

  var base: DecoderStudent
  let fault: Fault
  var tokenizer: any Tokenizer { base.tokenizer }
  var abilities: LearnerAbilities { base.abilities }
  var flopsPerToken: Double { base.flopsPerToken }

  func sample(
    _ prompts: [Prompt], settings: SamplingSettings, seed: Seed
  ) throws -> [RolloutGroup] {
    var settings = settings
    if fault == .cold { settings.temperature = 1 }
    if fault == .endless { settings.maximumLength += 2 }
    var seed = seed
    if fault == .seedless { seed = Seed(0) }
    if fault == .batched { seed = seed.derived("batch", prompts.count) }
    var groups = try base.sample(prompts, settings: settings, seed: seed)
    if fault == .backwards { groups.reverse() }
    guard fault == .foreign else { return groups }
    groups[0].rollouts[0] = Rollout(
      promptID: prompts[0].id, slot: 0, tokens: [tokenizer.count], logProbabilities: [-1],
      finish: .length)
    return groups
  }

  func score(
    _ groups: [RolloutGroup], support: TeacherSupport, temperature: Double
  ) throws -> [[TeacherScore]] {
    let scores = try base.score(groups, support: support, temperature: temperature)
    guard fault == .unnormalised else { return scores }
    return scores.map { $0.map { TeacherScore(sampled: $0.sampled.map { $0 / 2 }) } }
  }

  mutating func accumulate(
    _ groups: [RolloutGroup], _ loss: some ResponseLoss
  ) throws -> LossReport {
    if fault == .forgetful { _ = base.update(UpdateStep(number: 1, learningRate: 0)) }
    guard fault == .steep else { return try base.accumulate(groups, loss) }
    return try base.accumulate(groups, Steep(loss))
  }

  mutating func update(_ step: UpdateStep) -> UpdateReport { base.update(step) }
  func snapshot(_ weights: SnapshotWeights) throws -> any Policy { try base.snapshot(weights) }

  func save(as name: String) -> LearnerState {
    fault == .momentless ? base.save(as: name).weights : base.save(as: name)
  }

  mutating func restore(_ state: LearnerState) throws { try base.restore(state) }
  mutating func reset(_ memory: LearnerMemory) { base.reset(memory) }
  func fingerprint() -> String { base.fingerprint() }

  func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double {
    base.flops(of: groups, phase)
  }
}

/// A loss whose gradient is four times too long: what averaging over micro-batches does when it goes wrong.
struct Steep<Base: ResponseLoss>: ResponseLoss {
  let base: Base
  init(_ base: Base) { self.base = base }

  func evaluate<Scalar: Real>(
    group: Int, slot: Int, logits: inout MutableSpan<Scalar>
  ) throws -> LossReport {
    let report = try base.evaluate(group: group, slot: slot, logits: &logits)
    for index in 0..<logits.count { logits[index] *= 4 }
    return report
  }
}

@Suite("The suite for students")
struct StudentLawsTests {
  let codec = DigitsCodec(step: 2, maximumDuration: 20)
  var prompts: [Prompt] { Samples.prompts(4, tokenizer: codec.vocabulary) }

  var student: DecoderStudent { student(timeSteps: nil) }

  func student(
    timeSteps: Int?, prefix: Bool? = nil, questionFirst: Bool? = nil, pointers: Bool? = nil
  ) -> DecoderStudent {
    let encoder = PromptEncoder(
      channels: 3, tokensPerFrame: 2, timeSteps: timeSteps, questionFirst: questionFirst,
      timeTokens: pointers.map { _ in TimeTokens(times: 11, step: 2) })
    var variations = DecoderVariations()
    variations.hasPrefixAttention = prefix
    variations.hasPointers = pointers
    let shape = DecoderConfiguration(
      vocabularySize: codec.vocabulary.count, layers: 2, width: 16, heads: 2, keyValueHeads: 1,
      hidden: 24, features: encoder.width, positions: 64, variations: variations)
    return DecoderStudent(
      decoder: shape, encoder: encoder, tokenizer: codec.vocabulary,
      parameters: DecoderStudent.initialParameters(shape, seed: Seed(4)))
  }

  @Test("a student whose answers point at frames keeps every law", arguments: [nil, true])
  func pointers(prefix: Bool?) async {
    await checkLearner(
      student(timeSteps: nil, prefix: prefix, questionFirst: true, pointers: true), prompts: prompts
    )
  }

  @Test("a student that reads prompts as a whole keeps every law", arguments: [nil, true])
  func whole(questionFirst: Bool?) async {
    await checkLearner(
      student(
        timeSteps: questionFirst == nil ? nil : 9, prefix: true, questionFirst: questionFirst),
      prompts: prompts)
  }

  @Test("our own student keeps every law", arguments: [nil, 9])
  func ours(timeSteps: Int?) async {
    await checkLearner(student(timeSteps: timeSteps), prompts: prompts)
  }

  @Test(
    "each fault is caught by the law it breaks",
    arguments: [
      (
        BrokenStudent.Fault.cold,
        "Sampler and trainer agree on log-probabilities at every temperature."
      ),
      (.seedless, "Another seed gives other answers."),
      (.batched, "An answer does not depend on what else is in the batch."),
      (.steep, "The gradient is the derivative of the loss."),
      (.foreign, "Answers are written in the vocabulary."),
      (.endless, "Answers keep to the length limit."),
      (.unnormalised, "The probabilities of all first tokens sum to 1."),
      (.backwards, "There is one group a prompt, in order."),
      (.forgetful, "Gradients add up until an update takes them."),
      (.momentless, "A learner that is restored goes on with the same numbers."),
    ])
  func caught(_ fault: BrokenStudent.Fault, _ law: String) async {
    let violations = await learnerViolations(
      BrokenStudent(base: student, fault: fault), prompts: prompts)
    #expect(violations.contains { $0.law == law }, "\(violations)")
  }
}
