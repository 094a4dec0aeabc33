#if Engines
import Core
import Distill
import Foundation
import Networks
import Storage
import Student
import Tensors
import Testing

@testable import Engines

/// A Python with torch, transformers and safetensors: OPD_STUDENT_PYTHON, or the one that `scripts/engine.sh` made.
private let python: String? = {
  let environment = ProcessInfo.processInfo.environment
  let engines = environment["OPD_ENGINES"] ?? "\(environment["HOME"] ?? "")/.cache/opd/engines"
  let candidates = [environment["OPD_STUDENT_PYTHON"], "\(engines)/skyrl-0.4.0/bin/python"]
  return candidates.compactMap { $0 }.first { FileManager.default.isExecutableFile(atPath: $0) }
}()

/// One Llama, in this process and as files that PyTorch reads.
private struct TinyLlama {
  static let vocabulary = Vocabulary(words: (0..<23).map { "w\($0)" }, end: "w22")
  static let encoder = PromptEncoder(channels: 1, tokensPerFrame: 1, timeOctaves: 1)
  static let shape = DecoderConfiguration(
    vocabularySize: 23, layers: 2, width: 32, heads: 4, keyValueHeads: 2, hidden: 48,
    features: encoder.width, positions: 64)
  static let prompts = (0..<4).map { index in
    Prompt(
      id: "p\(index)", video: "v\(index)", query: "", tokens: [3 + index, 9, 1 + 2 * index, 5],
      evidence: FrameFeatures(
        values: [], tokensPerFrame: 1, channels: 1, timestamps: [], duration: 1), truth: [])
  }

  static func student(seed: UInt64) -> DecoderStudent {
    DecoderStudent(
      decoder: shape, encoder: encoder, tokenizer: vocabulary,
      parameters: DecoderStudent.initialParameters(shape, seed: Seed(seed)))
  }

  static func write(_ student: DecoderStudent, to folder: String) throws {
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

@Suite(
  "PyTorch and the native engine", .serialized,
  .enabled(
    if: python != nil, "needs torch: OPD_STUDENT_PYTHON, or 'scripts/engine.sh make 0.4.0'"))
struct EngineAgreementTests {
  /// A step without memory and with ε far above any gradient: weights move by −100 times the gradient, to one in 10⁴ of its size.
  private static let step = UpdateStep(
    number: 1, learningRate: 1e6,
    optimizer: OptimizerSettings(beta1: 0, beta2: 0, epsilon: 1e4, clipNorm: nil))

  private static func objective(_ name: String) throws -> Objective {
    guard name == "top" else { return try MethodPreset.named(name).objective }
    var objective = try MethodPreset.named("opd-full").objective
    objective.components[0].support = .top(4, of: .teacher, rest: .tail)
    return objective
  }

  /// Answers of the student with everything said about them; log π_old is a little off, so that ratios and clips matter.
  private static func scored(_ student: DecoderStudent, for objective: Objective) async throws
    -> [ScoredGroup]
  {
    let groups = try student.sample(
      TinyLlama.prompts, settings: SamplingSettings(group: 4, temperature: 1, maximumLength: 6),
      seed: Seed(5))
    let teacher = TinyLlama.student(seed: 8).frozen()
    let scores = try teacher.score(
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

  @Test(
    "have the same gradient",
    arguments: ["opd", "grpo", "dapo", "gspo", "cispo", "top", "opd-full"])
  func gradients(_ method: String) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/opd-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var native = TinyLlama.student(seed: 2)
    try TinyLlama.write(native, to: folder + "/base")
    let objective = try Self.objective(method)
    let scored = try await Self.scored(native, for: objective)
    let loss = try objective.prepare(groups: scored, temperature: 1)
    let groups = scored.map { group in
      RolloutGroup(prompt: group.prompt, rollouts: group.rollouts.map(\.rollout))
    }

    let before = native.parameters
    let own = try native.accumulate(groups, loss)
    _ = native.update(Self.step)
    var elsewhere = try await worker(folder)
    let its = try await elsewhere.accumulate(groups, loss)
    _ = try await elsewhere.update(Self.step)
    let after = try await parameters(of: elsewhere, in: folder, features: before["features"])

    var (difference, length) = (0.0, 0.0)
    for (index, start) in before.values.enumerated() {
      let moved = Double(native.parameters.values[index]) - Double(start)
      let other = Double(after.values[index]) - Double(start)
      difference += (moved - other) * (moved - other)
      length += moved * moved
    }
    let error = (difference / length).squareRoot()
    print(
      "\(method): relative error of the gradient \(error), losses \(own.value) and \(its.value)")
    #expect(length > 1e-4 && error <= 1e-4)
    #expect(abs(own.value - its.value) <= 1e-4 * max(1, abs(own.value)))
  }

  private func worker(_ folder: String) async throws -> RemoteLearner {
    var parameters = ProcessStudentParameters()
    let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Examples/python-student/opd_student.py").path
    parameters.command = [python ?? "", program]
    (parameters.base, parameters.states) = (folder + "/base", folder + "/states")
    return try await RemoteLearner.process(parameters, tokenizer: TinyLlama.vocabulary)
  }

  private func parameters(
    of student: RemoteLearner, in folder: String, features: [Float]
  ) async throws -> Parameters<Float> {
    let state = try await student.save(as: "end")
    let file = try SafetensorsFile.read(folder + "/states/\(state.name ?? "").safetensors")
    let shape = [TinyLlama.shape.width, TinyLlama.shape.features]
    let projection = NamedTensor(
      LlamaCheckpoint.sources("features")[0], shape: shape, values: features)
    return try LlamaCheckpoint.parameters(file.tensors + [projection], TinyLlama.shape)
  }

  @Test("PyTorch repeats itself, and goes on from a state, to the bit")
  func bits() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/opd-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let native = TinyLlama.student(seed: 2)
    try TinyLlama.write(native, to: folder + "/base")
    let objective = try Self.objective("opd")
    let scored = try await Self.scored(native, for: objective)
    let loss = try objective.prepare(groups: scored, temperature: 1)
    let groups = scored.map { group in
      RolloutGroup(prompt: group.prompt, rollouts: group.rollouts.map(\.rollout))
    }
    func train(_ student: inout RemoteLearner) async throws {
      _ = try await student.accumulate(groups, loss)
      _ = try await student.update(UpdateStep(number: 1, learningRate: 0.01))
    }
    var first = try await worker(folder)
    try await train(&first)
    let middle = try await first.save(as: "middle")
    try await train(&first)
    var second = try await worker(folder)
    for _ in 0..<2 { try await train(&second) }
    #expect(try await second.fingerprint() == first.fingerprint())
    var third = try await worker(folder)
    try await third.restore(middle)
    try await train(&third)
    #expect(try await third.fingerprint() == first.fingerprint())
  }
}
#endif
