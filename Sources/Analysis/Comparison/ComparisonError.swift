package import Core

/// Why recorded runs cannot be compared.
package enum ComparisonError: ExplainedError, Hashable {
  /// The folder is not there.
  case noSuchFolder(path: String)
  /// The folder holds no run.
  case noRuns(path: String)
  /// Two of the folders hold runs of one arm and seed.
  case sameRun(arm: String, seed: Int, paths: [String])
  /// The archive would lie within a run that is moved there.
  case archiveInRun(archive: String, run: String)
  /// No run says which metric decides.
  case noHeadline
  /// No run has measured the metric.
  case unmeasured(metric: String, nearest: String?, known: [String])
  /// The factor is none of the sweep's.
  case unknownFactor(name: String, nearest: String?, known: [String])
  /// All arms have the same level of the factor.
  case oneLevel(factor: String, level: String)
  /// The arm that should be the baseline is not there.
  case unknownArm(name: String, nearest: String?, known: [String])

  /// What happened: one sentence.
  package var happened: String {
    switch self {
    case .noSuchFolder(let path): "There is no folder '\(path)'."
    case .noRuns(let path): "'\(path)' holds no run."
    case .sameRun(let arm, let seed, let paths):
      "Seed \(seed) of arm '\(arm)' is there twice: \(paths.joined(separator: " and "))."
    case .archiveInRun(let archive, let run):
      "'\(archive)' lies in '\(run)', which would be moved there."
    case .noHeadline: "No run says by which metric its task is judged."
    case .unmeasured(let metric, _, _): "No run has measured '\(metric)' so far."
    case .unknownFactor(let name, _, _): "'\(name)' is no factor of these runs."
    case .oneLevel(let factor, let level): "All arms have the level '\(level)' of '\(factor)'."
    case .unknownArm(let name, _, _): "No arm is called '\(name)'."
    }
  }

  /// What to do about it: one sentence.
  package var remedy: String {
    switch self {
    case .noSuchFolder: "Give the folder that `opd sweep` or `opd train` wrote."
    case .noRuns:
      "Give the folder of a sweep (with ARM/seed-N inside), of an arm or of a single run."
    case .noHeadline: "Name the metric that decides with --metric."
    case .archiveInRun: "Name a folder outside the runs."
    case .sameRun: "Give one of the two folders, or rename an arm's folder."
    case .unmeasured(_, let nearest?, _), .unknownArm(_, let nearest?, _),
      .unknownFactor(_, let nearest?, _):
      "Did you mean '\(nearest)'?"
    case .unmeasured(_, nil, let known):
      known.isEmpty
        ? "Wait for the first evaluation." : "Measured are \(known.joined(separator: ", "))."
    case .unknownFactor(_, nil, let known):
      known.isEmpty
        ? "Give the folder of a sweep with several cases or axes, made by this version."
        : "The factors are \(known.joined(separator: ", "))."
    case .oneLevel: "Give runs with several levels of it."
    case .unknownArm(_, nil, let known): "The arms are \(known.joined(separator: ", "))."
    }
  }

  /// A wrong name on the command line is its user's mistake; everything else is bad input data.
  package var exitStatus: ExitStatus {
    switch self {
    case .unknownArm, .unknownFactor, .oneLevel, .sameRun, .archiveInRun, .noHeadline: .usage
    case .noSuchFolder, .noRuns, .unmeasured: .badInput
    }
  }
}
