internal import Core

/// Why features cannot be made of videos.
package enum FeatureError: ExplainedError, Hashable {
  /// An encoder of pictures was asked for the rows of texts.
  case readsNoTexts(encoder: String)
  /// A tower has no row for a whole picture.
  case noPooling(path: String)
  /// Two videos would have one name in the file.
  case oneName(String, first: String, second: String)
  /// A file holds features of another encoder, or of clips of another length.
  case otherFeatures(path: String, holds: String, asked: String)
  /// A question is about a video that the folder has not.
  case unfilmed(video: String, folder: String)
  /// Some videos could not be read.
  case failed(count: Int, of: Int, first: String)

  /// What happened: one sentence.
  package var happened: String {
    switch self {
    case .readsNoTexts(let encoder): "The encoder '\(encoder)' makes no rows of texts."
    case .noPooling(let path): "The tower in '\(path)' has no head that makes one row of a picture."
    case .oneName(let name, let first, let second):
      "The videos '\(first)' and '\(second)' would both be called '\(name)'."
    case .otherFeatures(let path, let holds, let asked):
      "'\(path)' holds features of \(holds), not of \(asked)."
    case .unfilmed(let video, let folder): "The folder '\(folder)' has no video '\(video)'."
    case .failed(let count, let all, let first):
      "\(count) of \(all) videos gave no features; the first: \(first)"
    }
  }

  /// What to do about it: one sentence.
  package var remedy: String {
    switch self {
    case .readsNoTexts: "Leave --queries out: then students read the words."
    case .noPooling: "Use a CLIP or SigLIP checkpoint, or a program of your own."
    case .oneName: "Rename one: annotations name videos by it."
    case .otherFeatures: "Write to another file, or remove this one."
    case .unfilmed: "Name the folder whose files are called like the data's videos."
    case .failed: "Mend or remove them and run the command again: finished videos are kept."
    }
  }
}
