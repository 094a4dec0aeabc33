internal import Student
internal import Core

/// The answers a step learns from, with what was said of them and the part each group plays.
struct StepBatch {
  /// The groups; the parts that compare inputs stand behind the groups they belong to.
  private(set) var groups: [ScoredGroup] = []
  /// What part each group plays.
  private(set) var roles: [GroupRole] = []

  /// The groups that answer what the policy should learn from, without copies in disorder.
  var principal: [ScoredGroup] {
    zip(groups, roles).filter { $1 == .ordered || $1 == .given }.map(\.0)
  }

  /// The answers alone.
  var rollouts: [RolloutGroup] {
    groups.map { RolloutGroup(prompt: $0.prompt, rollouts: $0.rollouts.map(\.rollout)) }
  }

  /// Adds one question's groups: the principal one, then those compared with it.
  mutating func append(_ principal: Int, of other: StepBatch) {
    let place = groups.count
    groups.append(other.groups[principal])
    roles.append(other.roles[principal])
    for (index, role) in other.roles.enumerated() {
      switch role {
      case .disordered(of: principal): roles.append(.disordered(of: place))
      case .placebo(of: principal): roles.append(.placebo(of: place))
      default: continue
      }
      groups.append(other.groups[index])
    }
  }

  /// Adds a group.
  mutating func append(_ group: ScoredGroup, _ role: GroupRole) {
    groups.append(group)
    roles.append(role)
  }

  /// The groups of each update: those that train, all of them once an inner step, or in mini-batches.
  ///
  /// - Parameters:
  ///   - trained: Which groups count in the loss.
  ///   - settings: How many inner steps and mini-batches there are.
  /// - Returns: Indices of groups; nothing where no group trains.
  static func parts(trained: [Bool], _ settings: TrainerSettings) -> [[Int]] {
    let counted = trained.indices.filter { trained[$0] }
    let size = max(1, (counted.count + settings.miniBatches - 1) / settings.miniBatches)
    return (0..<settings.innerSteps).flatMap { _ in
      stride(from: 0, to: counted.count, by: size).map {
        Array(counted[$0..<min($0 + size, counted.count)])
      }
    }
  }
}
