package import Networks
package import Core
internal import Synchronization
package import Tensors

/// A student that is a decoder: prompts as feature rows and tokens, answers as tokens.
package struct DecoderStudent: Learner {
  var model: DecoderModel

  /// What training keeps besides the weights.
  var training: DecoderTraining

  /// What is trained.
  package var parameters: Parameters<Float> {
    didSet { generation = WeightsCache.nextGeneration() }
  }

  private(set) var generation: Int
  let cache: WeightsCache

  /// A student.
  ///
  /// - Parameters:
  ///   - decoder: The network's shape.
  ///   - encoder: How prompts become input rows; its width is the decoder's `features`.
  ///   - tokenizer: The words; as many as the decoder's `vocabularySize`.
  ///   - parameters: The weights to start from; see `initialParameters`.
  ///   - gate: Chooses frames of every prompt by the rows that the decoder's own encoder makes of them, at the weights of each
  ///     moment; prompts are shown as they come if left out.
  /// - Precondition: Widths and counts agree; with a gate there is an encoder.
  package init(
    decoder: DecoderConfiguration, encoder: PromptEncoder, tokenizer: any Tokenizer,
    parameters: Parameters<Float>, gate: (any FrameGate)? = nil
  ) {
    self.init(DecoderModel(decoder, encoder, tokenizer, gate: gate), parameters)
  }

  /// A student of a model, with what is trained of it.
  init(_ model: DecoderModel, _ parameters: Parameters<Float>) {
    self.model = model
    self.parameters = parameters
    generation = WeightsCache.nextGeneration()
    cache = WeightsCache()
    training = DecoderTraining(layout: parameters.layout)
  }

  /// The words it reads and writes.
  package var tokenizer: any Tokenizer { model.tokenizer }

  /// The network's shape.
  package var configuration: DecoderConfiguration { model.decoder.configuration }

  /// How prompts become input rows.
  package var embedder: any PromptEmbedder { model.embedder }

  /// A multiplication and an addition a weight, frozen ones among them.
  package var flopsPerToken: Double {
    2 * Double(parameters.layout.count + (model.base?.weights.layout.count ?? 0))
  }

  /// Weights to start from: matrices normal with variance 1 / inputs, those that write into the residual stream divided by
  /// √(2·layers), norms one, pointers zero: at first every answer that is pointed at is as likely as any other.
  ///
  /// A fixed deviation of 0.02 suits widths near 2,500; at the widths of small students it starts them in a plateau.
  /// Sources: LeCun et al., "Efficient backprop", §4.6; Radford et al., "Language models are unsupervised multitask
  /// learners", §2.3.
  package static func initialParameters(
    _ configuration: DecoderConfiguration, seed: Seed
  ) -> Parameters<Float> {
    var result = Parameters<Float>(zeros: configuration.layout)
    let residualShare = 1 / Double(2 * configuration.layers).squareRoot()
    for entry in configuration.layout.entries {
      // Sums over stretches of clips would begin as a wild liking for long ones or short ones.
      if entry.name == "pointers" { continue }
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

  /// What it is now, for good: a reference, or a teacher.
  package func frozen() -> DecoderPolicy {
    DecoderPolicy(model, model.weights(parameters, for: .inference))
  }

  /// What it is now, until the next update.
  package var policy: DecoderPolicy { policy(for: .inference) }

  func policy(for purpose: WeightPurpose) -> DecoderPolicy {
    DecoderPolicy(model, cache.weights(of: model, parameters, generation, for: purpose))
  }

  /// Samples `settings.group` answers to each prompt.
  package func sample(
    _ prompts: [Prompt], settings: SamplingSettings, seed: Seed
  ) throws -> [RolloutGroup] {
    try policy.sample(prompts, settings: settings, seed: seed)
  }

  /// log π of every token of every response.
  package func logProbabilities(
    _ groups: [RolloutGroup], temperature: Double
  ) throws -> [[[Float]]] {
    try policy.logProbabilities(groups, temperature: temperature)
  }

  /// How likely it finds each token of every response.
  package func score(
    _ groups: [RolloutGroup], support: TeacherSupport, temperature: Double
  ) throws -> [[TeacherScore]] {
    try policy.score(groups, support: support, temperature: temperature)
  }

  /// What work costs.
  package func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double {
    model.flops(of: groups, phase)
  }
}

/// Weights prepared for computing and memory for passes, kept from one call to the next.
final class WeightsCache: Sendable {
  private struct Prepared {
    var weights: PassWeights
    var generation: Int
  }

  private static let generations = Atomic(0)
  private let prepared = Mutex<Prepared?>(nil)
  static func nextGeneration() -> Int {
    generations.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// The prepared weights of a generation of parameters, made or refreshed where they are older or lack what is wanted.
  func weights(
    of model: DecoderModel, _ parameters: Parameters<Float>, _ generation: Int,
    for purpose: WeightPurpose
  ) -> PassWeights {
    prepared.withLock { prepared in
      guard var current = prepared.take() else {
        let made = model.weights(parameters, for: purpose)
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
