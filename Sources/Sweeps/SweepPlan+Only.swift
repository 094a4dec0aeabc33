internal import Core

/// A part of a sweep: some of its arms, and what they start from.
extension SweepPlan {
  /// The arms that are named, by themselves or as all arms of a case, and those that they need.
  ///
  /// - Throws: `SweepError` for a name that no arm has.
  package func arms(named names: [String]) throws -> Set<String> {
    var wanted: Set<String> = []
    for name in names {
      let own = arms.filter { $0 == name || $0.hasPrefix(name + "+") }
      guard !own.isEmpty else { throw unknown(name) }
      wanted.formUnion(own)
    }
    let needs = Dictionary(runs.map { ($0.arm, $0.needs) }) { first, _ in first }
    var count = -1
    while wanted.count > count {
      count = wanted.count
      wanted.formUnion(wanted.flatMap { needs[$0] ?? [] })
    }
    return wanted
  }

  /// The same sweep without the runs of other arms.
  package func keeping(_ wanted: Set<String>) -> SweepPlan {
    var part = self
    part.arms = arms.filter(wanted.contains)
    part.runs = runs.filter { wanted.contains($0.arm) }
    return part
  }

  private func unknown(_ name: String) -> SweepError {
    let known =
      arms + Set(arms.compactMap { $0.split(separator: "+").first.map(String.init) }).sorted()
    let nearest = nearestName(to: name, in: known)
    return SweepError.unusable(
      nil, file: "--only", "the sweep has no arm or case '\(name)'",
      nearest.map { "Did you mean '\($0)'?" } ?? "Choose from \(arms.joined(separator: ", ")).")
  }
}
