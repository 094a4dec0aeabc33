internal import Core
package import Plugins

/// What tells two configurations apart as far as their results go.
package struct RunIdentity: Sendable {
  /// Keys that change no result: how many threads share the work, where measurements are remembered.
  private static let indifferent = ["threads", "cache"]

  private let arm: String

  /// The identity of an arm: a configuration, whatever its seed.
  package init(_ configuration: ConfigurationValue) {
    var value = configuration
    for key in Self.indifferent + ["seed"] { value[key] = nil }
    arm = ContentHash.of([ConfigurationFile.text(of: value)])
  }

  /// A digest of the arm's run with a seed.
  package func digest(seed: Int) -> String { ContentHash.of([arm, "seed \(seed)"]) }
}
