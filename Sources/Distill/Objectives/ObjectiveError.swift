public import Core

/// What can be wrong with an objective, or with the signals it is given.
public enum ObjectiveError: ExplainedError, Hashable {
  /// A signal that the objective needs was not given for a prompt.
  case missing(SignalKind, String)
  /// A signal has another number of tokens than the response.
  case tokenCountMismatch(signal: SignalKind, prompt: String, expected: Int, received: Int)
  /// A number that should be finite is not.
  case notFinite(what: String, prompt: String, position: Int)
  /// A group has fewer answers than its advantage can work with.
  case groupTooSmall(prompt: String, answers: Int, needed: Int)
  /// A configuration names something that does not exist.
  case unknownName(kind: String, name: String, candidates: [String])
  /// A configuration cannot be read.
  case malformed(text: String, reason: String)
  /// A configuration can be read, but nothing would be learnt.
  case cannotLearn(reason: String, nearest: String)
  /// Something the objective needs from the trainer was not given.
  case contextLacks(what: String)
  /// A plug-in returned another number of values than there are responses or tokens.
  case plugInCount(name: String, prompt: String, expected: Int, received: Int)

  /// What happened.
  public var happened: String {
    switch self {
    case .missing(let signal, let prompt):
      "The objective needs \(signal.words) of prompt '\(prompt)', and there is none."
    case .tokenCountMismatch(let signal, let prompt, let expected, let received):
      """
      The response to prompt '\(prompt)' has \(expected) tokens, but there are \(received) values of \
      \(signal.words).
      """
    case .notFinite(let what, let prompt, let position):
      "The \(what) of prompt '\(prompt)' at response token \(position) is not a finite number."
    case .groupTooSmall(let prompt, let answers, let needed):
      """
      Prompt '\(prompt)' has \(answers) answer\(answers == 1 ? "" : "s"), and its advantage is \
      relative to a group of at least \(needed).
      """
    case .unknownName(let kind, let name, _):
      "There is no \(kind) called '\(name)'."
    case .malformed(let text, let reason):
      "'\(text)' cannot be read: \(reason)."
    case .cannotLearn(let reason, _):
      "This objective cannot learn: \(reason)."
    case .contextLacks(let what):
      "The objective needs \(what), and the trainer gave none."
    case .plugInCount(let name, let prompt, let expected, let received):
      "Plug-in '\(name)' returned \(received) values for prompt '\(prompt)', not \(expected)."
    }
  }

  /// What to do about it.
  public var remedy: String {
    switch self {
    case .missing(let signal, _): signal.source
    case .tokenCountMismatch:
      "Student and teacher probably use different tokenizers; compare them with `opd doctor`."
    case .notFinite:
      "Lower the learning rate, or look at the prompt's scores; nothing was updated."
    case .groupTooSmall:
      "Sample more answers a prompt, or choose an advantage without a group."
    case .unknownName(_, let name, let candidates):
      nearestName(to: name, in: candidates).map { "Did you mean '\($0)'?" }
        ?? "Choose one of \(candidates.sorted().joined(separator: ", "))."
    case .malformed: "Write it as `name` or `name(key=value, …)`; see `docs/objectives.md`."
    case .cannotLearn(_, let nearest): "The nearest objective that can: \(nearest)."
    case .contextLacks: "Set it in the configuration, or choose a method that does not need it."
    case .plugInCount: "Return one advantage a token of each response, in the order of the batch."
    }
  }

  /// Configurations are usage errors; signals are data.
  public var exitStatus: ExitStatus {
    switch self {
    case .unknownName, .malformed, .cannotLearn, .contextLacks: .usage
    default: .badInput
    }
  }
}

/// The kinds of things that can be said about a response.
public enum SignalKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// The teacher's log-probability of each token.
  case teacher
  /// The teacher's most likely tokens.
  case teacherTop
  /// The teacher's log-probability of every token of the vocabulary.
  case teacherRows
  /// The reference policy's log-probability of each token.
  case reference
  /// The student's own log-probability of each token when it was sampled.
  case behaviour
  /// The task reward.
  case reward
  /// Answers to the same question with its frames in disorder.
  case disorderedAnswers

  var words: String {
    switch self {
    case .teacher: "the teacher's log-probabilities"
    case .teacherTop: "the teacher's most likely tokens"
    case .teacherRows: "the teacher's log-probabilities over the vocabulary"
    case .reference: "the reference policy's log-probabilities"
    case .behaviour: "the log-probabilities at sampling"
    case .reward: "the task reward"
    case .disorderedAnswers: "answers to the disordered input"
    }
  }

  var source: String {
    switch self {
    case .teacher, .teacherTop, .teacherRows:
      "Give the run a teacher whose support is at least what `opd plugins` lists for the method."
    case .reference: "Give the run a reference policy."
    case .behaviour: "Score the responses with the student first."
    case .reward: "Give the run a reward."
    case .disorderedAnswers: "Sample the prompt's hybrid input as well."
    }
  }
}
