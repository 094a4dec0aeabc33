internal import Core
internal import Dispatch
internal import Distill
internal import Networks
internal import Student
internal import Tensors
internal import Tokenizers

/// What is timed of a pretrained model.
package enum ModelPhase: String, Sendable, CaseIterable, Codable {
  /// Opening the file, and weights as products read them.
  case load
  /// A prompt of 512 tokens.
  case prefill = "prefill_512"
  /// 8 answers of 9 tokens to each of 8 prompts of 185.
  case score = "score_8x8"
  /// 64 tokens, one answer at a time.
  case decode1 = "decode_1"
  /// 64 tokens of 8 answers together.
  case decode8 = "decode_8"
  /// 64 tokens of 64 answers together.
  case decode64 = "decode_64"
  /// An update of adapters of rank 16 on 4 answers of 128 tokens.
  case update = "lora_4x128"
  /// Sampling 8 answers of 9 tokens to each of 8 prompts of 185, and an update of adapters.
  case step = "lora_step_8x8"

  /// Tokens by which the speed is told.
  var tokens: Int {
    switch self {
    case .load: 0
    case .prefill: 512
    case .score, .step: 8 * (185 + 8 * 9)
    case .decode1: 64
    case .decode8: 8 * 64
    case .decode64: 64 * 64
    case .update: 4 * 128
    }
  }
}

/// Times a pretrained model on the work that users do with it, alone or in turn with another program.
package struct ModelBenchmark {
  private let model: PretrainedModel
  private var student: DecoderStudent
  private let policy: DecoderPolicy
  private var updates = 0
  private let tokenizer: BytePairTokenizer
  private let prompts: TextPrompts

  /// A benchmark of a model.
  ///
  /// - Parameter path: A GGUF file or a folder.
  /// - Throws: What is wrong with the model.
  package init(_ path: String) throws {
    model = try PretrainedModel(path, positions: 1024)
    tokenizer = try BytePairTokenizer(of: model)
    prompts = try TextPrompts(
      format: "{query}", template: "plain", tokenizer: tokenizer, longest: 1024)
    student = try DecoderStudent(
      model, tokenizer: tokenizer, prompts: prompts,
      adapter: AdapterConfiguration(rank: 16, alpha: 32, targets: .allLinear), seed: Seed(1))
    policy = student.frozen()
  }

  /// Runs a phase once.
  ///
  /// - Returns: Milliseconds.
  package mutating func run(_ phase: ModelPhase) throws -> Double {
    let start = DispatchTime.now()
    switch phase {
    case .load:
      let model = try PretrainedModel(model.path, positions: 1024)
      _ = DecoderPolicy(model, tokenizer: try BytePairTokenizer(of: model), prompts: prompts)
    case .prefill:
      _ = try policy.logProbabilities(groups(1, prompt: 511, answers: 1, of: 1), temperature: 1)
    case .score:
      _ = try policy.logProbabilities(groups(8, prompt: 185, answers: 8, of: 9), temperature: 1)
    case .decode1: _ = try sample(1, prompt: 16, group: 1, length: 64)
    case .decode8: _ = try sample(1, prompt: 16, group: 8, length: 64)
    case .decode64: _ = try sample(1, prompt: 16, group: 64, length: 64)
    case .update: try update(groups(4, prompt: 1, answers: 1, of: 128))
    case .step: try update(sample(8, prompt: 185, group: 8, length: 9))
    }
    return Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) * 1e-6
  }

  private func tokens(_ count: Int, _ stream: Int) -> [Token] {
    (0..<count).map { ($0 * 7919 + stream * 104_729 + 17) % model.configuration.vocabularySize }
  }

  private func prompt(_ index: Int, _ length: Int) -> Prompt {
    var prompt = Prompt(id: "p\(index)", video: "v", query: "", evidence: .none, truth: [])
    prompt.tokens = tokens(length, index)
    return prompt
  }

  private func groups(
    _ count: Int, prompt length: Int, answers: Int, of tokenCount: Int
  ) -> [RolloutGroup] {
    (0..<count).map { index in
      let prompt = prompt(index, length)
      return RolloutGroup(
        prompt: prompt,
        rollouts: (0..<answers).map { slot in
          Rollout(
            promptID: prompt.id, slot: slot, tokens: tokens(tokenCount, 100 * index + slot),
            logProbabilities: [Float](repeating: -9, count: tokenCount), finish: .length)
        })
    }
  }

  private func sample(
    _ count: Int, prompt length: Int, group: Int, length most: Int
  ) throws -> [RolloutGroup] {
    var settings = SamplingSettings(group: group, temperature: 1, maximumLength: most)
    settings.ignoresEnd = true
    return try student.sample(
      (0..<count).map { prompt($0, length) }, settings: settings, seed: Seed(2))
  }

  /// The sampled token's advantage under a teacher that finds every token a little likelier.
  private mutating func update(_ groups: [RolloutGroup]) throws {
    let scored = groups.map { group in
      ScoredGroup(
        prompt: group.prompt,
        rollouts: group.rollouts.map { rollout in
          ScoredRollout(
            rollout, teacher: TeacherScore(sampled: rollout.logProbabilities.map { $0 + 0.1 }))
        })
    }
    let loss = try BenchmarkRunner.objective(.opdSampled).prepare(groups: scored, temperature: 1)
    _ = try student.accumulate(groups, loss)
    updates += 1
    _ = student.update(UpdateStep(number: updates, learningRate: 1e-5))
  }
}

extension ModelBenchmark {
  /// One phase's figures.
  package struct Row: Sendable, Codable {
    /// Which phase.
    package var phase: String
    /// Median milliseconds over rounds.
    package var milliseconds: Double
    /// Tokens a second; `nil` where there are none.
    package var rate: Double?
    /// Median milliseconds of the other program.
    package var rival: Double?
    /// The median over rounds of the other program's time divided by ours.
    package var ratio: Double?
  }

  /// Times phases in rounds, in turn with another program that prints a JSON line with `phase` and `ms` for each.
  package mutating func report(
    _ phases: [ModelPhase], rounds: Int, rival: String?, progress: (String) -> Void
  ) async throws -> [Row] {
    for phase in phases { _ = try run(phase) }
    let times = try await RoundTimes(phases, rounds: rounds, rival: rival, progress: progress) {
      try run($0)
    }
    return phases.map { phase in
      Row(
        phase: phase.rawValue, milliseconds: times.median(phase),
        rate: phase.tokens > 0 ? 1000 * Double(phase.tokens) / times.median(phase) : nil,
        rival: times.rival(phase), ratio: times.ratio(phase))
    }
  }
}
