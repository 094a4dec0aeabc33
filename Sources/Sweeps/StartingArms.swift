internal import Core
internal import Plugins
internal import Records

extension ConfigurationValue {
  /// The configuration with another arm of its sweep at a place that names one.
  func naming(_ arm: String, at place: [String]) throws -> ConfigurationValue {
    let path = place + ["arm"]
    return try ConfigurationOverride(
      argument: "\(path.joined(separator: "."))=\(arm)", path: path,
      value: ConfigurationValue(.string(arm))
    ).applied(to: self)
  }
}

/// The arms of a sweep, each with the full names of the arms that it needs: from whose student it starts, who judges its answers
/// or chooses its frames.
///
/// `student: {from: {arm: base}}` may name a case: every value of an axis then starts from the case with the same values, where
/// there is such an arm.
struct StartingArms {
  /// The arms in their order.
  private(set) var arms: [SweepArms.Arm]
  private let file: SweepFile

  /// Settles who starts from whom.
  ///
  /// - Throws: `SweepError` for an arm that nobody knows, or one that would wait for itself.
  init(_ arms: [SweepArms.Arm], _ file: SweepFile) throws {
    self.arms = arms
    self.file = file
    let names = Set(arms.map(\.name))
    for (place, arm) in arms.enumerated() {
      for needed in arm.planned.configuration.namedArms {
        let written = needed.name
        let name = [twin(of: arm, case: written), written].first(where: names.contains)
        guard let name else { throw unknown(written, arm.name, arms.map(\.name)) }
        self.arms[place].planned.configuration = try self.arms[place].planned.configuration
          .naming(name, at: needed.place)
      }
    }
    try refuseCircles()
  }

  /// The name of an arm with the axes' values of this one and another case.
  private func twin(of arm: SweepArms.Arm, case name: String) -> String {
    name + arm.name.dropFirst(arm.combination.caseName?.count ?? 0)
  }

  private func unknown(_ name: String, _ arm: String, _ known: [String]) -> SweepError {
    let nearest = nearestName(to: name, in: known)
    return SweepError.unusable(
      nil, file: file.path, "'\(arm)' needs the arm '\(name)', which there is not",
      nearest.map { "Did you mean '\($0)'?" } ?? "Choose from \(known.joined(separator: ", ")).")
  }

  private func refuseCircles() throws {
    let needed = Dictionary(
      uniqueKeysWithValues: arms.map {
        ($0.name, Set($0.planned.configuration.namedArms.map(\.name)))
      })
    for arm in arms {
      var reached = needed[arm.name] ?? []
      var count = -1
      while reached.count > count {
        count = reached.count
        reached.formUnion(reached.flatMap { needed[$0] ?? [] })
      }
      guard reached.contains(arm.name) else { continue }
      throw SweepError.unusable(
        nil, file: file.path, "the arm '\(arm.name)' would need itself",
        "Let it need an arm that begins with fresh weights.")
    }
  }
}
