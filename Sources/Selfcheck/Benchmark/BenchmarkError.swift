internal import Core

/// Why a comparison with another program failed.
package enum BenchmarkError: ExplainedError, Hashable {
  /// It ended with an error.
  case rivalFailed(command: String, end: String)
  /// It printed no phase.
  case rivalSilent(command: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .rivalFailed(let command, let end): "'\(command)' \(end)."
    case .rivalSilent(let command): "'\(command)' printed no line with a phase and its ms."
    }
  }

  /// What to do.
  package var remedy: String { "Run it by itself and see what it prints." }
}
