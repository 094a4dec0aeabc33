internal import Core
internal import Networks
internal import Student
internal import Tokenizers

/// A pretrained language model that says how much likelier captions make a text: what it is about, without labels.
struct CaptionReader: Sendable {
  /// A digest of its weights and of what it reads captions in.
  let identity: String

  private let policy: DecoderPolicy
  private let tokenizer: BytePairTokenizer

  /// What stands before a text, with a caption and without.
  ///
  /// What the text has without a caption is divided out, so that a rare word does not make it unlikely everywhere.
  private static let format = "{query}\nThis shows"

  /// A model, named as a student is; only this reads its weights.
  ///
  /// - Throws: `CheckpointError` or `TokenizerError` for a model that cannot be read.
  init(_ path: String) throws {
    let model = try PretrainedModel(path, positions: Self.positions)
    tokenizer = try BytePairTokenizer(of: model)
    policy = DecoderPolicy(
      model, tokenizer: tokenizer,
      prompts: try TextPrompts(
        format: Self.format, template: "plain", tokenizer: tokenizer, longest: Self.positions))
    identity = ContentHash.of([model.checksum, Self.format])
  }

  private static let positions = 512

  /// log p(text | caption) − log p(text), nats, one a caption; equal captions are read once.
  ///
  /// - Throws: `TextPromptError.length` for a caption that is a book.
  func gains(of text: String, given captions: [String]) throws -> [Double] {
    let different = Set(captions).sorted()
    let tokens = tokenizer.encode(" " + text)
    let groups = ([""] + different).map { caption in
      let prompt = Prompt(id: caption, video: "", query: caption, evidence: .none, truth: [])
      return RolloutGroup(
        prompt: prompt,
        rollouts: [
          Rollout(
            promptID: caption, slot: 0, tokens: tokens,
            logProbabilities: [Float](repeating: 0, count: tokens.count), finish: .length)
        ])
    }
    let sums = try policy.logProbabilities(groups, temperature: 1).map { group in
      group[0].reduce(0) { $0 + Double($1) }
    }
    let gains = Dictionary(
      zip(different, sums.dropFirst().map { $0 - sums[0] }), uniquingKeysWith: { first, _ in first }
    )
    return captions.map { gains[$0] ?? 0 }
  }
}
