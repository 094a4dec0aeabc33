/// A column that tells arms apart: a name, a level of a factor, the labels that are used.
struct ArmColumn: Sendable {
  /// Its heading.
  let title: String
  /// What it says of an arm.
  let cell: @Sendable (ComparedArm) -> String

  /// Levels of factors in place of the name that is made of them, and labels where they are known.
  static func forPeople(of comparison: Comparison) -> [ArmColumn] {
    let names = comparison.factors.count > 1 ? factors(of: comparison) : [name]
    return names + (comparison.arms.contains { $0.labels != nil } ? [labels("–")] : [])
  }

  /// The name, every factor, and labels.
  static func forPrograms(of comparison: Comparison) -> [ArmColumn] {
    [name] + factors(of: comparison) + [labels("")]
  }

  private static let name = ArmColumn(title: "arm") { $0.name }

  private static func labels(_ unknown: String) -> ArmColumn {
    ArmColumn(title: "labels") { $0.labels ?? unknown }
  }

  private static func factors(of comparison: Comparison) -> [ArmColumn] {
    comparison.factors.map { factor in
      ArmColumn(title: factor) { $0.levels[factor] ?? "–" }
    }
  }
}
