internal import Tasks
internal import Core

extension RunContext {
  /// What selectors that need no data set are made with.
  static func withoutData(_ laboratory: Laboratory, seed: Seed) throws -> RunContext {
    let frame = FrameFeatures(
      values: [0], tokensPerFrame: 1, channels: 1, timestamps: [0], duration: 1)
    let prompt = Prompt(id: "", video: "", query: "", evidence: frame, truth: [])
    return RunContext(
      seed: seed, dataset: try Dataset(name: "none", train: [], dev: [prompt]),
      codec: DigitsCodec(step: 1, maximumDuration: 1).answers, laboratory: laboratory)
  }
}
