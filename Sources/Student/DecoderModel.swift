internal import Networks
internal import Core
internal import Tensors

/// A decoder without weights: what it reads, how its work is divided, and what the work costs.
struct DecoderModel: Sendable {
  /// The words it reads and writes.
  let vocabulary: Vocabulary
  /// The network.
  let decoder: Decoder<Float>
  /// How prompts become input rows.
  let encoder: PromptEncoder

  /// A decoder of a shape.
  ///
  /// - Precondition: Widths and counts agree.
  init(_ decoder: DecoderConfiguration, _ encoder: PromptEncoder, _ vocabulary: Vocabulary) {
    precondition(
      decoder.vocabularySize == vocabulary.count && decoder.features == encoder.width,
      "The decoder reads \(decoder.vocabularySize) tokens and \(decoder.features) features, "
        + "not \(vocabulary.count) and \(encoder.width).")
    self.decoder = Decoder(decoder)
    self.encoder = encoder
    self.vocabulary = vocabulary
  }

  /// What work costs.
  func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double {
    let branches = groups.compactMap { try? branch($0) }
    let forward = decoder.flops(branches)
    return phase == .training ? 3 * forward : forward
  }

  func branch(_ group: RolloutGroup) throws -> Branch {
    Branch(prompt: try encoder.rows(group.prompt), responses: group.rollouts.map(\.tokens))
  }

  /// About as many rows as a prompt has in the decoder's input.
  func rows(of prompt: Prompt) -> Int {
    prompt.visible.frames * encoder.tokensPerFrame + prompt.tokens.count
  }

  /// Neighbouring groups of about 320 rows together: enough for the product kernel, few enough for the caches.
  func blocks(_ groups: [RolloutGroup]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = 0
    var rows = 0
    for (index, group) in groups.enumerated() {
      let own = self.rows(of: group.prompt) + group.rollouts.reduce(0) { $0 + $1.tokens.count }
      if rows > 0, rows + own > 360 {
        result.append(start..<index)
        start = index
        rows = 0
      }
      rows += own
    }
    if start < groups.count { result.append(start..<groups.count) }
    return result
  }
}
