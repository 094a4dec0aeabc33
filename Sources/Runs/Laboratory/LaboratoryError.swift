package import Core

/// Why a part of a run cannot be made.
package enum LaboratoryError: ExplainedError, Hashable {
  /// Times so close together that a video has more than `most` of them.
  case grid(key: String, step: Double, duration: Double, most: Int)
  /// Heads that do not divide the width, or each other.
  case heads(width: Int, heads: Int, keyValueHeads: Int)
  /// Time steps that are not positive, or that are given where positions are no times.
  case timeSteps(Int, positions: String)
  /// A mandatory parameter is missing.
  case mandatory(key: String, why: String)
  /// A reader was asked a question without a right option or a wrong one.
  case noOptions(prompt: String)

  /// Data without a part to choose settings by, where a run is to be evaluated on it.
  case noTunePart(data: String)
  /// Nobody says which token ends a response of a model.
  case noEnd(path: String)
  /// No prompt fits beside the longest answer.
  case positions(Int, answer: Int)
  /// A folder that is neither a run's nor one of data; `files` tell data apart.
  case unknownFolder(path: String, files: [String])

  /// What happened.
  package var happened: String {
    switch self {
    case .grid(let key, let step, let duration, let most):
      "A video of \(duration) s has more than \(most) times with '\(key)' \(step)."
    case .heads(let width, let heads, let keyValueHeads):
      """
      A width of \(width) cannot be shared by \(heads) heads of an even width with \(keyValueHeads) key-value heads.
      """
    case .timeSteps(let steps, let positions):
      "\(steps) time steps cannot be used with framePositions \(positions)."
    case .mandatory(let key, let why): "'\(key)' is missing: \(why)."
    case .noOptions(let prompt):
      "Prompt '\(prompt)' has no right option beside a wrong one for a reader to choose from."
    case .noTunePart(let data): "The data '\(data)' has no part to choose settings by."
    case .noEnd(let path): "The model '\(path)' does not say which token ends a response."
    case .positions(let positions, let answer):
      "\(positions) positions leave none for a prompt beside an answer of \(answer) tokens."
    case .unknownFolder(let path, _):
      "The folder '\(path)' is neither that of a run nor one of data whose layout is known."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .grid(let key, _, let duration, let most):
      "Set \(key) to at least \(duration / Double(most))."
    case .heads:
      "Choose a width that is an even multiple of heads, and heads a multiple of keyValueHeads."
    case .timeSteps:
      "Set framePositions to time and timeSteps to at least 1, or leave timeSteps out."
    case .mandatory(let key, _): "Set \(key) in the configuration."
    case .noTunePart:
      "Set data.world.tuneVideos, or tuneShare of data from files, and leave dev for the report."
    case .noEnd: "Write eos_token_id into the model's generation_config.json."
    case .positions: "Raise the student's positions, or lower the codec's maximumTokens."
    case .unknownFolder(_, let files):
      "Name the folder of a run (ARM/seed-0 in a sweep), one that holds \(files.joined(separator: " or ")), or a configuration."
    case .noOptions: "Let a reader judge questions with options, such as those of world-choice."
    }
  }

  /// The most times an answer may choose from: each is a token of its own, or text of a few.
  package static let mostTimes = 100_000

  /// A configuration cannot be used.
  package var exitStatus: ExitStatus { .usage }
}
