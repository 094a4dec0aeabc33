import Core
import DistillTesting
import Networks
import Student
import TAD
import Tasks
import Tensors
import Testing

/// Questions with many frames, so that there is something to choose.
private let codec = DigitsCodec(step: 2, maximumDuration: 20)

private func questions(_ count: Int, frames: Int = 11) -> [Prompt] {
  (0..<count).map { index in
    var generator = Seed(6).derived("prompt", index).generator()
    let values = (0..<frames * 6).map { _ in Float((generator.normal() * 64).rounded() / 64) }
    return Prompt(
      id: "q\(index)", video: "v\(index)", query: "", tokens: [3, 1 + index % 3],
      queryEmbedding: [1, Float(index), 0],
      evidence: FrameFeatures(
        values: values, tokensPerFrame: 2, channels: 3,
        timestamps: (0..<frames).map { Double($0) + 0.5 }, duration: Double(frames)), truth: [])
  }
}

private func tad(_ isStraight: Bool) throws -> TemporalApexDistillation {
  var parameters = TemporalApexDistillation.Parameters()
  (parameters.budget, parameters.straightThrough) = (4, isStraight)
  return try TemporalApexDistillation(parameters)
}

private func embedder(questionFirst: Bool? = nil) -> PromptEncoder {
  PromptEncoder(
    channels: 3, tokensPerFrame: 2, timeOctaves: 2, scale: 0.75, questionFirst: questionFirst)
}

private func small(_ encoder: PromptEncoder, isFrozen: Bool = false) -> DecoderConfiguration {
  var shape = DecoderConfiguration(
    vocabularySize: codec.vocabulary.count, layers: 2, width: 12, heads: 2, keyValueHeads: 1,
    hidden: 10, features: encoder.width, positions: 96)
  shape.encoder = RowEncoder(channels: 3, hidden: 7, width: 5, isFrozen: isFrozen)
  return shape
}

private func reader(
  questionFirst: Bool? = nil, isFrozen: Bool = false, gate: (any FrameGate)? = nil
) -> DecoderStudent {
  let encoder = embedder(questionFirst: questionFirst)
  let shape = small(encoder, isFrozen: isFrozen)
  return DecoderStudent(
    decoder: shape, encoder: encoder, tokenizer: codec.vocabulary,
    parameters: DecoderStudent.initialParameters(shape, seed: Seed(4)), gate: gate)
}

/// Σ w·logit with fixed w, whatever the student says.
private struct WeightedLogits: ResponseLoss {
  func evaluate<Scalar: Real>(
    group: Int, slot: Int, logits: inout MutableSpan<Scalar>
  ) throws -> LossReport {
    var generator = Seed(9).derived("w", 10 * group + slot).generator()
    var value = 0.0
    for index in 0..<logits.count {
      let weight = generator.normal()
      value += weight * Double(logits[index])
      logits[index] = Scalar(weight)
    }
    return LossReport(value: value)
  }
}

/// A decoder in Double on frames that TAD chose by what its encoder makes of them, as a student computes it.
private struct DoublePass {
  let prompts: [Prompt]
  let encoder: PromptEncoder
  let shape: DecoderConfiguration
  let gate: TemporalApexDistillation?
  var parameters: Parameters<Double>

  init(questionFirst: Bool?, gate: TemporalApexDistillation?) {
    prompts = questions(2)
    encoder = embedder(questionFirst: questionFirst)
    shape = small(encoder)
    self.gate = gate
    parameters = Parameters(zeros: shape.layout)
    var generator = Seed(1).generator()
    for index in parameters.values.indices { parameters.values[index] = 0.4 * generator.normal() }
  }

  /// What is kept of each prompt, and the gates.
  func chosen() -> [GatedFrames] {
    let decoder = Decoder<Double>(shape)
    return prompts.map { prompt in
      let channels = encoder.channels(of: prompt.evidence).map { Double($0) }
      let rows = Tape<Double>().run(Weights(parameters, for: .inference)) { tape in
        tape.values(
          decoder.encode(tape.input(channels, rows: channels.count / 3, columns: 3), on: tape))
      }
      return gate?.choose(rows, tokensPerFrame: 2, channels: 5) ?? GatedFrames(indices: [1, 4, 8])
    }
  }

  /// Σ w·logit, and its gradient in every parameter.
  func loss() throws -> (value: Double, gradient: [Double], kept: [[Int]]) {
    let chosen = chosen()
    let branches = try zip(prompts, chosen).map { prompt, frames in
      var shown = prompt
      shown.keyframes = frames.indices
      var rows = try encoder.rows(shown)
      if let gates = frames.gates {
        rows.gated = GatedRows(
          gates: gates, tokensPerFrame: 2, candidates: encoder.channels(of: prompt.evidence),
          before: encoder.rowsBefore(prompt))
      }
      return Branch(prompt: rows, responses: [[2, 5, 1], [4]])
    }
    var gradient = [Double](repeating: 0, count: shape.layout.count)
    var value = 0.0
    let decoder = Decoder<Double>(shape, gate: gate)
    try Tape<Double>().run(Weights(parameters, for: .training), addingGradientTo: &gradient) {
      tape in
      try decoder.pass(branches, on: tape, differentiating: true) { branch, response, logits in
        value +=
          try WeightedLogits().evaluate(group: branch, slot: response, logits: &logits).value
      }
    }
    return (value, gradient, chosen.map(\.indices))
  }
}

@Suite("A network before the decoder that learns with it")
struct RowEncoderTests {
  @Test(
    "the gradient of every parameter is that of central differences in Double: through the gather alone, and through gates",
    arguments: [nil, false, true], [nil, true])
  func gradientCheck(isStraight: Bool?, questionFirst: Bool?) throws {
    var pass = DoublePass(questionFirst: questionFirst, gate: try isStraight.map(tad))
    let base = try pass.loss()
    var generator = Seed(3).generator()
    for entry in pass.shape.layout.entries {
      for _ in 0..<(entry.name.hasPrefix("encoder") ? 12 : 3) {
        let index = entry.offset + generator.integer(below: entry.count)
        let kept = pass.parameters.values[index]
        func moved(_ step: Double) throws -> Double {
          pass.parameters.values[index] = kept + step
          defer { pass.parameters.values[index] = kept }
          let loss = try pass.loss()
          #expect(loss.kept == base.kept)
          return loss.value
        }
        let slope = (try moved(1e-6) - moved(-1e-6)) / 2e-6
        #expect(
          abs(slope - base.gradient[index]) <= 3e-6 * max(1, abs(slope)), "\(entry.name)[\(index)]")
      }
    }
  }

  @Test(
    "a student with one keeps every law, whether it chooses frames by it or not",
    arguments: [nil, false, true])
  func laws(isStraight: Bool?) async throws {
    let gate = try isStraight.map(tad)
    for questionFirst in [nil, true] {
      await checkLearner(
        reader(questionFirst: questionFirst, gate: gate),
        prompts: questions(4))
    }
  }

  @Test("the sampler sees what the trainer sees, to the bit, and a snapshot what the student sees")
  func agreement() throws {
    var student = reader(gate: try tad(true))
    let prompts = questions(5)
    for round in 0..<3 {
      let groups = try student.sample(
        prompts, settings: SamplingSettings(group: 3, temperature: 1, maximumLength: 5),
        seed: Seed(UInt64(round)))
      let sampled = groups.map { $0.rollouts.map(\.logProbabilities) }
      #expect(try student.logProbabilities(groups, temperature: 1) == sampled)
      #expect(try student.frozen().logProbabilities(groups, temperature: 1) == sampled)
      #expect(groups.allSatisfy { $0.prompt.keyframes == nil && $0.prompt.gates == nil })
      _ = try student.accumulate(groups, WeightedLogits())
      #expect(student.update(UpdateStep(number: round + 1, learningRate: 0.05)).isApplied)
    }
  }

  @Test("gates change what is learnt of frames that are not shown; without gates nothing is")
  func hidden() throws {
    let moved = { (prompt: Prompt, frame: Int) -> Prompt in
      var values = prompt.evidence.values
      for index in frame * 6..<frame * 6 + 6 { values[index] *= 1.0625 }
      var copy = prompt
      copy.evidence = FrameFeatures(
        values: values, tokensPerFrame: 2, channels: 3, timestamps: prompt.evidence.timestamps,
        duration: prompt.duration)
      return copy
    }
    func gradient(_ prompt: Prompt, _ isStraight: Bool) throws -> [Float] {
      let student = reader(gate: try tad(isStraight))
      let rollout = Rollout(
        promptID: prompt.id, slot: 0, tokens: [2, 5, 1], logProbabilities: [0, 0, 0],
        finish: .length)
      let shards = GradientShards(layout: student.parameters.layout)
      _ = try student.differentiate(
        [RolloutGroup(prompt: prompt, rollouts: [rollout])], WeightedLogits(), into: shards)
      return shards.total().gradient.values
    }
    // A frame whose change leaves everything as it was is shown neither before nor after.
    let prompt = questions(1)[0]
    var learnt = 0
    for frame in 0..<11 {
      let other = moved(prompt, frame)
      if try gradient(prompt, false) == gradient(other, false) {
        learnt += try gradient(prompt, true) == gradient(other, true) ? 0 : 1
      }
    }
    #expect(learnt > 0)
  }

  @Test("a frozen one stays as it was drawn, weight decay or not, while the decoder learns")
  func frozen() throws {
    var student = reader(isFrozen: true, gate: try tad(true))
    let before = student.parameters
    let rollouts = [
      Rollout(
        promptID: "q0", slot: 0, tokens: [2, 5, 1], logProbabilities: [0, 0, 0], finish: .length)
    ]
    let group = RolloutGroup(prompt: questions(1)[0], rollouts: rollouts)
    for number in 1...3 {
      _ = try student.accumulate([group], WeightedLogits())
      _ = student.update(
        UpdateStep(
          number: number, learningRate: 0.01, optimizer: OptimizerSettings(weightDecay: 0.1)))
    }
    for entry in before.layout.entries {
      let isKept = student.parameters[entry.name] == before[entry.name]
      #expect(isKept == ["encoder.inner", "encoder.outer"].contains(entry.name), "\(entry.name)")
    }
  }

  @Test(
    "gates of a selector beside gates of its own are refused, and so is a question about its frames"
  )
  func refusals() throws {
    let student = reader(gate: try tad(true))
    var prompt = questions(1)[0]
    (prompt.keyframes, prompt.gates) = ([0, 1], [1, 2])
    let settings = SamplingSettings(group: 1, temperature: 1, maximumLength: 2)
    #expect(throws: PromptEncodingError.gatedTwice(prompt: "q0")) {
      try student.sample([prompt], settings: settings, seed: Seed(0))
    }
    #expect(throws: LearnerError.unable(to: "tell how its loss depends on frames")) {
      try student.evidenceGradients([], loss: WeightedLogits())
    }
  }

  @Test("chooses among the frames in view, and costs what it does")
  func inView() throws {
    let student = reader(gate: try tad(false))
    var few = questions(1)[0]
    few.keyframes = [2, 5, 6, 9]
    var alone = few
    alone.evidence = few.visible
    alone.keyframes = nil
    let settings = SamplingSettings(group: 4, temperature: 1, maximumLength: 5)
    let groups = try [few, alone].map {
      try student.sample([$0], settings: settings, seed: Seed(1))[0]
    }
    #expect(groups[0].rollouts == groups[1].rollouts)
    var all = few
    all.keyframes = nil
    let costs = [few, all].map {
      student.flops(of: [RolloutGroup(prompt: $0, rollouts: groups[0].rollouts)], .forward)
    }
    // Four frames go on either way; seven more are encoded and compared: two matrices, and TAD's four operations a number.
    #expect(costs[1] - costs[0] == 7 * 2 * (2 * 7 * (3 + 5) + 4 * 5))
  }
}
