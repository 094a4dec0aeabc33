internal import Records
internal import Statistics

/// The result of a comparison in words.
struct Verdict: Sendable {
  /// The metric that decides.
  let metric: String
  /// The arms.
  let arms: [ComparedArm]
  /// The others against the baseline.
  let contrasts: [Contrast]

  /// The level at which a difference counts as seen.
  static let level = 0.05

  /// Fewer seeds give no verdict: how far training differs from seed to seed cannot be told from three or four numbers.
  static let fewestSeeds = 5

  /// Whether a value is printed as 0, which nobody leads with.
  static func isNothing(_ value: Double) -> Bool { abs(value) < 0.0005 }

  /// What a stranger should know after one sentence.
  var sentence: String {
    let measure = Metric(metric)
    let scored = arms.compactMap { arm in arm.value.map { (arm, $0) } }
    guard let best = scored.max(by: { measure.isBetter($1.1.value, than: $0.1.value) }) else {
      return "Nothing has been measured yet."
    }
    let value = "\(measure.title) \(Quantity.metric(best.1.value))"
    guard measure.isBetterWhenLower || !Self.isNothing(best.1.value) else {
      return "No arm has learned anything: the best value is \(value)."
    }
    guard scored.count > 1 else { return "\(best.0.name) reaches \(value)." }
    guard let contrast = contrasts.first(where: { $0.arm == best.0.name }) else {
      return againstBaseline(best.0.name, value)
    }
    guard !contrast.isSeen else { return contrast.verdict }
    let certain = contrasts.first { $0.isSeen && isBetter($0) }
    return ([contrast] + [certain].compactMap { $0 }).map(\.verdict).joined(separator: " ")
  }

  /// Whether the arm does better than the baseline on average.
  private func isBetter(_ contrast: Contrast) -> Bool {
    contrast.difference.map { Metric(metric).isBetter($0.value, than: 0) } ?? false
  }

  /// The baseline is best: says whether any arm is seen to be worse.
  private func againstBaseline(_ name: String, _ value: String) -> String {
    let worse = contrasts.filter { $0.isSeen && !isBetter($0) }.map(\.arm)
    guard !worse.isEmpty else {
      return "\(name) is ahead with \(value), but no arm is seen to differ from it."
    }
    let beaten = worse.count == contrasts.count && worse.count > 1 ? "every other arm" : nil
    return "\(name) is best with \(value): it beats \(beaten ?? worse.joined(separator: ", "))."
  }
}

extension Contrast {
  /// Whether the arms differ at the level of the verdict, after correction.
  var isSeen: Bool {
    pairs >= Verdict.fewestSeeds && (correctedPValue.map { $0 < Verdict.level } ?? false)
  }

  /// The contrast in words.
  func sentence(_ metric: String) -> String {
    let measure = Metric(metric)
    guard let difference else { return "\(arm) and \(baseline) have no seed in common yet." }
    let change = "\(measure.title) \(Quantity.signed(difference.value))"
    guard let p = correctedPValue else {
      return "\(arm) against \(baseline): \(change) on one seed, which proves nothing."
    }
    guard pairs >= Verdict.fewestSeeds else {
      return "\(arm) against \(baseline): \(change) on \(pairs) seeds, and a verdict takes"
        + " \(Verdict.fewestSeeds)."
    }
    guard isSeen else { return unseen(change, p) }
    let verb = measure.isBetter(difference.value, than: 0) ? "beats" : "loses to"
    let ends = "[\(Quantity.signed(difference.lower)), \(Quantity.signed(difference.upper))]"
    return "\(arm) \(verb) \(baseline): \(change) \(ends) over \(pairs) paired seeds"
      + " (\(Quantity.pValue(p)))."
  }

  private func unseen(_ change: String, _ p: Double) -> String {
    let limit =
      minimumDetectableEffect.map {
        "; \(pairs) seeds show differences above \(Quantity.metric($0))"
      } ?? "; \(pairs) seeds are too few to show any"
    return "No difference seen between \(arm) and \(baseline): \(change)"
      + " (\(Quantity.pValue(p)))\(limit)."
  }
}
