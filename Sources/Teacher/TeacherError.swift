public import Core

/// Why a teacher cannot say what it was asked.
public enum TeacherError: ExplainedError, Hashable {
  /// A parameter lies outside its range.
  case parameter(name: String, value: String, allowed: String)
  /// A window teacher has no windows for a prompt.
  case noWindows(prompt: String, known: Int)
  /// Nobody knows the right answer to a prompt, or it cannot be written.
  case noTruth(prompt: String)
  /// A window is not finite, or its confidence is negative or not finite.
  case unusableWindow(prompt: String, window: String)
  /// Predicted windows cannot be of the videos that are asked about: of how many prompts, and the first of them.
  case foreignWindows(count: Int, first: [String])
  /// No answer can be written for a video of this length.
  case emptyGrid(prompt: String, duration: Double)
  /// A response has a token that the vocabulary lacks.
  case foreignToken(prompt: String, token: Token, vocabulary: Int)
  /// More of the distribution is asked for than the teacher can give.
  case support(needed: TeacherSupport, given: TeacherSupport)
  /// A teacher and those it is combined with score in different vocabularies.
  case vocabulary(expected: String, received: String)
  /// A teacher finds no answer to a prompt possible, or scores one with no number.
  case noBelief(prompt: String)
  /// No rule sends a prompt to any teacher.
  case noRoute(prompt: String)
  /// A batch has no second prompt whose distribution could be given instead.
  case nothingToShuffle(prompt: String)
  /// The folder of a score cache cannot be read or written.
  case cacheFolder(path: String, reason: String)
}

extension TeacherError {
  /// What happened.
  public var happened: String {
    switch self {
    case .parameter(let name, let value, let allowed):
      "The teacher's parameter '\(name)' is \(value), but must be \(allowed)."
    case .noWindows(let prompt, let known):
      "The window table has \(known) prompts, but not '\(prompt)'."
    case .noTruth(let prompt):
      "Prompt '\(prompt)' has no right answer that can be written."
    case .unusableWindow(let prompt, let window):
      "A predicted window of prompt '\(prompt)' cannot be used: \(window)."
    case .foreignWindows(let count, let first):
      "The window table cannot be of these videos (\(count) prompt\(count > 1 ? "s" : "")): "
        + first.joined(separator: "; ") + (count > first.count ? "; and others." : ".")
    case .emptyGrid(let prompt, let duration):
      "No answer can be written for prompt '\(prompt)', whose video lasts \(duration) s."
    case .foreignToken(let prompt, let token, let vocabulary):
      "A response to prompt '\(prompt)' has token \(token), but the vocabulary ends at \(vocabulary - 1)."
    case .support(let needed, let given):
      "The objective needs \(needed.inWords), but the teacher gives only \(given.inWords)."
    case .vocabulary(let expected, let received):
      "Two teachers that are combined have different vocabularies: \(expected.prefix(12)) and \(received.prefix(12))."
    case .noBelief(let prompt):
      "The teacher finds no answer to prompt '\(prompt)' possible, or scores one with no number."
    case .noRoute(let prompt):
      "No route leads prompt '\(prompt)' to a teacher."
    case .nothingToShuffle(let prompt):
      "The shuffled teacher was asked about prompt '\(prompt)' and knows no other prompt to answer for it."
    case .cacheFolder(let path, let reason):
      "The score cache '\(path)' cannot be used: \(reason)."
    }
  }

  /// What to do about it.
  public var remedy: String {
    switch self {
    case .parameter(let name, _, _):
      "Change '\(name)' in the teacher's configuration."
    case .noWindows:
      "Add its predictions to the table, or select only prompts that have some."
    case .noTruth:
      "Train on prompts with right answers, or use a teacher that reads questions."
    case .unusableWindow:
      "Give finite seconds and a finite confidence of at least 0."
    case .foreignWindows:
      "Give seconds of the same videos; frames and milliseconds are not told from them otherwise."
    case .emptyGrid:
      "Use a codec whose grid fits the video, or leave the prompt out."
    case .foreignToken:
      "Student and teacher probably use different vocabularies; compare them with `opd doctor`."
    case .support:
      "Choose an objective on the sampled token, or a teacher that gives more."
    case .vocabulary:
      "Give all of them the codec of the student."
    case .noBelief:
      "Mend the teacher, or leave the prompt out."
    case .noRoute:
      "Add a last route without a condition."
    case .nothingToShuffle:
      "Give the shuffled teacher a pool of at least two prompts."
    case .cacheFolder:
      "Choose a folder that can be written, or switch the cache off."
    }
  }
}

extension TeacherError {
  /// A parameter is wrong usage; everything else is met with when the data is.
  public var exitStatus: ExitStatus {
    if case .parameter = self { .usage } else { .badInput }
  }
}

extension TeacherSupport {
  /// The support as a researcher says it.
  var inWords: String {
    switch self {
    case .sampled: "the sampled token"
    case .top(let k): "the \(k) most likely tokens"
    case .full: "the whole vocabulary"
    }
  }
}
