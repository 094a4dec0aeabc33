package import Core

/// Why a job cannot be described or submitted.
package enum SlurmError: ExplainedError, Hashable {
  /// A number that must be at least 1.
  case notPositive(name: String, value: Int)
  /// A text that is empty or has a line break.
  case notOneLine(name: String, text: String)
  /// `sbatch` printed no job number.
  case noJobNumber(String)

  /// What happened.
  package var happened: String {
    switch self {
    case .notPositive(let name, let value): "A Slurm job cannot have \(name) = \(value)."
    case .notOneLine(let name, let text): "The \(name) of a Slurm job cannot be '\(text)'."
    case .noJobNumber(let output): "sbatch printed no job number but '\(output)'."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .notPositive(let name, _): "Set \(name) to 1 or more."
    case .notOneLine: "Write it on one line, and not empty."
    case .noJobNumber: "Run `sbatch --parsable` on the exported script to see why."
    }
  }

  /// Bad options, or a cluster that refuses.
  package var exitStatus: ExitStatus {
    if case .noJobNumber = self { .failed } else { .usage }
  }
}
