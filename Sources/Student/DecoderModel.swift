internal import Networks
internal import Core
internal import Tensors

/// A decoder without weights: what it reads, how its work is divided, and what the work costs.
struct DecoderModel: Sendable {
  /// The words it reads and writes.
  let tokenizer: any Tokenizer
  /// The network.
  let decoder: Decoder<Float>
  /// How prompts become input rows.
  let embedder: any PromptEmbedder
  /// What training leaves as it is; `nil` where everything is trained.
  let base: FrozenBase?

  /// A decoder of a shape.
  ///
  /// - Precondition: Widths and counts agree.
  init(
    _ decoder: DecoderConfiguration, _ embedder: any PromptEmbedder, _ tokenizer: any Tokenizer,
    base: FrozenBase? = nil
  ) {
    precondition(
      decoder.vocabularySize >= tokenizer.count && decoder.features == embedder.width,
      "The decoder reads \(decoder.vocabularySize) tokens and \(decoder.features) features, "
        + "not \(tokenizer.count) and \(embedder.width).")
    self.decoder = Decoder(decoder)
    self.embedder = embedder
    self.tokenizer = tokenizer
    self.base = base
  }

  /// What work costs.
  func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double {
    let branches = groups.compactMap { try? branch($0) }
    let forward = decoder.flops(branches)
    // Frozen weights have no gradient of their own: the way back is as long as the way there.
    return phase == .training ? (base == nil ? 3 : 2) * forward : forward
  }

  /// What a pass computes with, where parameters are what is trained.
  func weights(_ parameters: Parameters<Float>, for purpose: WeightPurpose) -> PassWeights {
    base?.adapted(parameters, for: purpose) ?? .own(Weights(parameters, for: purpose))
  }
}
