package import Core

/// Why questions with options cannot be used.
package enum ChoiceError: ExplainedError, Hashable {
  /// Options are called by letters whose meaning stands in words that the student is not shown.
  case unseenOptions(prompt: String)
  /// Questions are made of captions, and nothing is said of the frames.
  case noCaptions(prompt: String)
  /// Questions are made of data whose frames were made knowing other questions.
  case queryAware(data: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .unseenOptions(let prompt):
      """
      The options of prompt '\(prompt)' stand in another order than those of others, and a student that is shown an \
      embedding of the question cannot know what a letter means.
      """
    case .noCaptions(let prompt):
      "Questions are made of captions, and there are none of the video of '\(prompt)'."
    case .queryAware(let data):
      "The frames of '\(data)' were made knowing its own questions, and others are asked about them."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .unseenOptions:
      "Set the data's order to fixed, its query to words, or the codec's form to text."
    case .noCaptions: "Name the captions of the data that questions are made of."
    case .queryAware: "Set its rows to features."
    }
  }

  /// A matter of the configuration.
  package var exitStatus: ExitStatus { .usage }
}
