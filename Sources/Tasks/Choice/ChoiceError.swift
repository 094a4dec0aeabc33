package import Core

/// Why questions with options cannot be used.
package enum ChoiceError: ExplainedError, Hashable {
  /// Options are called by letters whose meaning stands in words that the student is not shown.
  case unseenOptions(prompt: String)
  /// A line of a file cannot be a question with options.
  case line(path: String, line: Int, reason: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .unseenOptions(let prompt):
      """
      The options of prompt '\(prompt)' stand in another order than those of others, and a student that is shown an \
      embedding of the question cannot know what a letter means.
      """
    case .line(let path, let line, let reason):
      "Line \(line) of '\(path)' is no question with options: \(reason)."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .unseenOptions:
      "Set the data's order to fixed, its query to words, or the codec's form to text."
    case .line: "Correct or remove it; docs/data.md shows a line."
    }
  }

  /// A matter of the configuration, or of the data.
  package var exitStatus: ExitStatus {
    switch self {
    case .unseenOptions: .usage
    case .line: .badInput
    }
  }
}
