package import Networks
package import Core
internal import Tensors

extension DecoderStudent {
  /// The gradient of a loss in the frames that prompts show, for whoever computes those frames or their scores.
  ///
  /// Reaches the rows of kept frames and, where a selector set gates (`straightThrough`), the gates: TAD's scores.
  ///
  /// - Parameters:
  ///   - groups: Prompts with the responses the loss is about.
  ///   - loss: What to differentiate.
  /// - Returns: One gradient a prompt.
  /// - Throws: `LearnerError.unable` of a student that chooses frames itself; what is wrong with a prompt, or what the loss throws.
  /// - Complexity: A forward and a backward pass a prompt; the parameters' gradient is computed and dropped.
  package func evidenceGradients(
    _ groups: [RolloutGroup], loss: some ResponseLoss
  ) throws -> [EvidenceGradient] {
    guard model.gate == nil,
      let encoder = embedder as? PromptEncoder ?? (embedder as? TextPrompts)?.frames
    else {
      throw LearnerError.unable(to: "tell how its loss depends on frames")
    }
    let weights = policy(for: .training).weights
    var dropped = [Float](repeating: 0, count: parameters.layout.count)
    return try groups.enumerated().map { index, group in
      let branch = try model.branch(group, weights)
      let sink = GradientSink<Float>()
      try TapePool.withTape { tape in
        try weights.run(tape, addingGradientTo: &dropped) { tape in
          try model.decoder.pass([branch], on: tape, differentiating: true, features: sink) {
            _, response, logits in
            _ = try loss.evaluate(group: index, slot: response, logits: &logits)
          }
        }
      }
      return encoder.evidenceGradient(group.prompt, rows: sink.values.map { Double($0) })
    }
  }
}
