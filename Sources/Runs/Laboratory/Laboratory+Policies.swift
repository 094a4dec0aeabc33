internal import Networks
internal import Tasks
internal import Plugins
internal import Core
package import Student
internal import TAD

struct DecoderStudentParameters: PluginParameters {
  var layers = 3
  var width = 96
  var heads = 4
  var keyValueHeads = 2
  var hidden = 256
  var timeOctaves = 6
  var framePositions = FramePositions.row
  var timeSteps: Int?
  var order = PromptOrder.framesFirst
  var attention = PromptAttention.causal
  var pointers = false
  var encoder: RowEncoderParameters?

  /// What of a prompt comes first.
  enum PromptOrder: String, Codable, CaseIterable {
    case framesFirst
    case questionFirst
  }

  /// Which rows of a prompt a row of it sees.
  enum PromptAttention: String, Codable, CaseIterable {
    /// Those before it, and itself.
    case causal
    /// All.
    case prefix
  }

  /// What the rotary position of a frame is.
  enum FramePositions: String, Codable, CaseIterable {
    /// The number of its row: which of the kept frames it is.
    case row
    /// Its time as a share of the video.
    case time
  }

  static let keys: [String: KeyDeclaration] = [
    "layers": .integer(1...200, "layers of the decoder"),
    "width": .integer(2...16_384, "numbers of a hidden state"),
    "heads": .integer(1...1024, "heads of the queries; width is an even multiple of it"),
    "keyValueHeads": .integer(1...1024, "heads of keys and values; heads is a multiple of it"),
    "hidden": .integer(1...65_536, "numbers inside the feed-forward part"),
    "timeOctaves": .integer(0...32, "octaves of the time encoding of a frame"),
    "framePositions": .choice(
      FramePositions.self,
      "the rotary position of a frame: row (its place among those kept), time"),
    "timeSteps": .integer(
      1...1_000_000,
      "positions a whole video spans, of framePositions time; the most frames of a video"),
    "order": .choice(PromptOrder.self, "what of a prompt comes first"),
    "attention": .choice(
      PromptAttention.self,
      "what a row of a prompt sees: causal (rows before it), prefix (all rows of the prompt)"),
    "pointers": .flag(
      "whether tokens are also looked for in the frames that they name; of codecs with a token a time or a window"
    ),
    "encoder": .structure(
      RowEncoderParameters.self,
      "a network that every row of frames passes first, which learns with the decoder; none if left out"
    ),
  ]
}

extension Laboratory {
  mutating func registerPolicies() throws {
    try students.register(
      "decoder", summary: "a Llama-architecture decoder that reads frame features and words",
      parameters: DecoderStudentParameters.self
    ) { parameters, context in
      try decoderStudent(parameters, context)
    }
    try rewards.register(
      "grounding", summary: "a weighted sum of iou, timeR1, giou and format",
      parameters: GroundingRewardParameters.self
    ) { parameters, context in
      try GroundingReward(terms: parameters.terms, codec: context.codec)
    }
    try rewards.register(
      "quality", summary: "the task's own quality of an answer, 0 … 1",
      parameters: NoParameters.self
    ) { _, context in QualityReward(codec: context.codec) }
  }
}

struct GroundingRewardParameters: PluginParameters {
  var terms = ["timeR1": 1.0]

  static let keys: [String: KeyDeclaration] = [
    "terms": .map(
      of: .real(.any), by: GroundingTerm.allCases.map(\.rawValue),
      "weights of iou, timeR1, giou and format")
  ]
}

extension DecoderStudentParameters {
  /// How it departs from the plain decoder.
  fileprivate var variations: DecoderVariations? {
    guard attention == .prefix || pointers else { return nil }
    var variations = DecoderVariations()
    variations.hasPrefixAttention = attention == .prefix ? true : nil
    variations.hasPointers = pointers ? true : nil
    return variations
  }

  /// The tokens that point at frames.
  ///
  /// - Throws: `ConfigurationError.unusable` where the codec has no token a time.
  fileprivate func timeTokens(_ codec: AnswerCodec) throws -> TimeTokens? {
    guard pointers else { return nil }
    guard let tokens = (codec.task as? GroundingTask)?.codec.timeTokens else {
      throw ConfigurationError.unusable(
        path: "student.decoder.pointers",
        reason: "the codec has no token a time or a window; timeTokens and windowTokens have",
        source: nil)
    }
    return tokens
  }

  /// Refuses widths that heads cannot share.
  ///
  /// - Throws: `LaboratoryError.heads`.
  fileprivate func checkHeads() throws {
    guard width.isMultiple(of: heads), heads.isMultiple(of: keyValueHeads),
      (width / heads).isMultiple(of: 2)
    else {
      throw LaboratoryError.heads(width: width, heads: heads, keyValueHeads: keyValueHeads)
    }
  }

  /// How many rotary positions a video spans; `nil` where a position is the number of a row.
  ///
  /// - Throws: `LaboratoryError.timeSteps` for steps that are not positive, or that nothing would read.
  fileprivate func steps(for dataset: Dataset) throws -> Int? {
    if let timeSteps, timeSteps < 1 || framePositions == .row {
      throw LaboratoryError.timeSteps(timeSteps, positions: framePositions.rawValue)
    }
    guard framePositions == .time else { return nil }
    return timeSteps ?? max(1, dataset.mostFrames)
  }
}

/// A decoder for the data of a run, with fresh weights.
func decoderStudent(
  _ parameters: DecoderStudentParameters, _ context: RunContext
) throws -> DecoderStudent {
  let dataset = context.dataset
  let encoder = PromptEncoder(
    channels: dataset.channels, tokensPerFrame: dataset.tokensPerFrame,
    timeOctaves: parameters.timeOctaves, scale: dataset.featureScale,
    timeSteps: try parameters.steps(for: dataset),
    questionFirst: parameters.order == .questionFirst ? true : nil,
    timeTokens: try parameters.timeTokens(context.codec))
  try parameters.checkHeads()
  var configuration = DecoderConfiguration(
    vocabularySize: context.codec.tokenizer.count, layers: parameters.layers,
    width: parameters.width, heads: parameters.heads, keyValueHeads: parameters.keyValueHeads,
    hidden: parameters.hidden, features: encoder.width,
    // An answer, and for a self-teacher one more at the end of the question.
    positions: (encoder.timeSteps ?? 0) + dataset.longestPrompt + 2 * context.codec.maximumLength,
    variations: parameters.variations)
  configuration.encoder = try parameters.encoder?.encoder(of: dataset)
  return DecoderStudent(
    decoder: configuration, encoder: encoder, tokenizer: context.codec.tokenizer,
    parameters: DecoderStudent.initialParameters(
      configuration, seed: context.seed.derived("weights")),
    gate: try parameters.encoder?.tad.map { try TemporalApexDistillation($0) })
}

extension RunContext {
  /// A decoder for the data of a run, with fresh weights: what checks differentiate themselves.
  ///
  /// - Throws: `LaboratoryError` where the shape does not fit the data.
  package func decoder(layers: Int, width: Int, hidden: Int) throws -> DecoderStudent {
    var parameters = DecoderStudentParameters()
    (parameters.layers, parameters.width, parameters.hidden) = (layers, width, hidden)
    return try decoderStudent(parameters, self)
  }
}
