#if LiveTeachers
internal import Core

/// Why a live service cannot be asked or believed.
package enum CompletionsError: ExplainedError, Hashable {
  /// The address cannot be used.
  case address(url: String)
  /// The environment variable that should hold the key is empty.
  case key(variable: String)
  /// Every attempt failed for a reason that may pass; this was the last.
  case unreachable(url: String, attempts: Int, reason: String)
  /// The server does not want to answer.
  case refused(url: String, status: Int, message: String)
  /// The server wants the question, and the key with it, sent elsewhere.
  case redirected(url: String, to: String)
  /// The server's answer is not what the interface says.
  case malformed(url: String, reason: String)
  /// The server scored another number of tokens than were sent.
  case length(prompt: String, expected: Int, received: Int)
  /// The server scored another token than was sent.
  case token(prompt: String, position: Int, expected: String, received: String)
  /// The score of a token is missing, NaN, infinite or positive.
  case notALogProbability(prompt: String, position: Int, value: String)
  /// A token of the server lies across two words of the student.
  case boundary(prompt: String, word: String, token: String)
  /// The server cannot write a word of the student's vocabulary.
  case unspeakable(word: String)
  /// There is nothing before the response, so its first token has no score.
  case emptyContext(prompt: String)
  /// The probe found that the server cannot be believed.
  case probe(url: String, check: String, finding: String)
}

extension CompletionsError {
  /// What happened.
  package var happened: String {
    switch self {
    case .address(let url):
      "'\(url)' is not the address of a service."
    case .key(let variable):
      "The environment variable '\(variable)' holds no key."
    case .unreachable(let url, let attempts, let reason):
      "The teacher at \(url) did not answer in \(attempts) attempts: \(reason)."
    case .refused(let url, let status, let message):
      "The teacher at \(url) refused with status \(status): \(message)."
    case .redirected(let url, let place):
      "The teacher at \(url) sends its questions on to \(place); nothing was sent there."
    case .malformed(let url, let reason):
      "The teacher at \(url) gave an answer that cannot be read: \(reason)."
    case .length(let prompt, let expected, let received):
      "The teacher scored \(received) tokens of prompt '\(prompt)' and its response, but \(expected) were sent."
    case .token(let prompt, let position, let expected, let received):
      "The teacher scored token '\(received)' at position \(position) of prompt '\(prompt)', but '\(expected)' was sent."
    case .notALogProbability(let prompt, let position, let value):
      "The teacher's score at position \(position) of prompt '\(prompt)' is \(value)."
    case .boundary(let prompt, let word, let token):
      "The teacher's token '\(token)' does not end where the word '\(word)' of prompt '\(prompt)' ends."
    case .unspeakable(let word):
      "The teacher's tokenizer cannot write the word '\(word)'."
    case .emptyContext(let prompt):
      "Prompt '\(prompt)' has no tokens before the response, so its first token has no score."
    case .probe(let url, let check, let finding):
      "The teacher at \(url) fails the check '\(check)': \(finding)."
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .address:
      "Give the scheme, the host and the path up to and with /v1, and no user name, password or query; a key belongs into 'keyVariable'."
    case .key: "Export it, or leave out 'keyVariable'."
    case .unreachable: "See that the server runs, or raise 'attempts' and 'answerSeconds'."
    case .refused: "Check 'url', 'model' and the key."
    case .redirected: "Give the address where it really is, if you trust that with the key."
    case .malformed: "See that it is a completions service and supports scoring of prompts."
    case .length, .token:
      "Student and teacher use different tokenizers, or the server adds tokens of its own; try 'tokens: tokenize'."
    case .notALogProbability: "Check the model's weights and number format."
    case .boundary: "Use 'tokens: tokenize', which spells each word on its own."
    case .unspeakable: "Leave the word out of the vocabulary, or choose another model."
    case .emptyContext: "Give prompts tokens, or use 'tokens: tokenize' with a template."
    case .probe: "Do not train on it; `opd teacher probe` shows every check."
    }
  }
}
#endif
