public import Rollouts

/// Why a part of a run cannot be made.
public enum LaboratoryError: ExplainedError, Hashable {
  /// A value that is none of the choices.
  case unknownChoice(key: String, value: String, choices: [String])
  /// Heads that do not divide the width, or each other.
  case heads(width: Int, heads: Int, keyValueHeads: Int)
  /// A mandatory parameter is missing.
  case mandatory(key: String, why: String)

  /// What happened.
  public var happened: String {
    switch self {
    case .unknownChoice(let key, let value, _): "'\(value)' is not a value of \(key)."
    case .heads(let width, let heads, let keyValueHeads):
      """
      A width of \(width) cannot be shared by \(heads) heads of an even width with \(keyValueHeads) key-value heads.
      """
    case .mandatory(let key, let why): "'\(key)' is missing: \(why)."
    }
  }

  /// What to do.
  public var remedy: String {
    switch self {
    case .unknownChoice(_, let value, let choices):
      if let nearest = nearestName(to: value, in: choices) {
        "Did you mean '\(nearest)'?"
      } else {
        "Choose from \(choices.joined(separator: ", "))."
      }
    case .heads:
      "Choose a width that is an even multiple of heads, and heads a multiple of keyValueHeads."
    case .mandatory(let key, _): "Set \(key) in the configuration."
    }
  }

  /// A configuration cannot be used.
  public var exitStatus: ExitStatus { .usage }
}
