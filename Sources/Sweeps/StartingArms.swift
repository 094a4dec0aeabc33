internal import Core
internal import Plugins
internal import Records

extension ConfigurationValue {
  /// The key under which a run names the arm whose student it starts from.
  static let startingArmPath = ["student", "from", "arm"]

  /// The arm of the same sweep whose student a run starts from, if it does.
  var startingArm: String? { value(at: Self.startingArmPath)?.string }
}

/// The arms of a sweep, each with the full name of the arm that it starts from.
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
      guard let written = arm.planned.configuration.startingArm else { continue }
      let name = [twin(of: arm, case: written), written].first(where: names.contains)
      guard let name else { throw unknown(written, arm.name, arms.map(\.name)) }
      self.arms[place].planned.configuration = try arm.planned.configuration.starting(from: name)
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
      nil, file: file.path, "'\(arm)' starts from the arm '\(name)', which there is not",
      nearest.map { "Did you mean '\($0)'?" } ?? "Choose from \(known.joined(separator: ", ")).")
  }

  private func refuseCircles() throws {
    let starts = Dictionary(
      uniqueKeysWithValues: arms.map { ($0.name, $0.planned.configuration.startingArm) })
    for arm in arms {
      var name = arm.name
      for _ in arms {
        guard let next = starts[name] ?? nil else { break }
        name = next
        guard name != arm.name else {
          throw SweepError.unusable(
            nil, file: file.path, "the arm '\(name)' would start from itself",
            "Let it start from an arm that begins with fresh weights.")
        }
      }
    }
  }
}
