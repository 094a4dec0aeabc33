internal import Networks
package import Core
internal import Tensors

/// A decoder whose weights stay as they are: it answers and scores, but is not trained.
///
/// Only the weights as the products read them are kept: what a teacher or a reference takes is half of what a student that
/// only answers would.
package struct DecoderPolicy: Policy {
  let model: DecoderModel
  let weights: PassWeights

  /// A policy with weights that somebody has prepared.
  init(_ model: DecoderModel, _ weights: PassWeights) {
    self.model = model
    self.weights = weights
  }

  /// The words it reads and writes.
  package var tokenizer: any Tokenizer { model.tokenizer }

  /// How many numbers its weights are.
  package var parameterCount: Int { weights.count }

  /// A multiplication and an addition a weight.
  package var flopsPerToken: Double { 2 * Double(parameterCount) }

  /// Samples `settings.group` answers to each prompt.
  package func sample(
    _ prompts: [Prompt], settings: SamplingSettings, seed: Seed
  ) throws -> [RolloutGroup] {
    let shown = try model.shown(prompts, weights)
    // A token's bits do not depend on what is sampled beside it: few parts read the weights less often, and small ones keep
    // their memory bounded however many prompts there are.
    let answers = prompts.count * settings.group * settings.maximumLength
    let rows = shown.reduce(answers) { $0 + model.embedder.count($1) }
    let parts = split(prompts.count, parts: max(Parallel.threads, rows / Self.sampledRows))
    let chunks = try Parallel.map(chunks: parts.count) { part in
      let own = prompts[parts[part]]
      let rows = try shown[parts[part]].map { try model.rows($0, weights) }
      let seeds = own.map { prompt in
        (0..<settings.group).map { seed.derived(prompt.stream, $0) }
      }
      let samples = TapePool.withTape { tape in
        weights.run(tape) { tape in
          model.decoder.sample(
            rows, seeds: seeds, temperature: settings.temperature,
            filter: settings.filter, ends: settings.ignoresEnd ? [] : model.tokenizer.ends,
            maximumLength: settings.maximumLength,
            on: tape)
        }
      }
      return zip(own, samples).map(group)
    }
    return chunks.flatMap { $0 }
  }

  private func group(_ prompt: Prompt, _ samples: [Sample]) -> RolloutGroup {
    RolloutGroup(
      prompt: prompt,
      rollouts: samples.enumerated().map { slot, sample in
        Rollout(
          promptID: prompt.id, slot: slot, tokens: sample.tokens,
          logProbabilities: sample.logProbabilities, finish: sample.ended ? .stop : .length)
      })
  }

  /// log π of every token of every response.
  package func logProbabilities(
    _ groups: [RolloutGroup], temperature: Double
  ) throws -> [[[Float]]] {
    let width = model.decoder.configuration.vocabularySize
    return try read(groups) { group, response, logits in
      _ = Rows.logSoftmax(&logits, width: width, temperature: temperature)
      var result: [Float] = []
      for (position, token) in group.rollouts[response].tokens.enumerated() {
        result.append(logits[position * width + token])
      }
      return result
    }
  }

  /// log π of every token of every response, and of the k likeliest at each position.
  ///
  /// - Complexity: Beside the pass, one look at each logit; no rows are kept.
  func likeliest(
    _ k: Int, _ groups: [RolloutGroup], temperature: Double
  ) throws -> [[TeacherScore]] {
    let width = model.decoder.configuration.vocabularySize
    return try read(groups) { group, response, logits in
      _ = Rows.logSoftmax(&logits, width: width, temperature: temperature)
      var sampled: [Float] = []
      var top: [[ScoredToken]] = []
      for (position, token) in group.rollouts[response].tokens.enumerated() {
        sampled.append(logits[position * width + token])
        var likeliest = LikeliestTokens(k)
        for other in 0..<width { likeliest.add(other, logits[position * width + other]) }
        top.append(likeliest.tokens)
      }
      return TeacherScore(sampled: sampled, top: top)
    }
  }

  /// log π over the whole vocabulary at every position of every response: what a teacher made of this policy says.
  package func vocabularyRows(
    _ groups: [RolloutGroup], temperature: Double
  ) throws -> [[DenseVocabularyRows]] {
    let width = model.decoder.configuration.vocabularySize
    return try read(groups) { _, _, logits in
      _ = Rows.logSoftmax(&logits, width: width, temperature: temperature)
      var values: [Float] = []
      values.reserveCapacity(logits.count)
      for index in 0..<logits.count { values.append(logits[index]) }
      return DenseVocabularyRows(vocabularySize: width, values: values)
    }
  }

  private func read<Result: Sendable>(
    _ groups: [RolloutGroup],
    _ body: @Sendable (RolloutGroup, _ response: Int, inout MutableSpan<Float>) throws -> Result
  ) throws -> [[Result]] {
    try eachBlock(groups) { own, block, tape in
      var results: [[Result]] = block.map { _ in [] }
      try model.decoder.pass(
        model.branches(block, of: own, weights), on: tape, differentiating: false
      ) { index, response, logits in
        let share = block[index]
        results[index].append(
          try body(own[share.group], share.responses.lowerBound + response, &logits))
      }
      return results
    }
  }

  /// The last hidden states of every response, T·width numbers each.
  func hiddenRows(_ groups: [RolloutGroup]) throws -> [[[Float]]] {
    try eachBlock(groups) { own, block, tape in
      var results: [[[Float]]] = block.map { _ in [] }
      let branches = try model.branches(block, of: own, weights)
      model.decoder.hiddenRows(branches, on: tape) { index, _, rows in
        results[index].append(rows)
      }
      return results
    }
  }

  /// Runs a pass over each block, and puts together what it gives for the responses of each share.
  private func eachBlock<Result: Sendable>(
    _ groups: [RolloutGroup],
    _ body: @Sendable ([RolloutGroup], [BlockShare], Tape<Float>) throws -> [[Result]]
  ) throws -> [[Result]] {
    let groups = try model.shown(groups, weights)
    let parts = split(groups.count, parts: GradientShards.standardCount)
    let chunks = try Parallel.map(chunks: parts.count) { part in
      let own = Array(groups[parts[part]])
      var results: [[Result]] = own.map { _ in [] }
      for block in model.blocks(own, differentiating: false) {
        let found = try TapePool.withTape { tape in
          try weights.run(tape) { try body(own, block, $0) }
        }
        for (share, values) in zip(block, found) { results[share.group] += values }
      }
      return results
    }
    return chunks.flatMap { $0 }
  }

  /// What work costs.
  package func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double {
    model.flops(of: groups, phase)
  }

  private func split(_ count: Int, parts: Int) -> [Range<Int>] {
    GradientShards.parts(count, count: parts).filter { !$0.isEmpty }
  }

  /// Rows of prompts and answers, about, that are sampled together.
  private static var sampledRows: Int { 1024 }
}
