#if Engines
import Core
import Distill
import Foundation
import Networks
import Storage
import Student
import Tensors

@testable import Engines

/// One Llama, in this process and as files that other engines read.
struct TinyLlama {
  static let encoder = PromptEncoder(channels: 1, tokensPerFrame: 1, timeOctaves: 1)
  /// One that is written for a worker.
  static let small = TinyLlama(
    shape: DecoderConfiguration(
      vocabularySize: 23, layers: 2, width: 32, heads: 4, keyValueHeads: 2, hidden: 48,
      features: encoder.width, positions: 64))

  let shape: DecoderConfiguration
  let vocabulary: Vocabulary

  init(shape: DecoderConfiguration) {
    self.shape = shape
    let words = (0..<shape.vocabularySize).map { "w\($0)" }
    vocabulary = Vocabulary(words: words, end: words[words.count - 1])
  }

  /// The one that a server has, by its folder.
  init(reading folder: String) throws {
    let json = [UInt8](try Data(contentsOf: URL(filePath: folder + "/config.json")))
    var shape = try LlamaCheckpoint.configuration(json: json)
    shape.features = Self.encoder.width
    self.init(shape: shape)
  }

  let prompts = (0..<4).map { index in
    Prompt(
      id: "p\(index)", video: "v\(index)", query: "", tokens: [3 + index, 9, 1 + 2 * index, 5],
      evidence: FrameFeatures(
        values: [], tokensPerFrame: 1, channels: 1, timestamps: [], duration: 1), truth: [])
  }

  func student(seed: UInt64) -> DecoderStudent {
    student(DecoderStudent.initialParameters(shape, seed: Seed(seed)))
  }

  func student(_ parameters: Parameters<Float>) -> DecoderStudent {
    DecoderStudent(
      decoder: shape, encoder: Self.encoder, tokenizer: vocabulary, parameters: parameters)
  }

  /// The student whose weights a folder holds; what reads features is zero.
  func student(reading folder: String) throws -> DecoderStudent {
    let file = try SafetensorsFile.read(folder + "/model.safetensors")
    let features = Storage.NamedTensor(
      LlamaCheckpoint.sources("features")[0], shape: [shape.width, shape.features],
      values: [Float](repeating: 0, count: shape.width * shape.features))
    return student(try LlamaCheckpoint.parameters(file.tensors + [features], shape))
  }

  func write(_ student: DecoderStudent, to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let tensors = LlamaCheckpoint.tensors(student.parameters, shape)
      .filter { !$0.name.contains("feature") }
    try SafetensorsFile(tensors: tensors).write(folder + "/model.safetensors")
    let config = """
      {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 23, "hidden_size": 32,
      "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
      "head_dim": 8, "max_position_embeddings": 64, "rope_theta": 10000.0, "rms_norm_eps": 1e-05,
      "tie_word_embeddings": true, "hidden_act": "silu", "bos_token_id": 0, "eos_token_id": 22}
      """
    try config.write(toFile: folder + "/config.json", atomically: true, encoding: .utf8)
  }
}

/// What two engines learn from alike.
struct AgreementCase {
  /// A step without memory and with ε far above any gradient: weights move by −100 times the gradient, to one in 10⁴ of its size.
  static let step = UpdateStep(
    number: 1, learningRate: 1e6,
    optimizer: OptimizerSettings(beta1: 0, beta2: 0, epsilon: 1e4, clipNorm: nil))

  static func objective(_ name: String) throws -> Objective {
    guard name == "top" else { return try MethodPreset.named(name).objective }
    var objective = try MethodPreset.named("opd-full").objective
    objective.components[0].support = .top(4, of: .teacher, rest: .tail)
    return objective
  }

  let llama: TinyLlama

  init(_ llama: TinyLlama) { self.llama = llama }

  /// Who scores the answers.
  var teacher: DecoderStudent { llama.student(seed: 8) }

  /// Answers of the student, and a method's loss of them; the teacher's rows may be those of the model beside a worker.
  func prepared(
    _ student: DecoderStudent, for method: String, isBeside: Bool = false
  ) async throws -> (groups: [RolloutGroup], loss: PreparedLoss) {
    let objective = try Self.objective(method)
    var scored = try await scored(student, for: objective)
    if isBeside {
      scored = scored.map { group in
        var group = group
        for slot in group.rollouts.indices {
          group.rollouts[slot].teacher?.rows = nil
          group.rollouts[slot].teacher?.beside = RowsBeside(
            weights: "teacher", prompt: group.prompt, temperature: 1)
        }
        return group
      }
    }
    let groups = scored.map { group in
      RolloutGroup(prompt: group.prompt, rollouts: group.rollouts.map(\.rollout))
    }
    return (groups, try objective.prepare(groups: scored, temperature: 1))
  }

  /// Answers of the student with everything said about them; log π_old is a little off, so that ratios and clips matter.
  private func scored(
    _ student: DecoderStudent, for objective: Objective
  ) async throws -> [ScoredGroup] {
    let groups = try student.sample(
      llama.prompts, settings: SamplingSettings(group: 4, temperature: 1, maximumLength: 6),
      seed: Seed(5))
    let scores = try teacher.frozen().score(
      groups, support: objective.requirements.teacherSupport ?? .sampled, temperature: 1)
    return zip(groups, scores).map { group, scores in
      ScoredGroup(
        prompt: group.prompt,
        rollouts: zip(group.rollouts, scores).map { rollout, score in
          let old = rollout.logProbabilities.enumerated().map { index, value in
            value + 0.3 * Float(sin(Double(7 * index + rollout.slot)))
          }
          let moved = Rollout(
            promptID: rollout.promptID, slot: rollout.slot, tokens: rollout.tokens,
            logProbabilities: old, finish: rollout.finish)
          return ScoredRollout(
            moved, teacher: score, reference: score.sampled,
            reward: Reward(total: Double(rollout.slot % 3), terms: [:], parsed: true))
        })
    }
  }
}
#endif
