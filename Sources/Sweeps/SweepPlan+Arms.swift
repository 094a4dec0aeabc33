internal import Core
internal import Plugins
internal import Records

extension SweepPlan {
  /// The arms of a sweep, each with its whole configuration and the arm that it starts from.
  ///
  /// - Throws: `SweepError`, or what `settle` throws.
  static func arms(
    of file: SweepFile, settle: (ConfigurationValue) throws -> PlannedRun
  ) throws -> [SweepArms.Arm] {
    var worked = SweepArms(file)
    var applied: Set<Int> = []
    for combination in try SweepCombination.all(of: file) {
      guard let configuration = try file.configuration(of: combination, &applied) else { continue }
      let label = combination.choice.label
      try worked.add(
        SweepArms.Arm(
          name: label.isEmpty ? file.name : label, combination: combination,
          written: configuration, planned: try settle(configuration)))
    }
    if let idle = file.conditions.indices.first(where: { !applied.contains($0) }) {
      throw file.conditions[idle].useless(cases: file.cases.map(\.label), file: file.path)
    }
    let arms = try StartingArms(worked.list, file).arms
    guard !arms.isEmpty else {
      throw SweepError.unusable(
        nil, file: file.path, "every combination is dropped", "Relax the rules of 'when'.")
    }
    return arms
  }
}

extension SweepFile {
  /// The configuration of a combination, or `nil` if a rule drops it; the numbers of rules that apply join `applied`.
  func configuration(
    of combination: SweepCombination, _ applied: inout Set<Int>
  ) throws -> ConfigurationValue? {
    var configuration = try base.changed(by: combination.choice.changes)
    for (number, rule) in conditions.enumerated()
    where rule.holds(case: combination.caseName, configuration) {
      applied.insert(number)
      guard let changes = rule.changes else { return nil }
      configuration = try configuration.changed(by: changes)
    }
    configuration = try configuration.changed(by: combination.tuned)
    var result = try configuration.changed(by: set)
    result = try overrides.settled(by: \.path).reduce(result) { try $1.applied(to: $0) }
    try refuseFalseName(combination, configuration, result)
    return result
  }

  /// The arm that a sweep names as `baseline`: an arm, or the first one of a case.
  ///
  /// - Throws: `SweepError` for a name that is neither.
  func baseline(among arms: [SweepArms.Arm]) throws -> String? {
    guard let baseline else { return nil }
    let named = arms.first { $0.name == baseline }
    if let arm = named ?? arms.first(where: { $0.combination.caseName == baseline }) {
      return arm.name
    }
    let nearest = nearestName(to: baseline, in: arms.map(\.name) + cases.map(\.label))
    throw SweepError.unusable(
      nil, file: path, "the baseline '\(baseline)' is neither an arm nor a case",
      nearest.map { "Did you mean '\($0)'?" } ?? "Name one of them, or leave 'baseline' out.")
  }
}
