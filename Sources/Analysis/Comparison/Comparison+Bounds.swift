package import Core
internal import Records
internal import Statistics
internal import Storage

extension Bound {
  /// The file of a run that lists them.
  package static let file = "bounds.json"
}

extension RunArchive {
  /// The bounds of the headline that all runs share; none for another metric, or where runs say different things.
  func bounds(of metric: String) -> [Bound] {
    guard let first = runs.first, runs.allSatisfy({ $0.headline == metric }) else { return [] }
    let read = { (run: RecordedRun) in
      (try? JSONLines.readWhole(run.path + "/" + Bound.file, as: [Bound].self))
        ?? []
    }
    let bounds = read(first)
    // A seed may draw its own data: then there is no one line to draw.
    return runs.allSatisfy { read($0) == bounds } ? bounds : []
  }
}

extension Comparison {
  /// The highest floor that an arm's value does not reach, where there is one.
  func bound(over arm: ComparedArm) -> Bound? {
    let measure = Metric(metric)
    return bounds.filter { bound in
      bound.isFloor && (arm.value.map { !measure.isBetter($0.value, than: bound.value) } ?? false)
    }.max { measure.isBetter($1.value, than: $0.value) }
  }

  /// Which arms a reader of one sentence has to be warned of.
  var warning: String? {
    let under = arms.compactMap { arm in bound(over: arm).map { (arm.name, $0) } }
    guard let (_, highest) = under.max(by: { $0.1.value < $1.1.value }) else { return nil }
    return "No better than '\(highest.name)' (\(Quantity.metric(highest.value))) or another bound: "
      + under.map(\.0).joined(separator: ", ") + "."
  }
}
