internal import Foundation
package import Plugins

/// One case of a sweep while its settings are chosen.
struct TuningCase: Sendable {
  /// Its name, or the sweep's where there are no cases.
  let name: String
  /// Its arms: the values of the sweep's axes.
  let arms: [SweepArms.Arm]
  /// What it is tried with.
  let candidates: [SweepChoice]
  /// How many cases have to be chosen one after the other before this one can be tried.
  let level: Int

  /// What is known of each candidate.
  private(set) var values: [TunedValue]
  /// The candidate that was taken.
  private(set) var best: Int?
  /// Those that are tried with the present number of steps.
  private(set) var remaining: [Int]

  private let rounds: Int
  private var round = 0

  init(_ name: String, _ arms: [SweepArms.Arm], level: Int, _ tuning: SweepTuning) {
    self.name = name
    self.arms = arms
    self.level = level
    candidates = tuning.candidates(of: name)
    values = candidates.map { TunedValue(set: $0.changes) }
    remaining = Array(candidates.indices)
    var rounds = 1
    while tuning.halves, 1 << rounds < candidates.count { rounds += 1 }
    self.rounds = rounds
  }

  /// The share of its steps that every run makes now.
  var share: Double { pow(0.5, Double(rounds - 1 - round)) }

  /// Takes note of the scores of one candidate: of each arm and seed, `nil` for a run that did not end well.
  mutating func note(_ scores: [Double?], of candidate: Int) {
    values[candidate].share = share
    values[candidate].scores = scores.compactMap { $0 }
    values[candidate].failed = scores.count(where: { $0 == nil })
  }

  /// Ends a round: the better half goes on, or the best is taken.
  ///
  /// - Returns: Whether there was anything to choose from.
  mutating func advance(isLowerBetter: Bool) -> Bool {
    let sign = isLowerBetter ? -1.0 : 1
    func isBetter(_ one: Int, _ other: Int) -> Bool {
      let (mine, theirs) = (values[one].mean, values[other].mean)
      guard let mine, let theirs, mine != theirs else {
        return mine == nil || theirs == nil ? mine != nil && theirs == nil : isSmaller(one, other)
      }
      return sign * mine > sign * theirs
    }
    let ranked = remaining.sorted(by: isBetter)
    guard let first = ranked.first, values[first].mean != nil || candidates.count == 1 else {
      return false
    }
    round += 1
    if round == rounds {
      best = first
    } else {
      remaining = Array(ranked.prefix((ranked.count + 1) / 2))
    }
    return true
  }

  /// Whether a candidate's numbers are the smaller ones; the one written first where they are no numbers.
  private func isSmaller(_ one: Int, _ other: Int) -> Bool {
    for pair in candidates[one].changes.pairs {
      guard let mine = pair.value.real, let theirs = candidates[other].changes[pair.key]?.real,
        mine != theirs
      else { continue }
      return mine < theirs
    }
    return one < other
  }

  /// A sentence for each number that is the last one tried on its side: beyond it may be a better one.
  var edges: [String] {
    guard let best else { return [] }
    return candidates[best].changes.pairs.compactMap { pair in
      let tried = Set(candidates.compactMap { $0.changes[pair.key]?.real })
      guard tried.count > 1, let value = pair.value.real, let low = tried.min(),
        let high = tried.max(),
        value == low || value == high
      else { return nil }
      let side = value == low ? "smallest" : "largest"
      return "\(name): \(pair.value.text) is the \(side) value of '\(pair.key)' that was tried;"
        + " try \(value == low ? "smaller" : "larger") ones."
    }
  }
}

/// A value that was tried, and what came of it.
package struct TunedValue: Sendable, Hashable {
  /// What it changes, by dotted key.
  package var set: ConfigurationMap
  /// The metric of every run that ended well: arms of the case, then seeds.
  package var scores: [Double] = []
  /// Runs that did not end well.
  package var failed = 0
  /// The share of the steps with which it was tried last.
  package var share = 1.0

  /// The mean of the scores; `nil` where a run did not end well, or none was made.
  package var mean: Double? {
    guard failed == 0, !scores.isEmpty else { return nil }
    return scores.reduce(0, +) / Double(scores.count)
  }
}
