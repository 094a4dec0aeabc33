package import Core
internal import Networks
internal import Tensors

/// What an answer looked at.
package struct AttentionMap: Sendable, Hashable {
  /// For each layer and each token of the answer the share of every frame in view, 0 … 1, averaged over the heads; what is missing
  /// from 1 lies on words.
  package let layers: [[[Double]]]
  /// The frames, as the student was shown them.
  package let frames: FrameFeatures
}

extension DecoderPolicy {
  /// What the first answer of each group looked at.
  ///
  /// - Returns: A map a group; `nil` where a prompt shows no frames.
  /// - Throws: What is wrong with a prompt; `LearnerError.unable` for a model with pictures, of which a frame has as many rows as its
  ///   tiles make.
  package func attention(of groups: [RolloutGroup]) throws -> [AttentionMap?] {
    guard !(model.embedder is PicturePrompts) else {
      throw LearnerError.unable(to: "say how much of each picture it attends to")
    }
    return try zip(groups, model.shown(groups, weights)).map { group, shown -> AttentionMap? in
      let frames = shown.prompt.visible
      guard frames.frames > 0, let answer = group.rollouts.first?.tokens, !answer.isEmpty else {
        return nil
      }
      let rows = try model.rows(shown.prompt, weights)
      let before = (model.embedder as? PromptEncoder)?.rowsBefore(shown.prompt) ?? 0
      let layers = TapePool.withTape { tape in
        weights.run(tape) { model.decoder.attention(to: rows, of: answer, on: $0) }
      }
      let size = frames.tokensPerFrame
      return AttentionMap(
        layers: layers.map {
          $0.map { token in
            (0..<frames.frames).map { frame in
              let first = before + frame * size
              return token[first..<first + size].reduce(0) { $0 + Double($1) }
            }
          }
        }, frames: frames)
    }
  }
}
