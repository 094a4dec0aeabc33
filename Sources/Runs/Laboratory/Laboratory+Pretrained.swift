internal import Core
internal import Networks
internal import Plugins
internal import Student
internal import Tokenizers

struct PretrainedParameters: PluginParameters {
  var path: String?
  var prompt = "{query}"
  var hinted = ""
  var template = "plain"
  var positions = 512
  var trained = Trained.lora
  var lora = Lora()

  /// What is trained of the model.
  enum Trained: String, Codable, CaseIterable {
    /// Low-rank changes beside frozen weights.
    case lora
    /// The weights themselves.
    case all
  }

  /// Low-rank changes, in PEFT's words.
  struct Lora: DefaultedConfiguration {
    var rank = 16
    var alpha = 32.0
    var targets: [String] = []
    var rankStabilised = false
  }

  var files: [String] { path.map { [$0] } ?? [] }

  static let documentation = [
    "path": "a GGUF file, or a folder of config.json, tokenizer.json and safetensors; mandatory",
    "prompt": "what is written before an answer; {query} and {duration} are filled in",
    "hinted": """
    what is written where a right answer may be seen (a self-teacher's evidence: answer), with {answer}; if left \
    out, the prompt answered once before
    """,
    "template":
      "the conversation it is a turn of: plain (none), chatml, smollm2, qwen, qwen2.5, llama3",
    "positions": "the most tokens of a prompt and its answer together",
    "trained": "lora: low-rank changes beside frozen weights; all: the weights themselves",
    "lora":
      "rank, alpha, targets (names of layers such as q_proj; every linear layer if left out), rankStabilised",
  ]

  /// The model; only headers are read.
  func model() throws -> PretrainedModel {
    guard let path else {
      throw LaboratoryError.mandatory(key: "path", why: "the student is the model that lies there")
    }
    return try PretrainedModel(path, positions: positions)
  }

  /// How prompts become text.
  func prompts(_ codec: AnswerCodec) throws -> TextPrompts {
    let longest = positions - codec.maximumLength
    guard longest > 0 else {
      throw LaboratoryError.positions(positions, answer: codec.maximumLength)
    }
    return try TextPrompts(
      format: prompt, hinted: hinted, template: template, tokenizer: codec.tokenizer,
      longest: longest)
  }

  /// What is trained beside frozen weights; `nil` where those are trained themselves.
  func adapter() throws -> AdapterConfiguration? {
    guard trained == .lora else { return nil }
    guard (1...4096).contains(lora.rank), lora.alpha.isFinite, lora.alpha > 0 else {
      throw LaboratoryError.lora(rank: lora.rank, alpha: lora.alpha)
    }
    var adapter = AdapterConfiguration(
      rank: lora.rank, alpha: lora.alpha,
      targets: lora.targets.isEmpty ? .allLinear : .names(lora.targets))
    adapter.isRankStabilised = lora.rankStabilised
    adapter.base = path
    return adapter
  }
}

extension Laboratory {
  /// Adds students that are language models from disk.
  mutating func registerPretrained() throws {
    let summary = "a pretrained language model that reads prompts as text"
    try tokenizers.register(
      "pretrained", summary: summary, parameters: PretrainedParameters.self
    ) { parameters, _ in
      let model = try parameters.model()
      let tokenizer = try BytePairTokenizer(of: model)
      guard !tokenizer.ends.isEmpty else { throw LaboratoryError.noEnd(path: model.path) }
      return tokenizer
    }
    try students.register(
      "pretrained", summary: summary, parameters: PretrainedParameters.self
    ) { parameters, context in
      try DecoderStudent(
        try parameters.model(), tokenizer: context.codec.tokenizer,
        prompts: try parameters.prompts(context.codec), adapter: try parameters.adapter(),
        seed: context.seed.derived("weights"))
    }
  }
}
