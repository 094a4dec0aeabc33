internal import Core
package import Plugins

/// What tells two configurations apart as far as their results go.
package struct RunIdentity: Sendable {
  /// Keys that change no result: how many threads share the work, where measurements are remembered, how often is saved.
  private static let indifferent = ["threads", "cache", "checkpoint"]

  private let arm: String

  /// The identity of an arm: a configuration, whatever its seed.
  package init(_ configuration: ConfigurationValue) {
    var value = configuration
    for key in Self.indifferent + ["seed"] { value[key] = nil }
    // How often a run is looked at is its own business, unless a stage ends by what is seen then.
    if !Self.stopsByEvaluation(value) { value["evaluation"]?["every"] = nil }
    arm = ContentHash.of([ConfigurationFile.text(of: value)])
  }

  private static func stopsByEvaluation(_ value: ConfigurationValue) -> Bool {
    (value["stages"]?.list ?? []).contains { stage in
      ["plateau", "target"].contains { stage["stop"]?[$0].map { !$0.isNull } ?? false }
    }
  }

  /// A digest of the arm's run with a seed.
  package func digest(seed: Int) -> String { ContentHash.of([arm, "seed \(seed)"]) }
}
