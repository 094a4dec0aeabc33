/// Arms as a report calls them: the keys of axes that every arm has are left out, "opd+tad" for `opd+selector=tad`.
struct ArmNames: Sendable {
  private let short: [String: String]

  /// Names for the arms of a sweep.
  init(_ arms: [String]) {
    let parts = arms.map { $0.split(separator: "+").map { $0.split(separator: "=", maxSplits: 1) } }
    let counts = Set(parts.map(\.count))
    let columns = counts.count == 1 ? Array(0..<(counts.first ?? 0)) : []
    let known = columns.filter { column in
      parts.allSatisfy { $0[column].count == 2 && $0[column][0] == parts[0][column][0] }
    }
    let names = parts.map { arm in
      arm.enumerated().map { known.contains($0) ? String($1[1]) : $1.joined(separator: "=") }
        .joined(separator: "+")
    }
    // A sweep over one number keeps "budget=8": "8" alone says nothing.
    let isClear = known.count < columns.count && Set(names).count == arms.count
    short = Dictionary(zip(arms, isClear ? names : arms)) { one, _ in one }
  }

  /// What an arm is called.
  subscript(_ arm: String) -> String { short[arm] ?? arm }

  /// Whether the name of an arm says a level of one of its factors.
  func says(_ level: String, of arm: String) -> Bool {
    self[arm].split(separator: "+").contains { $0 == level || $0.hasSuffix("=" + level) }
  }

  /// A sentence with what arms are called in it.
  func shortened(_ text: String) -> String {
    short.keys.filter { short[$0] != $0 && text.contains($0) }.sorted {
      ($1.count, $0) < ($0.count, $1)
    }
    .reduce(text) { $0.replacing($1, with: self[$1]) }
  }
}
