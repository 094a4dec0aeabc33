internal import Plugins
package import Core

/// What can be wrong with a sweep.
package enum SweepError: ExplainedError, Hashable {
  /// The sweep file says something that makes no sense.
  case unusable(place: String, reason: String, remedy: String)
  /// The folder holds a sweep of another file or with other changes.
  case otherSweep(folder: String, difference: String)
  /// Data changed since the sweep was created.
  case dataChanged(path: String)
  /// The sweep was created by another version of the program.
  case otherProgram(folder: String, created: String, now: String)
  /// Other builds of the program worked on runs of the sweep.
  case otherBuild(folder: String, runs: [String], builds: [String], now: String)
  /// Runs failed.
  case runsFailed(count: Int, total: Int, folder: String)
  /// The sweep was asked to end.
  case interrupted(signal: Int32, remaining: Int)
  /// Runs were asked to end, one by one.
  case left(remaining: Int)
  /// Not everything could be done in the time given.
  case outOfTime(remaining: Int, hours: Double)
  /// No value of a case ended well with all its seeds.
  case untuned(case: String, folder: String, metric: String)
  /// A folder that should hold a sweep does not.
  case noSweep(folder: String)

  /// Wrong usage, or runs that failed.
  package var exitStatus: ExitStatus {
    switch self {
    case .unusable, .otherSweep, .otherProgram, .otherBuild, .noSweep: .usage
    case .dataChanged: .badInput
    case .runsFailed, .outOfTime, .left, .untuned: .failed
    case .interrupted(let signal, _): ExitStatus(signal: signal)
    }
  }

  /// What happened.
  package var happened: String {
    switch self {
    case .unusable(let place, let reason, _): "\(place): \(reason)."
    case .otherSweep(let folder, let difference):
      "'\(folder)' holds another sweep: \(difference)."
    case .otherProgram(let folder, let created, let now):
      "'\(folder)' was created by version \(created) of the program, and this is \(now)."
    case .otherBuild(let folder, let runs, let builds, let now):
      "\(runs.count) runs of '\(folder)' are of another build of the program "
        + "(\(builds.joined(separator: ", "))) than this one (\(now)): "
        + runs.prefix(3).joined(separator: ", ") + (runs.count > 3 ? " and more." : ".")
    case .interrupted(_, let remaining):
      "The sweep was interrupted; its runs have saved, and \(remaining) are left."
    case .left(let remaining): "\(remaining) runs were interrupted, saved and left."
    case .dataChanged(let path): "The data in '\(path)' changed since the sweep was created."
    case .runsFailed(let count, let total, let folder):
      "\(count) of \(total) runs of '\(folder)' failed."
    case .outOfTime(let remaining, let hours):
      "\(remaining) runs are left after \(hours) hours."
    case .untuned(let name, let folder, let metric):
      "No value of '\(name)' came to '\(metric)' with all its seeds in '\(folder)'."
    case .noSweep(let folder): "'\(folder)' holds no sweep."
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .unusable(_, _, let remedy): remedy
    case .otherSweep: "Choose another folder with --out, or delete this one."
    case .otherProgram:
      "Go on with that version, start a sweep in another folder with --out, or mix both with --accept-build."
    case .otherBuild:
      "Go on with that build, start a sweep in another folder with --out, or mix both with --accept-build."
    case .interrupted, .left: "Run the same command again to go on."
    case .dataChanged: "Restore the data, or start a sweep in another folder with --out."
    case .runsFailed: "Read their log.txt, then run the same command with --retry-failed."
    case .outOfTime: "Run the same command again to go on."
    case .untuned: "Read the log.txt of its runs, or name another metric in 'tune'."
    case .noSweep: "Name a sweep file, or a folder that `opd sweep` has made."
    }
  }

  static func unusable(
    _ value: ConfigurationValue?, file: String, _ reason: String, _ remedy: String
  ) -> SweepError {
    .unusable(place: value?.source?.text ?? file, reason: reason, remedy: remedy)
  }
}
