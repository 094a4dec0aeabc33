/// One level of one factor: where an arm stands in the space that the cases and axes of a sweep span.
package struct FactorLevel: Sendable, Hashable {
  /// The factor: `case`, or the last word of an axis' key.
  package var factor: String
  /// The level, in the words of the arm's name.
  package var level: String

  /// The factors of some arms with the level of each; `nil` where they are not the same for all, or none.
  static func table(
    _ points: [[FactorLevel]], arms: [String]
  ) -> (names: [String], levels: [String: [String]])? {
    guard let names = points.first?.map(\.factor), !names.isEmpty,
      Set(names).count == names.count, points.allSatisfy({ $0.map(\.factor) == names })
    else { return nil }
    let levels = zip(arms, points).map { ($0, $1.map(\.level)) }
    return (names, Dictionary(levels) { first, _ in first })
  }
}
