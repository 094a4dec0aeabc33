internal import Core
internal import Networks
internal import Tensors

/// Frames that a student chooses itself, by what its own encoder makes of them.
///
/// The choice is part of the policy, π(y|x) = decoder(y | chosen(x)), and made anew from the weights whenever the policy is asked:
/// sampling, scoring and training at the same weights see the same frames with the same gates.
extension DecoderModel {
  /// Prompts with the frames in view that the weights choose of those that were in view; as they come where nobody chooses.
  ///
  /// - Returns: Of each prompt whose frames are chosen: the frames there were to choose from as evidence, the kept ones, their gates.
  /// - Throws: `PromptEncodingError`.
  /// - Complexity: The encoder on every frame.
  func shown(_ prompts: [Prompt], _ weights: PassWeights) throws -> [Prompt] {
    guard let gate, let encoder = embedder as? PromptEncoder else { return prompts }
    return try Parallel.map(chunks: prompts.count) { index in
      let prompt = prompts[index]
      guard prompt.gates == nil else { throw PromptEncodingError.gatedTwice(prompt: prompt.id) }
      var shown = prompt.withAllEvidence
      shown.evidence = prompt.visible
      try encoder.check(prompt, shown.evidence)
      guard shown.evidence.frames > 0 else { return prompt }
      let chosen = gate.choose(
        encoded(encoder.channels(of: shown.evidence), weights),
        tokensPerFrame: encoder.tokensPerFrame, channels: encodedWidth)
      (shown.keyframes, shown.gates) = (chosen.indices, chosen.gates)
      return shown
    }
  }

  /// Groups whose prompts show the frames that the weights choose.
  func shown(_ groups: [RolloutGroup], _ weights: PassWeights) throws -> [RolloutGroup] {
    guard gate != nil else { return groups }
    return zip(groups, try shown(groups.map(\.prompt), weights)).map { group, prompt in
      RolloutGroup(prompt: prompt, rollouts: group.rollouts)
    }
  }

  /// The rows of a prompt that shows what was chosen: gates of the decoder's own encoder stand beside them.
  ///
  /// - Throws: What is wrong with the prompt.
  func rows(_ prompt: Prompt, _ weights: PassWeights) throws -> PromptRows {
    if let pictures = embedder as? PicturePrompts { return try pictures.rows(prompt, weights) }
    guard gate != nil, let gates = prompt.gates, let encoder = embedder as? PromptEncoder else {
      return try embedder.rows(prompt)
    }
    var plain = prompt
    plain.gates = nil
    var rows = try encoder.rows(plain)
    rows.gated = GatedRows(
      gates: gates, tokensPerFrame: encoder.tokensPerFrame,
      candidates: encoder.channels(of: prompt.evidence), before: encoder.rowsBefore(prompt))
    return rows
  }

  /// The same group with as many frames in view as are chosen, for counting what it costs.
  func sized(_ group: RolloutGroup) -> RolloutGroup {
    guard let gate else { return group }
    let kept = gate.kept(of: group.prompt.visible.frames)
    let frames = group.prompt.keyframes ?? Array(0..<group.prompt.evidence.frames)
    return RolloutGroup(
      prompt: group.prompt.showing(Array(frames.prefix(kept))), rollouts: group.rollouts)
  }

  /// What choosing the frames of a prompt costs; in training also the way back of gates, with all frames encoded once more.
  func choiceFlops(of prompt: Prompt, _ phase: WorkPhase) -> Double {
    guard let gate, let encoder = embedder as? PromptEncoder, let shape else { return 0 }
    let frames = prompt.keyframes?.count ?? prompt.evidence.frames
    let once =
      Double(frames * encoder.tokensPerFrame) * shape.flops
      + gate.flops(
        frames: frames, tokensPerFrame: encoder.tokensPerFrame, channels: encodedWidth)
    return phase == .training && gate.setsGates && !shape.isFrozen ? 4 * once : once
  }

  private var shape: RowEncoder? { decoder.configuration.encoder }
  private var encodedWidth: Int { shape?.width ?? 0 }

  /// What the encoder makes of rows of channels.
  private func encoded(_ channels: [Float], _ weights: PassWeights) -> [Double] {
    let width = shape?.channels ?? 1
    return TapePool.withTape { tape in
      weights.run(tape) { tape in
        let rows = tape.input(channels, rows: channels.count / width, columns: width)
        return tape.values(decoder.encode(rows, on: tape)).map { Double($0) }
      }
    }
  }
}
