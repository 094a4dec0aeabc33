internal import Core

/// Why a program does not run.
package enum ProgramError: ExplainedError, Hashable {
  /// There is none of this name, or it may not be run.
  case missing(String)
  /// The system does not start it.
  case unstartable(String, reason: String)

  /// Why, in a few words.
  package var reason: String {
    switch self {
    case .missing(let name):
      name.contains("/") ? "there is no such program" : "PATH has no '\(name)'"
    case .unstartable(_, let reason): reason
    }
  }

  /// What happened.
  package var happened: String {
    switch self {
    case .missing(let name): "The program '\(name)' cannot be started: \(reason)."
    case .unstartable(let path, _): "The program '\(path)' cannot be started: \(reason)."
    }
  }

  /// What to do.
  package var remedy: String { "Check that the program is installed and may be executed." }
}

/// How a program ended.
package enum ProgramEnd: Sendable, Hashable {
  /// By itself, with a status.
  case status(Int32)
  /// By a signal.
  case signal(Int32)

  /// Whether it ended by itself with status 0.
  package var isSuccess: Bool { self == .status(0) }

  /// As a verb says it: "ended with status 3".
  package var inWords: String {
    switch self {
    case .status(let status): "ended with status \(status)"
    case .signal(let signal): "was ended by signal \(signal)"
    }
  }
}
