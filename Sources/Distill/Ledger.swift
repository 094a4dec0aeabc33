package import Dispatch
package import Student
package import Teacher

/// What a run cost, by what it was spent on.
package struct Ledger: Sendable, Hashable, Codable {
  /// What cost can be for.
  package enum Account: String, Sendable, Hashable, Codable, CaseIterable {
    /// Sampling responses.
    case rollout
    /// The student's forward and backward passes.
    case student
    /// Scoring by the teacher.
    case teacher
    /// Scoring by the frozen reference.
    case reference
    /// Judging by a reward that is a network.
    case reward
    /// Choosing prompts and keyframes.
    case selection
    /// Evaluation.
    case evaluation
    /// Measurements that training does not need.
    case diagnostics
    /// Training a teacher that was not there.
    case teacherTraining
  }

  /// Floating-point operations by account.
  package private(set) var flops: [String: Double] = [:]
  /// Wall seconds by account.
  package var seconds: [String: Double] = [:]
  /// Tokens the student sampled for training.
  package var rolloutTokens = 0
  /// Tokens a teacher scored.
  package var scoredTokens = 0
  /// What asking a live teacher cost; `nil` with a teacher in process.
  package var service: ServiceCosts?
  /// What a student elsewhere cost; `nil` with a student in process.
  package var student: LearnerCosts?

  /// Nothing spent yet.
  package init() {}

  /// All floating-point operations but those of evaluation and diagnostics, which no method needs.
  package var trainingFlops: Double {
    let aside = [Account.evaluation.rawValue, Account.diagnostics.rawValue]
    return flops.filter { !aside.contains($0.key) }.values.sorted().reduce(0, +)
  }

  /// Notes operations.
  package mutating func spend(_ account: Account, flops count: Double) {
    flops[account.rawValue, default: 0] += count
  }

  /// Notes operations and the time since `start`.
  package mutating func charge(_ account: Account, flops count: Double, since start: DispatchTime) {
    spend(account, flops: count)
    spend(account, seconds: start.elapsed)
  }

  /// Notes time.
  package mutating func spend(_ account: Account, seconds count: Double) {
    seconds[account.rawValue, default: 0] += count
  }
}
