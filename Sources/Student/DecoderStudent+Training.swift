internal import Networks
package import Core
internal import Tensors

/// What a decoder keeps while it is trained: the gradient since the last update, moments, an average of the weights.
struct DecoderTraining: Sendable {
  var gradient: GradientShards
  /// Whether `gradient` holds something that no update has taken yet.
  var isPending = false
  /// `nil` before the first update.
  var optimizer: AdamW<Float>?
  /// `nil` before the first update that asks for it.
  var average: [Float]?

  init(layout: ParameterLayout) { gradient = GradientShards(layout: layout) }
}

extension DecoderStudent {
  /// Everything.
  package var abilities: LearnerAbilities { .all }

  /// Adds the gradient of a loss to what has been accumulated since the last update.
  package mutating func accumulate(
    _ groups: [RolloutGroup], _ loss: some ResponseLoss
  ) throws -> LossReport {
    let filling: GradientShards.Filling = training.isPending ? .adding : .anew
    training.gradient.detach(filling)
    // What a loss that throws leaves behind is no gradient of anything.
    training.isPending = false
    let report = try differentiate(groups, loss, into: training.gradient, filling)
    training.isPending = true
    return report
  }

  /// Moves the weights by what has been accumulated.
  package mutating func update(_ step: UpdateStep) -> UpdateReport {
    if step.averageShare != nil, training.average == nil { training.average = parameters.values }
    guard training.isPending else { return UpdateReport(norm: 0, isApplied: false) }
    // Taken out and put back: moments that two places hold would be copied by every update.
    var optimizer = training.optimizer.take() ?? AdamW(count: parameters.layout.count)
    optimizer.settings = step.optimizer.constants
    // Put back afterwards: a frozen part has no gradient, but weight decay would move it.
    let frozen = configuration.encoder?.frozen(in: parameters.layout) ?? []
    let kept = frozen.map { parameters.values[$0] }
    let norm = training.gradient.apply(
      &optimizer, to: &parameters.values, learningRate: step.learningRate)
    for (range, values) in zip(frozen, kept) { parameters.values[range] = values }
    training.optimizer = optimizer
    training.isPending = false
    if let share = step.averageShare, norm.isFinite { moveAverage(Float(share)) }
    return UpdateReport(norm: norm, isApplied: norm.isFinite)
  }

  private mutating func moveAverage(_ share: Float) {
    guard var average = training.average.take() else { return }
    for (index, value) in parameters.values.enumerated() {
      average[index] += share * (value - average[index])
    }
    training.average = average
  }

  /// What it is now or on average, for good.
  ///
  /// - Throws: `LearnerError.unable` for another model.
  package func snapshot(_ weights: SnapshotWeights) throws(LearnerError) -> any Policy {
    try policy(of: weights)
  }

  /// What it is now or on average, for good.
  func policy(of weights: SnapshotWeights) throws(LearnerError) -> DecoderPolicy {
    guard weights != .teacher else { throw .unable(to: "show a teacher beside it") }
    guard weights == .average, let average = training.average else { return frozen() }
    var values = parameters
    values.values = average
    return DecoderPolicy(model, model.weights(values, for: .inference))
  }

  /// Weights, moments and average.
  package func save(as name: String) -> LearnerState {
    var blobs = [LearnerState.Blob(LearnerState.parameters, parameters.values)]
    if let average = training.average { blobs.append(.init(LearnerState.average, average)) }
    guard let optimizer = training.optimizer else { return LearnerState(blobs: blobs) }
    blobs.append(.init(LearnerState.firstMoments, optimizer.firstMoments))
    blobs.append(.init(LearnerState.secondMoments, optimizer.secondMoments))
    return LearnerState(blobs: blobs, optimizerUpdates: optimizer.steps)
  }

  /// Goes on from a saved state.
  package mutating func restore(_ state: LearnerState) throws {
    let count = parameters.layout.count
    let sizes = state.blobs.map(\.values.count)
    guard let values = state[LearnerState.parameters], sizes.allSatisfy({ $0 == count }) else {
      throw LearnerError.misfit(
        holds: sizes.first { $0 != count } ?? 0, needs: count)
    }
    parameters.values = values
    training = DecoderTraining(layout: parameters.layout)
    training.average = state[LearnerState.average]
    guard let first = state[LearnerState.firstMoments],
      let second = state[LearnerState.secondMoments]
    else { return }
    var optimizer = AdamW<Float>(count: count)
    optimizer.restore(
      steps: state.optimizerUpdates, firstMoments: first, secondMoments: second)
    training.optimizer = optimizer
  }

  /// Forgets moments or average.
  package mutating func reset(_ memory: LearnerMemory) {
    if memory.contains(.optimizer) { training.optimizer = nil }
    if memory.contains(.average) { training.average = nil }
  }

  /// A digest of the weights.
  package func fingerprint() -> String {
    var hash = ContentHash()
    hash.append(reals: parameters.values)
    if let base = model.base { hash.append(base.checksum) }
    return hash.hexadecimal()
  }
}

extension OptimizerSettings {
  fileprivate var constants: AdamW<Float>.Settings {
    AdamW.Settings(
      beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay, clipNorm: clipNorm)
  }
}
