internal import Plugins
internal import Records
package import Core

/// What a sweep's file says of how its settings are chosen, key by key; `SweepTuning` reads it.
package struct TuningKeys: DefaultedConfiguration {
  var axes: ConfigurationValue = .null
  var cases: ConfigurationValue = .null
  var seeds = 2
  var metric: String?
  var random: Int?
  var halving = false

  /// A sweep in which nothing is chosen.
  package init() {}

  /// The keys of `tune`.
  package static let keys: [String: KeyDeclaration] = [
    "axes": KeyDeclaration(
      .described(
        "a map from keys to lists of values or, with random, {logUniform: [a, b]} or {uniform: [a, b]}"
      ),
      "which values of which keys every case is tried with; every combination, or draws"),
    "cases": KeyDeclaration(
      .described("a map from cases to such maps"),
      "cases that are tried with other values; {} for one that stays as it is"),
    "seeds": .integer(
      1...1000, "how often every value is tried, with seeds of its own", unit: "seeds"),
    "metric": .text("what decides, by its name in metrics.jsonl; the task's headline if left out"),
    "random": .integer(
      1...10_000, "how many draws are tried in place of every combination", unit: "draws"),
    "halving": .flag(
      "whether all are tried with fewer steps first, and the better half goes on with twice as many"
    ),
  ]
}
