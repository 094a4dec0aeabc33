internal import Core

/// Why clips cannot be built.
package enum PeakClipError: ExplainedError, Hashable {
  /// A source says nothing about a question.
  case unsaid(source: SceneRelevance, prompt: String)
  /// There are not as many scores as clips.
  case otherCount(prompt: String, expected: Int, received: Int)
  /// A file of clips that were made otherwise, or of other data.
  case otherClips(path: String)
  /// Nothing is known of a folder.
  case nothing(folder: String)
  /// Something was named that only questions need.
  case noQuestions(folder: String)
  /// Some videos could not be read.
  case failed(count: Int, of: Int, first: String)

  /// What happened: one sentence.
  package var happened: String {
    switch self {
    case .unsaid(let source, let prompt):
      "Relevance by \(source.rawValue) says nothing about question '\(prompt)'."
    case .otherCount(let prompt, let expected, let received):
      "There are \(received) scores of question '\(prompt)', whose video has \(expected) clips."
    case .otherClips(let path): "'\(path)' holds clips that were made otherwise, or of other data."
    case .nothing(let folder): "There are neither questions nor videos in '\(folder)'."
    case .noQuestions(let folder): "'\(folder)' holds videos without questions."
    case .failed(let count, let all, let first):
      "\(count) of \(all) videos have no clips; the first: \(first)"
    }
  }

  /// What to do about it: one sentence.
  package var remedy: String {
    switch self {
    case .unsaid(.words, _): "Name a file of --captions."
    case .unsaid(.likelihood, _): "Name a file of --captions and a language model, --model."
    case .unsaid(.predictions, _): "Name a file of --predictions with 'pred_saliency_scores'."
    case .unsaid: "Choose another --relevance."
    case .otherCount: "Make them of the same clips as the features."
    case .otherClips: "Write to another file, or remove this one."
    case .nothing: "Name a folder as `opd data import` makes it, or one of videos."
    case .noQuestions:
      "Leave out --captions, --predictions and --model, or import data with questions."
    case .failed: "Mend or remove them and run the command again: finished videos are kept."
    }
  }
}
