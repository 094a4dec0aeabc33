import Core
import Distill
import DistillTesting
import Foundation
import Networks
import Storage
import Tasks
import Teacher
import Tensors
import Testing
import Tokenizers

@testable import Student

/// A language model of 300 tokens with random weights, in a folder as transformers writes one.
struct TinyModel {
  let folder: URL
  let tokenizer: BytePairTokenizer

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tiny-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    tokenizer = try BytePairTrainer.train(count: 300)
    let json = """
      {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 300, "hidden_size": 32,
       "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 48,
       "max_position_embeddings": 256, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
       "tie_word_embeddings": true, "attention_bias": false, "mlp_bias": false}
      """
    try Data(json.utf8).write(to: folder.appending(path: "config.json"))
    let shape = try LlamaCheckpoint.configuration(json: Array(json.utf8))
    let weights = DecoderStudent.initialParameters(shape, seed: Seed(11))
    try SafetensorsFile(tensors: LlamaCheckpoint.tensors(weights, shape), metadata: [:])
      .write(folder.path + "/model.safetensors")
  }

  func student(
    rank: Int?, frames: PromptEncoder? = nil, format: String = "{query}:", seed: Seed = Seed(3)
  ) throws -> DecoderStudent {
    try DecoderStudent(
      PretrainedModel(folder.path, positions: 128), tokenizer: tokenizer,
      prompts: TextPrompts(
        format: format, template: "plain", tokenizer: tokenizer, longest: 100,
        frames: frames),
      adapter: rank.map { AdapterConfiguration(rank: $0, alpha: 8, targets: .allLinear) },
      seed: seed)
  }
}

@Suite("A language model from disk as a learner")
struct PretrainedLearnerTests {
  let model: TinyModel
  let prompts = ["make 145 from 16, 21, 13", "make 3 from 1, 2", "what is 4", "the person"]
    .enumerated().map { index, query in
      Prompt(
        id: "q\(index)", video: "q\(index)", query: query, evidence: .none,
        truth: [])
    }

  init() throws { model = try TinyModel() }

  @Test("keeps every law, with adapters and without", arguments: [4, nil])
  func laws(rank: Int?) async throws {
    var student = try model.student(rank: rank)
    // B begins at 0, where A has no gradient: a few random numbers first.
    var generator = Seed(5).generator()
    for index in student.parameters.values.indices where rank != nil {
      student.parameters.values[index] = Float(0.2 * generator.normal())
    }
    await checkLearner(student, prompts: prompts)
  }

  /// The questions about a video of five frames of two rows, some of them in view.
  private var seen: [Prompt] {
    prompts.enumerated().map { index, prompt in
      var dice = Seed(UInt64(index)).generator()
      var copy = prompt
      copy.evidence = FrameFeatures(
        values: (0..<30).map { _ in Float(dice.normal()) }, tokensPerFrame: 2, channels: 3,
        timestamps: [1, 3, 5, 7, 9], duration: 10)
      copy.keyframes = index == 0 ? nil : [index, 4]
      return copy
    }
  }

  private let encoder = PromptEncoder(channels: 3, tokensPerFrame: 2)

  @Test("that reads frames keeps every law, with adapters and without", arguments: [4, nil])
  func frames(rank: Int?) async throws {
    var student = try model.student(rank: rank, frames: encoder)
    var generator = Seed(5).generator()
    for index in student.parameters.values.indices where rank != nil {
      student.parameters.values[index] = Float(0.2 * generator.normal())
    }
    await checkLearner(student, prompts: seen)
  }

  @Test("that reads frames in the middle of its text keeps every law, and reads them there")
  func framesInPlace() async throws {
    func student(_ format: String) throws -> DecoderStudent {
      try model.student(rank: 4, frames: encoder, format: format)
    }
    await checkLearner(try student("look: {frames} {query}:"), prompts: seen)
    let groups = seen.map { prompt in
      RolloutGroup(
        prompt: prompt,
        rollouts: [
          Rollout(
            promptID: prompt.id, slot: 0, tokens: [7, 9, 4], logProbabilities: [0, 0, 0],
            finish: .length)
        ])
    }
    func scores(_ format: String) throws -> [Float] {
      try student(format).score(groups, support: .sampled, temperature: 1)
        .joined().flatMap(\.sampled)
    }
    let first = try scores("{query}:")
    // At the beginning they are where they are without a word on it; anywhere else they say something else.
    #expect(try scores("{frames}{query}:") == first)
    #expect(try scores("{query}{frames}:") != first)
    #expect(throws: TextPromptError.frames(format: "{frames} and {frames}")) {
      try student("{frames} and {frames}")
    }
  }

  @Test("that reads frames answers by those in view, and is told how they are to change")
  func looks() throws {
    let student = try model.student(rank: 4, frames: encoder)
    let text = try model.student(rank: 4)
    let response = model.tokenizer.encode(" 2+1")
    func groups(_ prompts: [Prompt]) -> [RolloutGroup] {
      prompts.map { prompt in
        RolloutGroup(
          prompt: prompt,
          rollouts: [
            Rollout(
              promptID: prompt.id, slot: 0, tokens: response,
              logProbabilities: response.map { _ in 0 },
              finish: .length)
          ])
      }
    }
    let full = try student.logProbabilities(groups(seen), temperature: 1)
    let other = try student.logProbabilities(groups(seen.map { $0.showing([0]) }), temperature: 1)
    #expect(zip(full, other).allSatisfy { $0 != $1 })
    #expect(try text.logProbabilities(groups(seen), temperature: 1) != full)
    #expect(student.adapter?.hasConnector == true && text.adapter?.hasConnector == false)
    #expect(student.adapter?.factors.count == 15)
  }

  @Test("with adapters begins as the model, bit for bit")
  func beginsAsBase() async throws {
    let whole = try model.student(rank: nil)
    let adapted = try model.student(rank: 4)
    let settings = SamplingSettings(group: 3, temperature: 1, maximumLength: 6)
    let first = try whole.sample(prompts, settings: settings, seed: Seed(2))
    let second = try adapted.sample(prompts, settings: settings, seed: Seed(2))
    #expect(first.flatMap(\.rollouts) == second.flatMap(\.rollouts))
  }

  @Test("trains and keeps adapters alone: rank times inputs and outputs of every layer")
  func size() async throws {
    var student = try model.student(rank: 2)
    let base = student.frozen()
    // Queries, keys, values, output; gate, up, down.
    let perLayer = (32 + 32) + 2 * (32 + 16) + (32 + 32) + 2 * (32 + 48) + (48 + 32)
    #expect(student.save(as: "x").blobs.map(\.values.count) == [2 * 2 * perLayer])
    #expect(base.parameterCount > student.parameters.layout.count)
    #expect(student.adapter?.factors.count == 14)
    let before = try base.logProbabilities(answers(base), temperature: 1)
    student.parameters.values[0] += 1
    student.parameters.values = student.parameters.values.map { $0 + 0.1 }
    #expect(try base.logProbabilities(answers(base), temperature: 1) == before)
    #expect(try student.frozen().logProbabilities(answers(base), temperature: 1) != before)
  }

  private func answers(_ policy: DecoderPolicy) throws -> [RolloutGroup] {
    try policy.sample(
      prompts, settings: .init(group: 2, temperature: 1, maximumLength: 5), seed: Seed(8))
  }

  @Test("as a teacher with a right answer in view reads the question, in the words of the hint")
  func hinted() async throws {
    let policy = try model.student(rank: nil)
    let codec = AnswerCodec(CountdownTask(maximumLength: 8), tokenizer: model.tokenizer)
    let response = model.tokenizer.encode(" 2+1")
    func scores(
      _ query: String, _ truth: [any Answer], _ evidence: PolicyTeacher.Evidence
    ) async throws -> [Float] {
      let prompt = Prompt(id: "q", video: "q", query: query, evidence: .none, truth: truth)
      return try await PolicyTeacher(policy, codec: codec, evidence: evidence).score(
        [ScoringRequest(prompt: prompt, responses: [response])], support: .sampled)[0][0].sampled
    }
    let told = try await scores("make 3 from 1, 2", [TextAnswer("1+2")], .answer)
    let written = try await scores("make 3 from 1, 2: 1+2\nmake 3 from 1, 2", [], .sameAsStudent)
    #expect(told == written)
    #expect(try await scores("make 9 from 1, 8", [TextAnswer("1+2")], .answer) != told)
  }

  @Test("a prompt of more tokens than there are positions is refused in a sentence")
  func long() throws {
    let student = try model.student(rank: 2)
    let prompt = Prompt(
      id: "long", video: "v", query: String(repeating: "zq ", count: 200), evidence: .none,
      truth: [])
    let error = #expect(throws: TextPromptError.self) {
      try student.sample([prompt], settings: .greedy(maximumLength: 2), seed: Seed(1))
    }
    #expect(error?.description.contains("the student reads 1 to 100") == true)
  }
}
