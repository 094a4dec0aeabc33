public import Decoder
public import Rollouts
internal import Synchronization
public import Tensors

/// A student that is a decoder: prompts as feature rows and tokens, answers as tokens.
public struct DecoderStudent: StudentPolicy {
  /// The words it reads and writes.
  public let vocabulary: Vocabulary

  /// The network.
  public let decoder: Decoder<Float>

  /// How prompts become input rows.
  public let encoder: PromptEncoder

  /// What is trained.
  public var parameters: Parameters<Float> {
    didSet { generation = WeightsCache.nextGeneration() }
  }

  private(set) var generation: Int
  let cache: WeightsCache

  /// A student.
  ///
  /// - Parameters:
  ///   - decoder: The network's shape.
  ///   - encoder: How prompts become input rows; its width is the decoder's `features`.
  ///   - vocabulary: The words; as many as the decoder's `vocabularySize`.
  ///   - parameters: The weights to start from; see `initialParameters`.
  /// - Precondition: Widths and counts agree.
  public init(
    decoder: DecoderConfiguration, encoder: PromptEncoder, vocabulary: Vocabulary,
    parameters: Parameters<Float>
  ) {
    precondition(
      decoder.vocabularySize == vocabulary.count && decoder.features == encoder.width,
      "The decoder reads \(decoder.vocabularySize) tokens and \(decoder.features) features, "
        + "not \(vocabulary.count) and \(encoder.width).")
    self.decoder = Decoder(decoder)
    self.encoder = encoder
    self.vocabulary = vocabulary
    self.parameters = parameters
    generation = WeightsCache.nextGeneration()
    cache = WeightsCache()
  }

  /// Weights to start from: matrices normal with variance 1 / inputs, those that write into the residual stream divided by
  /// √(2·layers), norms one.
  ///
  /// A fixed deviation of 0.02 suits widths near 2,500; at the widths of small students it starts them in a plateau.
  /// Sources: LeCun et al., "Efficient backprop", §4.6; Radford et al., "Language models are unsupervised multitask
  /// learners", §2.3.
  public static func initialParameters(
    _ configuration: DecoderConfiguration, seed: Seed
  ) -> Parameters<Float> {
    var result = Parameters<Float>(zeros: configuration.layout)
    let residualShare = 1 / Double(2 * configuration.layers).squareRoot()
    for entry in configuration.layout.entries {
      if entry.shape.count == 1 {
        result[entry.name] = [Float](repeating: 1, count: entry.count)
        continue
      }
      let writesResidual = entry.name.hasSuffix("output") || entry.name.hasSuffix("down")
      let deviation =
        (writesResidual ? residualShare : 1) / Double(entry.shape[1]).squareRoot()
      var generator = seed.derived(entry.name).generator()
      result[entry.name] = (0..<entry.count).map { _ in Float(deviation * generator.normal()) }
    }
    return result
  }

  /// The same policy with prepared weights of its own: for a reference or a teacher that stays while this one learns.
  public func detached() -> DecoderStudent {
    DecoderStudent(
      decoder: decoder.configuration, encoder: encoder, vocabulary: vocabulary,
      parameters: parameters)
  }

  /// Samples `settings.group` answers to each prompt.
  public func sample(
    _ prompts: [Prompt], settings: SamplingSettings, seed: Seed
  ) throws -> [RolloutGroup] {
    let weights = cache.weights(parameters, generation, for: .inference)
    // A token's bits do not depend on what is sampled beside it: few parts read the weights less often, and small ones keep
    // their memory bounded however many prompts there are.
    let answers = prompts.count * settings.group * settings.maximumLength
    let rows = prompts.reduce(answers) { $0 + self.rows(of: $1) }
    let parts = split(prompts.count, parts: max(Parallel.threads, rows / Self.sampledRows))
    let chunks = try Parallel.map(chunks: parts.count) { part in
      let own = prompts[parts[part]]
      let rows = try own.map { try encoder.rows($0) }
      let seeds = own.map { prompt in
        (0..<settings.group).map { seed.derived(prompt.id, $0) }
      }
      let samples = TapePool.withTape { tape in
        tape.run(weights) { tape in
          decoder.sample(
            rows, seeds: seeds, temperature: settings.temperature,
            end: settings.ignoresEnd ? nil : vocabulary.end, maximumLength: settings.maximumLength,
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
  public func logProbabilities(
    _ groups: [RolloutGroup], temperature: Double
  ) throws -> [[[Float]]] {
    let width = vocabulary.count
    return try read(groups) { group, response, logits in
      _ = Rows.logSoftmax(&logits, width: width, temperature: temperature)
      var result: [Float] = []
      for (position, token) in group.rollouts[response].tokens.enumerated() {
        result.append(logits[position * width + token])
      }
      return result
    }
  }

  /// log π over the whole vocabulary at every position of every response: what a teacher made of this policy says.
  public func vocabularyRows(
    _ groups: [RolloutGroup], temperature: Double
  ) throws -> [[DenseVocabularyRows]] {
    let width = vocabulary.count
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
    let weights = cache.weights(parameters, generation, for: .inference)
    let parts = split(groups.count, parts: GradientShards.standardCount)
    let chunks = try Parallel.map(chunks: parts.count) { part in
      let own = Array(groups[parts[part]])
      var results: [[Result]] = own.map { _ in [] }
      for block in blocks(own) {
        let branches = try own[block].map { try branch($0) }
        try TapePool.withTape { tape in
          try tape.run(weights) { tape in
            try decoder.pass(branches, on: tape, differentiating: false) {
              index, response, logits in
              let group = block.lowerBound + index
              results[group].append(try body(own[group], response, &logits))
            }
          }
        }
      }
      return results
    }
    return chunks.flatMap { $0 }
  }

  /// The gradient of a loss in the parameters.
  public func differentiate(
    _ groups: [RolloutGroup], loss: some ResponseLoss, into gradient: inout GradientShards
  ) throws -> LossReport {
    let weights = cache.weights(parameters, generation, for: .training)
    let parts = GradientShards.parts(groups.count, count: gradient.count)
    let reports = try gradient.fill { part, tape, values in
      guard !parts[part].isEmpty else { return LossReport?.none }
      var report = LossReport()
      for block in blocks(Array(groups[parts[part]])) {
        let first = parts[part].lowerBound + block.lowerBound
        let branches = try groups[first..<first + block.count].map { try branch($0) }
        try tape.run(weights, addingGradientTo: &values) { tape in
          try decoder.pass(branches, on: tape, differentiating: true) { index, response, logits in
            report.add(
              try loss.evaluate(group: first + index, slot: response, logits: &logits))
          }
        }
      }
      return report
    }
    return reports.reduce(into: LossReport()) { $0.add($1) }
  }

  /// What work costs.
  public func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double {
    let branches = groups.compactMap { try? branch($0) }
    let forward = decoder.flops(branches)
    return phase == .training ? 3 * forward : forward
  }

  func branch(_ group: RolloutGroup) throws -> Branch {
    Branch(prompt: try encoder.rows(group.prompt), responses: group.rollouts.map(\.tokens))
  }

  private func split(_ count: Int, parts: Int) -> [Range<Int>] {
    GradientShards.parts(count, count: parts).filter { !$0.isEmpty }
  }

  /// Rows of prompts and answers, about, that are sampled together.
  private static var sampledRows: Int { 1024 }

  /// About as many rows as a prompt has in the decoder's input.
  private func rows(of prompt: Prompt) -> Int {
    prompt.visible.frames * encoder.tokensPerFrame + prompt.tokens.count
  }

  /// Neighbouring groups of about 320 rows together: enough for the product kernel, few enough for the caches.
  private func blocks(_ groups: [RolloutGroup]) -> [Range<Int>] {
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

/// Weights prepared for computing and memory for passes, kept from one call to the next.
final class WeightsCache: Sendable {
  private struct Prepared {
    var weights: Weights<Float>
    var generation: Int
  }

  private static let generations = Atomic(0)
  private let prepared = Mutex<Prepared?>(nil)
  static func nextGeneration() -> Int {
    generations.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// The prepared weights of a generation of parameters, made or refreshed where they are older or lack what is wanted.
  func weights(
    _ parameters: Parameters<Float>, _ generation: Int, for purpose: WeightPurpose
  ) -> Weights<Float> {
    prepared.withLock { prepared in
      guard var current = prepared.take() else {
        let made = Weights(parameters, for: purpose)
        prepared = Prepared(weights: made, generation: generation)
        return made
      }
      if current.generation != generation || current.weights.purpose < purpose {
        current.weights.refresh(parameters, for: purpose)
        current.generation = generation
      }
      prepared = current
      return current.weights
    }
  }
}
