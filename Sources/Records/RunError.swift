package import Core

/// Why a run cannot be carried out.
package enum RunError: ExplainedError, Hashable {
  /// The folder holds another run.
  case otherRun(path: String)
  /// The folder holds a run that has begun.
  case alreadyThere(path: String, isDone: Bool)
  /// Somebody is at work on the run.
  case held(path: String, by: String)
  /// Somebody took the run over while this process did nothing for a minute.
  case takenOver(path: String)
  /// The folder holds a run of another build of the program.
  case otherBuild(path: String, was: String, now: String)
  /// The folder holds logs, and nothing says of which run.
  case lostStatus(path: String)
  /// The data of a stage cannot be read by the student of the run.
  case otherShape(path: String, what: String)
  /// Something was trained on videos, or questions without any, that the run reports on: how many, and the first of their names.
  case seen(by: String, what: String, count: Int, first: [String])
  /// The folder holds no run.
  case noRun(path: String)
  /// The run has saved no student.
  case nothingSaved(path: String)
  /// A checkpoint cannot be used.
  case checkpoint(path: String, reason: String)
  /// The saved weights are not those of the configured student.
  case misfit(path: String, holds: Int, needs: Int)

  /// What happened.
  package var happened: String {
    switch self {
    case .otherRun(let path):
      "'\(path)' holds a run of another configuration, data set, teacher or program."
    case .alreadyThere(let path, let isDone):
      "'\(path)' holds a run that \(isDone ? "is done" : "has begun")."
    case .held(let path, let holder): "Somebody is at work on '\(path)': \(holder)."
    case .takenOver(let path): "Somebody else took the run in '\(path)' over."
    case .otherBuild(let path, let was, let now):
      "'\(path)' holds a run of build \(was) of the program, and this is \(now)."
    case .lostStatus(let path):
      "'\(path)' holds logs, but its status.json is missing or damaged and no checkpoint says whose they are."
    case .otherShape(let path, let what):
      "The data of '\(path)' has \(what), which the student of this run cannot read."
    case .seen(let who, let what, let count, let first):
      "\(who) has training prompts on \(count) of the \(what) that this run reports on: "
        + "\(first.joined(separator: ", "))\(count > first.count ? " …" : "")."
    case .noRun(let path): "There is no run in '\(path)'."
    case .nothingSaved(let path): "The run in '\(path)' has saved no student yet."
    case .checkpoint(let path, let reason): "The checkpoint '\(path)' cannot be used: \(reason)."
    case .misfit(let path, let holds, let needs):
      "The student saved in '\(path)' has \(holds) weights and the configured one has \(needs)."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .otherRun: "Choose another folder with --out."
    case .alreadyThere(_, true):
      "Choose another folder with --out; --resume shows what this one reached."
    case .alreadyThere: "Go on with --resume, or choose another folder with --out."
    case .held: "Wait for it or end it, or choose another folder with --out."
    case .takenOver: "Nothing is lost: leave the run to them."
    case .otherBuild:
      "Use that build, choose another folder with --out, or mix both with --accept-build."
    case .lostStatus: "Choose another folder with --out, or remove this one."
    case .noRun:
      "Name a folder with a config.yaml and a status.json, as `opd train --out` leaves it."
    case .seen: "Report on others, or take these out of what is trained on."
    case .otherShape: "Give the stage data of the same kind as the run's, no longer than that."
    case .nothingSaved(let path):
      "Go on with it first: `opd train \(path)/config.yaml --out \(path) --resume`."
    case .checkpoint:
      "Put the file back from a copy, or carry the run out in another folder; the logs here are intact."
    case .misfit: "Leave the student's shape as the run has it."
    }
  }

  /// Wrong usage where the command line names the wrong folder or lacks a word; bad input where files are damaged.
  package var exitStatus: ExitStatus {
    switch self {
    case .held, .takenOver: .failed
    case .otherBuild: .usage
    default: .badInput
    }
  }
}

/// A run that was ended from outside, and saved.
package struct RunInterruption: ExplainedError, Hashable {
  /// The folder of the run.
  package var path: String
  /// The signal: 2 for SIGINT, 15 for SIGTERM.
  package var signal: Int32
  /// The step it was saved after.
  package var step: Int

  /// An interruption.
  package init(path: String, signal: Int32, step: Int) {
    self.path = path
    self.signal = signal
    self.step = step
  }

  /// What happened: one sentence.
  package var happened: String {
    "The run in '\(path)' was interrupted and saved after step \(step)."
  }

  /// What to do about it: one sentence.
  package var remedy: String {
    "Go on with `opd train \(path)/config.yaml --out \(path) --resume`."
  }

  /// What shells expect of a process that a signal ended.
  package var exitStatus: ExitStatus { ExitStatus(signal: signal) }
}
