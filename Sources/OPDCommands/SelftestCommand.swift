package import ArgumentParser
internal import Selfcheck
internal import Foundation

/// Checks laws and reference values.
package struct SelftestCommand: AsyncParsableCommand {
  /// What `--help` says.
  package static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract: "Check the laws of the program on this machine, or compare it with reference values.",
    discussion: "Example: opd selftest --golden reference-values")

  @Option(help: "A folder of reference values to compare with, instead of checking laws.")
  var golden: String?

  @Option(help: "How it is printed.")
  var format: PrintedFormat = .text

  /// A command without arguments.
  package init() {}

  /// Checks, prints a line each, and fails if one does.
  package func run() async throws {
    let checks =
      if let golden { try GoldenChecks.run(folder: golden) } else {
        try await Laws(OPDCommand.laboratory()).run()
      }
    print(format == .json ? try jsonText(checks) : Self.text(checks))
    guard checks.allSatisfy({ $0.status != .fail }) else { throw ExitCode(1) }
  }

  private static func text(_ checks: [Check]) -> String {
    let lines = checks.map { check in
      let status = check.status.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0)
      guard check.status != .unsupported else { return status + check.name }
      return status + String(format: "|Δ| %.1e (≤ %.0e)  ", check.error, check.tolerance)
        + check.name
    }
    let counts = Dictionary(grouping: checks, by: \.status).mapValues(\.count)
    return
      (lines + [
        "\(counts[.pass] ?? 0) passed, \(counts[.fail] ?? 0) failed, "
          + "\(counts[.unsupported] ?? 0) unsupported"
      ]).joined(separator: "\n")
  }
}
