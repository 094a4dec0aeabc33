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
  private(set) var embedder: any PromptEmbedder
  /// What training leaves as it is; `nil` where everything is trained.
  let base: FrozenBase?
  /// Chooses frames by the rows that the decoder's encoder makes of them; `nil` where prompts are shown as they come.
  let gate: (any FrameGate)?

  /// A decoder of a shape.
  ///
  /// - Precondition: Widths and counts agree.
  init(
    _ decoder: DecoderConfiguration, _ embedder: any PromptEmbedder, _ tokenizer: any Tokenizer,
    base: FrozenBase? = nil, gate: (any FrameGate)? = nil
  ) {
    precondition(
      decoder.vocabularySize >= tokenizer.count && decoder.features == embedder.width,
      "The decoder reads \(decoder.vocabularySize) tokens and \(decoder.features) features, "
        + "not \(tokenizer.count) and \(embedder.width).")
    precondition(
      gate == nil || decoder.encoder != nil && embedder is PromptEncoder,
      "Without an encoder of frames there are no rows to choose by.")
    self.decoder = Decoder(decoder, gate: gate)
    self.gate = gate
    self.embedder = embedder
    self.tokenizer = tokenizer
    self.base = base
  }

  /// The same model that makes rows another way, of the same width.
  func reading(by embedder: any PromptEmbedder) -> DecoderModel {
    var model = self
    model.embedder = embedder
    return model
  }

  /// What work costs.
  func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double {
    let branches = groups.map { sized($0) }.compactMap { group in
      (try? embedder.outline(group.prompt)).map {
        Branch(prompt: $0, responses: group.rollouts.map(\.tokens))
      }
    }
    let forward = decoder.flops(branches)
    let choosing = groups.reduce(0) {
      $0 + choiceFlops(of: $1.prompt, phase) + embedder.flops(of: $1.prompt, phase)
    }
    // Frozen weights have no gradient of their own: the way back is as long as the way there.
    return choosing + (phase == .training ? (base == nil ? 3 : 2) * forward : forward)
  }

  /// What a pass computes with, where parameters are what is trained.
  func weights(_ parameters: Parameters<Float>, for purpose: WeightPurpose) -> PassWeights {
    base?.adapted(parameters, for: purpose) ?? .own(Weights(parameters, for: purpose))
  }
}
