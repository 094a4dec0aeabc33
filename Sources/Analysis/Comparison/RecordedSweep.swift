internal import Storage

/// What a sweep's frozen plan says of its arms, for those who compare them.
struct RecordedSweep: Sendable, Decodable {
  /// One of its runs.
  struct Run: Sendable, Decodable {
    var arm: String
    var seed: Int
  }

  /// Its runs, whether begun or not.
  var runs: [Run]?
  /// The names of the factors that its cases and axes are.
  var factors: [String]?
  /// The level of each factor, in their order, by arm.
  var levels: [String: [String]]?
  /// The arm that the others are compared to, if the sweep names one.
  var baseline: String?

  /// The level of each factor by its name; none for an arm of another sweep.
  func levels(of arm: String) -> [String: String] {
    guard let factors, let own = levels?[arm], own.count == factors.count else { return [:] }
    return Dictionary(zip(factors, own)) { first, _ in first }
  }
}

extension RecordedSweep {
  /// The plan in a folder; `nil` where there is none.
  init?(in folder: String) {
    guard let plan = try? JSONLines.readWhole(folder + "/plan.json", as: RecordedSweep.self) else {
      return nil
    }
    self = plan
  }
}

extension RunArchive {
  /// The plan of the folders: of several sweeps, what they have in common.
  ///
  /// Arms of a folder without a plan, or with other factors, have no levels.
  var sweep: RecordedSweep {
    let places = folders.contains(home) ? folders : folders + [home]
    let plans = places.compactMap { RecordedSweep(in: $0) }
    guard var result = plans.first else { return RecordedSweep() }
    for plan in plans.dropFirst() {
      guard plan.factors == result.factors else { return RecordedSweep() }
      result.levels = (result.levels ?? [:]).merging(plan.levels ?? [:]) { first, _ in first }
    }
    return result
  }
}
