package import Core

/// What the trainer tells an objective besides the scored responses.
package struct ObjectiveContext: Sendable {
  /// The step, which names the random streams of the batch.
  package var step: Int
  /// Where random controls and coins draw from.
  package var seed: Seed
  /// The most tokens a response can have.
  package var maximumLength: Int
  /// The most memory a response's teacher rows may take at a time, bytes.
  package var chunkBytes: Int
  /// What part each group plays; empty means that all are ordered.
  package var roles: [GroupRole]
  /// Plug-ins by name.
  package var advantageEstimators: [String: any AdvantageEstimator]
  /// Plug-ins by name.
  package var policyGradientLosses: [String: any PolicyGradientLoss]

  /// A context.
  package init(
    step: Int = 0, seed: Seed = Seed(0), maximumLength: Int = 0, chunkBytes: Int = 64 << 20,
    roles: [GroupRole] = [],
    advantageEstimators: [String: any AdvantageEstimator] = [:],
    policyGradientLosses: [String: any PolicyGradientLoss] = [:]
  ) {
    self.step = step
    self.seed = seed
    self.maximumLength = maximumLength
    self.chunkBytes = chunkBytes
    self.roles = roles
    self.advantageEstimators = advantageEstimators
    self.policyGradientLosses = policyGradientLosses
  }

  /// The length for `sequenceMeanTokenSumNorm` in a batch: the sampling limit, or the longest response.
  func limit(of batch: SignalBatch) -> Int {
    let longest = batch.groups.joined().map(\.length).max() ?? 1
    return maximumLength > 0 ? maximumLength : longest
  }
}
