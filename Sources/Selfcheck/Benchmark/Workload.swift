internal import Networks
package import Core
package import Student
internal import Tensors

/// The sizes of a benchmark; the defaults are the reference workload.
package struct WorkloadSizes: Sendable, Hashable, Codable {
  /// Prompts a step.
  package var prompts = 8
  /// Answers a prompt.
  package var group = 8
  /// Feature rows of a prompt.
  package var frames = 48
  /// Words of a prompt.
  package var query = 16
  /// Tokens of an answer.
  package var answer = 12
  /// Tokens of the vocabulary.
  package var vocabulary = 512
  /// Layers of the student.
  package var layers = 4
  /// Width of the student.
  package var width = 256
  /// Query heads of the student.
  package var heads = 8
  /// Key-value heads of the student.
  package var keyValueHeads = 4
  /// Inner width of the student's feed-forward part.
  package var hidden = 688

  /// The reference workload.
  package init() {}

  /// Another width of the student with the proportions of the reference: heads 32 wide, half as many for keys and values.
  ///
  /// - Precondition: `width` is a multiple of 64.
  package mutating func setWidth(_ width: Int) {
    precondition(width > 0 && width.isMultiple(of: 64), "\(width) is no multiple of 64.")
    self.width = width
    heads = width / 32
    keyValueHeads = width / 64
    hidden = 43 * width / 16
  }
}

/// Everything a benchmark's phases work on.
package struct Workload: Sendable {
  /// The sizes.
  package let sizes: WorkloadSizes
  /// The student.
  package var student: DecoderStudent
  /// The teacher's policy: 6 layers of 384.
  package let teacher: DecoderPolicy
  /// The prompts.
  package let prompts: [Prompt]

  /// Numbers of an encoded feature row.
  static let featureWidth = 96

  /// A workload with random weights and prompts.
  package init(_ sizes: WorkloadSizes = WorkloadSizes(), seed: Seed = Seed(0)) {
    self.sizes = sizes
    let octaves = 6
    let encoder = PromptEncoder(
      channels: Self.featureWidth - 3 - 2 * octaves, tokensPerFrame: 1, timeOctaves: octaves)
    let vocabulary = Vocabulary(
      words: (0..<sizes.vocabulary).map { "w\($0)" }, end: "w\(sizes.vocabulary - 1)")
    let student = DecoderConfiguration(
      vocabularySize: sizes.vocabulary, layers: sizes.layers, width: sizes.width,
      heads: sizes.heads, keyValueHeads: sizes.keyValueHeads, hidden: sizes.hidden,
      features: Self.featureWidth, positions: sizes.frames + sizes.query + sizes.answer)
    let teacher = DecoderConfiguration(
      vocabularySize: sizes.vocabulary, layers: 6, width: 384, heads: 8, keyValueHeads: 4,
      hidden: 1024, features: Self.featureWidth,
      positions: sizes.frames + sizes.query + sizes.answer)
    self.student = DecoderStudent(
      decoder: student, encoder: encoder, tokenizer: vocabulary,
      parameters: DecoderStudent.initialParameters(student, seed: seed.derived("student")))
    self.teacher = DecoderStudent(
      decoder: teacher, encoder: encoder, tokenizer: vocabulary,
      parameters: DecoderStudent.initialParameters(teacher, seed: seed.derived("teacher"))
    ).frozen()
    prompts = (0..<sizes.prompts).map {
      Self.prompt($0, sizes, channels: encoder.channels, seed.derived("prompt", $0))
    }
  }

  private static func prompt(
    _ index: Int, _ sizes: WorkloadSizes, channels: Int, _ seed: Seed
  ) -> Prompt {
    var generator = seed.generator()
    let features = FrameFeatures(
      values: (0..<sizes.frames * channels).map { _ in Float(generator.normal()) },
      tokensPerFrame: 1, channels: channels, timestamps: (0..<sizes.frames).map(Double.init),
      duration: Double(sizes.frames))
    return Prompt(
      id: "prompt-\(index)", video: "video-\(index)", query: "",
      tokens: (0..<sizes.query).map { _ in generator.integer(below: sizes.vocabulary) },
      evidence: features, truth: [])
  }

  var sampling: SamplingSettings {
    SamplingSettings(
      group: sizes.group, temperature: 1, maximumLength: sizes.answer, ignoresEnd: true)
  }
}
