#if Engines
internal import Core

/// Why a training server cannot be asked or believed.
package enum EngineError: ExplainedError, Hashable {
  /// The address cannot be used.
  case address(url: String, reason: String)
  /// The environment variable that should hold the key is empty.
  case key(variable: String)
  /// A setting is out of its range.
  case parameter(name: String, value: String, allowed: String)
  /// Every attempt failed for a reason that may pass; this was the last.
  case unreachable(operation: String, attempts: Int, reason: String)
  /// The server does not want to do it.
  case refused(operation: String, status: Int, message: String)
  /// The server points elsewhere.
  case redirected(operation: String, status: Int)
  /// The answer is larger than allowed.
  case tooLarge(operation: String, limit: Int)
  /// The answer is not what the interface says.
  case malformed(operation: String, reason: String)
  /// Another write with this number was made before.
  case conflict(operation: String, message: String)
  /// The operation was not finished in time.
  case tooSlow(operation: String, seconds: Double)
  /// A write was sent and it is not known whether it was made.
  case uncertain(operation: String, model: String, reason: String)
  /// The server has another base model than was asked for.
  case unknownBase(name: String, known: [String])
  /// The model may hold a gradient, or weights, that nobody knows.
  case abandoned(model: String, reason: String)
  /// The server does what the probe says it must not do.
  case probe(check: String, finding: String)
  /// The student wrote a token that the run's vocabulary does not have.
  case vocabulary(token: Int, count: Int)
  /// A prompt cannot be written in tokens.
  case unread(prompt: String, reason: String)
  /// The weights went with the program that had them, or half a gradient stayed in them.
  case lost(student: String, reason: String)
  /// An experiment asks for what the server was not measured to do.
  case missingAbility(wanted: String, measured: String)
}

extension EngineError {
  /// What happened.
  package var happened: String {
    switch self {
    case .address(let url, let reason): "'\(url)' is not used as a training server: \(reason)."
    case .key(let variable): "The environment variable '\(variable)' holds no key."
    case .parameter(let name, let value, let allowed):
      "The setting '\(name)' is \(value), but must be \(allowed)."
    case .unreachable(let operation, let attempts, let reason):
      "The training server did not answer '\(operation)' in \(attempts) attempts: \(reason)."
    case .refused(let operation, let status, let message):
      "The training server refused '\(operation)' with status \(status): \(message)."
    case .redirected(let operation, let status):
      "The training server answered '\(operation)' with status \(status), a redirection."
    case .tooLarge(let operation, let limit):
      "The training server's answer to '\(operation)' has more than \(limit) bytes."
    case .malformed(let operation, let reason):
      "The training server's answer to '\(operation)' cannot be read: \(reason)."
    case .conflict(let operation, let message):
      "The training server has another write under the number of '\(operation)': \(message)."
    case .tooSlow(let operation, let seconds):
      "The training server did not finish '\(operation)' in \(seconds) s."
    case .uncertain(let operation, let model, let reason):
      "It is not known whether '\(operation)' changed model '\(model)': \(reason)."
    case .unknownBase(let name, let known):
      "The training server has no base model '\(name)'; it has \(known.joined(separator: ", "))."
    case .abandoned(let model, let reason):
      "Model '\(model)' on the training server may not be what it should be: \(reason)."
    case .probe(let check, let finding):
      "The training server fails the check '\(check)': \(finding)."
    case .vocabulary(let token, let count):
      "The student wrote token \(token), but the run's vocabulary has \(count)."
    case .unread(let prompt, let reason):
      "Prompt '\(prompt)' cannot be written in tokens: \(reason)."
    case .lost(let student, let reason):
      "The student '\(student)' lost its weights: \(reason)."
    case .missingAbility(let wanted, let measured):
      "The training server was not measured to do \(wanted); it does \(measured)."
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .address:
      "Give scheme, host and port alone, https where the host is another one, or say 'insecure'."
    case .key: "Export it, or leave out 'keyVariable'."
    case .parameter: "Give a value in that range."
    case .unreachable: "See that the server runs, or raise 'attempts'."
    case .refused: "Check 'url', 'base' and the key, and read the server's log."
    case .redirected:
      "Give the address it points to, if you trust it; redirections are not followed."
    case .tooLarge: "Send fewer prompts at a time, or raise 'largestAnswer'."
    case .malformed: "Use a version of the server that was measured; `scripts/engine.sh` pins them."
    case .conflict: "Do not share a model between two runs; restore the last checkpoint."
    case .tooSlow: "Raise 'operationSeconds', or send less at a time."
    case .uncertain, .abandoned: "Restore the last checkpoint into a new model."
    case .unknownBase: "Start the server with that base model, or change 'base'."
    case .probe: "Do not train on it; the probe's table shows every check."
    case .vocabulary:
      "Use a base model whose vocabulary is the codec's, or a codec of the model's tokenizer."
    case .unread:
      "Set 'prompts.first', or 'prompts.frames: similarity' for data with embedded questions."
    case .lost: "Run the same command with '--resume'; it goes on from the last checkpoint."
    case .missingAbility: "Choose an objective that needs only that, or another server."
    }
  }
}
#endif
