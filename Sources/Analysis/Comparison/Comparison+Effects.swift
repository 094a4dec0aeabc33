internal import Core

/// Differences that were asked for: those of one factor, or of some pairs of arms.
package struct AskedContrasts: Sendable, Hashable, Codable {
  /// What they are about, the heading of their table.
  package var title: String
  /// The differences; p-values are corrected for their number.
  package var contrasts: [Contrast]
}

extension Comparison {
  /// The factors of which the arms have more than one level.
  var variedFactors: [String] {
    factors.filter { factor in Set(arms.compactMap { $0.levels[factor] }).count > 1 }
  }

  /// Adds the differences between the levels of a factor, within each choice of the others' levels and on average over them.
  ///
  /// The level of the baseline, or the first, is what the others are compared to. Averages are taken seed by seed and question by
  /// question over the choices that have both levels.
  ///
  /// - Throws: `ComparisonError.unknownFactor`, or `.oneLevel` where there is nothing to compare.
  mutating func ask(effectOf factor: String) throws {
    guard factors.contains(factor) else {
      throw ComparisonError.unknownFactor(
        name: factor, nearest: nearestName(to: factor, in: factors), known: factors)
    }
    let places = arms.compactMap { arm in arm.levels[factor].map { (arm: arm, level: $0) } }
    var levels: [String] = []
    for place in places where !levels.contains(place.level) { levels.append(place.level) }
    let reference = arms.first { $0.name == baseline }?.levels[factor] ?? levels.first
    guard let reference, levels.count > 1 else {
      throw ComparisonError.oneLevel(factor: factor, level: levels.first ?? "")
    }
    let rows = levels.filter { $0 != reference }.flatMap { level in
      let pairs = places.filter { $0.level == level }.compactMap { place in
        places.first { $0.level == reference && isTwin($0.arm, place.arm, but: factor) }
          .map { (place.arm, $0.arm) }
      }
      return differences(of: pairs, "\(factor)=\(level)", against: "\(factor)=\(reference)")
    }
    asked.append(
      AskedContrasts(title: "effect of \(factor)", contrasts: Contrast.corrected(rows, metric)))
  }

  /// The differences of pairs of arms, their mean first where there are several.
  private func differences(
    of pairs: [(ComparedArm, ComparedArm)], _ level: String, against reference: String
  ) -> [Contrast] {
    let single = pairs.map { Contrast($0.0, against: $0.1, metric: metric) }
    guard pairs.count > 1 else { return single }
    let names = [level, reference].map { "\($0) (mean of \(pairs.count))" }
    let mean = Contrast(
      .pooled(pairs.map(\.0), called: names[0]), against: .pooled(pairs.map(\.1), called: names[1]),
      metric: metric)
    return [mean] + single
  }

  private func isTwin(_ one: ComparedArm, _ other: ComparedArm, but factor: String) -> Bool {
    factors.allSatisfy { $0 == factor || one.levels[$0] == other.levels[$0] }
  }

  /// Adds differences of pairs of arms.
  ///
  /// - Parameter pairs: Each `arm:other`.
  /// - Throws: `ComparisonError.unknownArm`.
  mutating func ask(pairs: [String]) throws {
    guard !pairs.isEmpty else { return }
    let rows = try pairs.map { pair in
      let (one, other) = try named(pair)
      return Contrast(one, against: other, metric: metric)
    }
    asked.append(AskedContrasts(title: "pairs", contrasts: Contrast.corrected(rows, metric)))
  }

  /// The arms of a pair; a name may have a colon in it.
  private func named(_ pair: String) throws -> (ComparedArm, ComparedArm) {
    let known = arms.map(\.name)
    for colon in pair.indices where pair[colon] == ":" {
      let names = [String(pair[..<colon]), String(pair[pair.index(after: colon)...])]
      let found = names.compactMap { name in arms.first { $0.name == name } }
      if found.count == 2 { return (found[0], found[1]) }
    }
    let parts = pair.split(separator: ":", maxSplits: 1).map(String.init)
    let lost = parts.first { !known.contains($0) } ?? pair
    throw ComparisonError.unknownArm(
      name: lost, nearest: nearestName(to: lost, in: known), known: known)
  }
}

extension ComparedArm {
  /// The mean of some arms, seed by seed and question by question: seeds that not all have are left out.
  static func pooled(_ arms: [ComparedArm], called name: String) -> ComparedArm {
    let scores = arms.map {
      Dictionary($0.scores.map { ($0.seed, $0.value) }) { first, _ in first }
    }
    var result = ComparedArm(name: name, scores: [])
    for seed in arms.first?.scores.map(\.seed) ?? [] {
      let values = scores.compactMap { $0[seed] }
      guard values.count == arms.count else { continue }
      result.scores.append(
        SeedScore(seed: seed, value: values.reduce(0, +) / Double(values.count)))
    }
    result.questions = .mean(of: arms.map(\.questions))
    return result
  }

  /// An arm of which nothing but the metric is known.
  private init(name: String, scores: [SeedScore]) {
    self.name = name
    self.scores = scores
    (summary, further, done, total) = (.mean, [:], scores.count, scores.count)
  }
}
