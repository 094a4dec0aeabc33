internal import Core

/// Something that happened to a program while it was used; a fresh one is started and asked again.
package enum ProcessIncident: Error, Sendable, Hashable {
  /// It ended, with a status or by a signal, or closed its output; with the last line it wrote to its error output.
  case died(how: String, lastWords: String)
  /// It was silent for too long while an answer was due.
  case hung(seconds: Double)
  /// It wrote a line that is not an answer.
  case garbage(line: String)
  /// It answered a request a second time, or one that was never made.
  case unexpectedAnswer(id: Int)
  /// After a restart it is not what it was before.
  case changed(before: String, now: String)
}

extension ProcessIncident {
  /// What happened, as the rest of a sentence that begins with the program.
  var inWords: String {
    switch self {
    case .died(let how, let words):
      words.isEmpty ? "\(how)" : "\(how), after saying '\(words)'"
    case .hung(let seconds): "was silent for \(seconds) s while an answer was due"
    case .garbage(let line): "wrote '\(line)', which is not an answer"
    case .unexpectedAnswer(let id): "answered request \(id), which was not open"
    case .changed(let before, let now): "was '\(before)' and came back as '\(now)'"
    }
  }
}

/// Why a plug-in that is a program of its own cannot be used.
package enum ProcessError: ExplainedError, Hashable {
  /// The program cannot be started at all.
  case cannotStart(program: String, reason: String)
  /// It wants to see videos, and nobody has named their folder.
  case unfilmed(program: String, wants: String)
  /// Every attempt at a request ended in an incident; this was the last.
  case gaveUp(program: String, attempts: Int, last: ProcessIncident)
  /// The program reported an error of its own.
  case refused(program: String, message: String)
  /// It speaks another version of the protocol.
  case version(program: String, expected: Int, received: Int)
  /// It is another kind of plug-in.
  case kind(program: String, expected: String, received: String)
  /// It works in another vocabulary.
  case vocabulary(program: String, expected: String, received: String)
  /// An answer has another number of parts than the request.
  case count(program: String, prompt: String, of: String, expected: Int, received: Int)
  /// An answer lacks something or says something impossible.
  case content(program: String, prompt: String, defect: String)
}

extension ProcessError {
  /// What happened.
  package var happened: String {
    switch self {
    case .cannotStart(let program, let reason):
      "The program '\(program)' cannot be started: \(reason)."
    case .unfilmed(let program, let wants):
      "The program '\(program)' wants to be shown frames as '\(wants)', and no videos are named."
    case .gaveUp(let program, let attempts, let last):
      "The program '\(program)' failed \(attempts) times in a row; at last it \(last.inWords)."
    case .refused(let program, let message):
      "The program '\(program)' reported an error: \(message)."
    case .version(let program, let expected, let received):
      "The program '\(program)' speaks version \(received) of the protocol, not \(expected)."
    case .kind(let program, let expected, let received):
      "The program '\(program)' is a \(received), not a \(expected)."
    case .vocabulary(let program, let expected, let received):
      "The program '\(program)' has vocabulary \(received.prefix(12)), but the student has \(expected.prefix(12))."
    case .count(let program, let prompt, let what, let expected, let received):
      "The program '\(program)' gave \(received) \(what) for prompt '\(prompt)', but \(expected) were due."
    case .content(let program, let prompt, let defect):
      "The answer of the program '\(program)' for prompt '\(prompt)' cannot be used: \(defect)."
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .cannotStart: "Check 'command' and that the program is installed and executable."
    case .unfilmed: "Name their folder: pictures: {folder: …}."
    case .gaveUp(_, _, .hung): "Raise 'answerSeconds' or lower 'batch' if it is merely slow."
    case .gaveUp: "Run the command by hand and look at what it writes to its error output."
    case .refused: "Mend the program, or leave out what it cannot do."
    case .version: "Use the `opd_teacher.py` that came with this version."
    case .kind: "Name it under the kind it is, or run another program."
    case .vocabulary: "Let the program use the words it is told in the hello."
    case .count, .content:
      "Mend the program; the README of `Examples/python-teacher` says what is expected."
    }
  }
}

extension WireDefect {
  /// What is wrong, as a phrase.
  var inWords: String {
    switch self {
    case .missing(let field): "'\(field)' is missing"
    case .notBase64(let field): "'\(field)' is not base64 of four-byte numbers"
    case .length(let field, let expected, let received):
      "'\(field)' has \(received) numbers where \(expected) are due"
    case .impossible(let field, let value):
      "'\(field)' contains \(value), which cannot be"
    }
  }
}
