internal import Tensors

/// Says what to reinforce: one advantage a token of each response of a batch.
///
/// The seam for plug-ins: register a conforming value in `ObjectiveContext.advantageEstimators` and name it in a
/// component's signals as `plugIn(name)`. Takes and returns whole batches.
public protocol AdvantageEstimator: Sendable {
  /// The advantages of a batch.
  ///
  /// - Parameter batch: The responses by group and slot.
  /// - Returns: For each group, for each response, one advantage a token.
  /// - Throws: `ObjectiveError.missing` where a response lacks a signal that is needed.
  func advantages(of batch: SignalBatch) throws -> [[[Double]]]

  /// What knows the advantages of a batch: the estimator itself unless it has to ask somebody else, which it does here.
  ///
  /// - Parameter batch: The responses that count in the loss, as `advantages(of:)` will be given them.
  /// - Returns: An estimator that can say them at once.
  /// - Throws: What went wrong on the way.
  func asked(about batch: SignalBatch) async throws -> any AdvantageEstimator
}

extension AdvantageEstimator {
  /// Itself.
  public func asked(about batch: SignalBatch) async throws -> any AdvantageEstimator { self }
}

/// What somebody else said of a batch.
package struct KnownAdvantages: AdvantageEstimator {
  private let values: [[[Double]]]

  /// Advantages that are known: for each group, for each response, one a token.
  package init(_ values: [[[Double]]]) { self.values = values }

  /// The advantages of the batch that was asked about.
  package func advantages(of batch: SignalBatch) throws -> [[[Double]]] { values }
}

/// `A_t = λ(log q − log π_b) − (log π_old − log π_b)`, discounted: what a teacher would reinforce.
///
/// With λ = 1 and γ = 0 the mean of −A over sampled tokens estimates the reverse KL divergence, and
/// `E[A_t ∇log π] = −∇KL(π‖q)` at each prefix.
///
/// Source: Video-OPD, arXiv:2602.02994, eq. 5.
package struct TeacherAdvantage: AdvantageEstimator {
  /// The settings.
  package var settings: TeacherSignal

  /// An estimator with settings.
  package init(_ settings: TeacherSignal = TeacherSignal()) { self.settings = settings }

  /// The advantages of a batch.
  ///
  /// With `base: current` the part that is known before training: `log q` and the reference's.
  package func advantages(of batch: SignalBatch) throws -> [[[Double]]] {
    try batch.groups.map { try $0.map { discounted(try perToken($0)) } }
  }

  private func perToken(_ response: ResponseSignals) throws(ObjectiveError) -> [Double] {
    let teacher = try teacherLogProbabilities(response)
    let base = settings.base == .behaviour ? response.behaviour : nil
    let lambda = settings.extrapolation
    guard lambda != 1 else {
      return teacher.indices.map { teacher[$0] - (base?[$0] ?? 0) }
    }
    guard let reference = response.reference else {
      throw .missing(.reference, response.promptID)
    }
    return teacher.indices.map { t in
      let beyond = lambda * (teacher[t] - reference[t])
      return beyond - ((base?[t] ?? 0) - reference[t])
    }
  }

  /// log q of each token, of the whole class where the token ends a response.
  private func teacherLogProbabilities(
    _ response: ResponseSignals
  ) throws(ObjectiveError) -> [Double] {
    guard var teacher = response.teacher else { throw .missing(.teacher, response.promptID) }
    for (t, token) in response.tokens.enumerated() where settings.stopTokens.contains(token) {
      guard let rows = response.teacherRows else {
        throw .missing(.teacherRows, response.promptID)
      }
      let row = rows.read(t..<t + 1, as: Double.self)
      teacher[t] = logSumExp(settings.stopTokens.map { Rows.readable(row[$0]) })
    }
    return teacher
  }

  private func discounted(_ values: [Double]) -> [Double] {
    guard settings.discount != 0 else { return values }
    var result = values
    for t in values.indices.dropLast().reversed() {
      result[t] += settings.discount * result[t + 1]
    }
    return result
  }
}

/// The same advantage at every token: a control, or imitation.
package struct ConstantAdvantage: AdvantageEstimator {
  /// The advantage.
  package var value: Double

  /// An estimator that always says `value`.
  package init(_ value: Double) { self.value = value }

  /// The advantages of a batch.
  package func advantages(of batch: SignalBatch) throws -> [[[Double]]] { batch.uniform(value) }
}
