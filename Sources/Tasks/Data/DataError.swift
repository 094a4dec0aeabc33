internal import Core

/// What can be wrong with data, or with settings that are read against it.
package enum DataError: ExplainedError, Hashable {
  /// A reward term has a name that nobody knows.
  case unknownTerm(name: String, nearest: String?)
  /// A prompt whose right answer is asked for has none.
  case noTruth(prompt: String)
  /// The features of a video have another width than those before.
  case wrongWidth(video: String, expected: Int, received: Int)
  /// The features of a video are not an array of frames.
  case wrongShape(video: String, shape: [Int])
  /// A feature is not a finite number.
  case notFinite(video: String, frame: Int, channel: Int)
  /// A file names a query that the annotations lack.
  case unknownQuery(path: String, query: String)
  /// Two queries have one name.
  case repeatedQuery(path: String, query: String)
  /// Predictions and annotations do not name the same queries.
  case unmatchedQueries(missing: [String], unknown: [String])
  /// A query uses a word that the vocabulary lacks.
  case unknownWord(word: String, prompt: String, nearest: String?)
  /// A list that must not be empty is.
  case nothingThere(what: String)
  /// Annotations that disagree with themselves, each other or the features: how many, and the first of them in words.
  case unusable(count: Int, first: [String])
  /// Videos that are there both to train on and to report on: how many, and the first of their names.
  case sharedVideos(name: String, count: Int, first: [String])
  /// Annotations that cannot be right.
  case impossible(query: String, reason: String)

  /// What happened: one sentence.
  package var happened: String {
    switch self {
    case .unknownTerm(let name, _): "There is no reward term '\(name)'."
    case .noTruth(let prompt): "Nobody knows the right answer to prompt '\(prompt)'."
    case .wrongWidth(let video, let expected, let received):
      "The features of video '\(video)' have \(received) channels, not \(expected)."
    case .wrongShape(let video, let shape):
      "The features of video '\(video)' have shape \(shape), not frames × channels."
    case .notFinite(let video, let frame, let channel):
      "Channel \(channel) of frame \(frame) of video '\(video)' is not a finite number."
    case .unknownQuery(let path, let query): "'\(path)' names query '\(query)', which nobody asked."
    case .repeatedQuery(let path, let query): "'\(path)' has query '\(query)' more than once."
    case .unmatchedQueries(let missing, let unknown):
      "\(missing.count) queries have no prediction\(Self.first(missing)) "
        + "and \(unknown.count) predictions have no query\(Self.first(unknown))."
    case .unknownWord(let word, let prompt, _):
      "The vocabulary has no word '\(word)' for the query of prompt '\(prompt)'."
    case .nothingThere(let what): "There are no \(what)."
    case .unusable(1, let first): "An annotation cannot be used: \(Self.list(first, of: 1))."
    case .unusable(let count, let first):
      "\(count) annotations cannot be used: \(Self.list(first, of: count))."
    case .sharedVideos(let name, let count, let first):
      "\(count) videos of '\(name)' are both to train on and to report on: "
        + "\(Self.list(first, of: count))."
    case .impossible(let query, let reason): "Query '\(query)' cannot be used: \(reason)."
    }
  }

  /// What to do about it: one sentence.
  package var remedy: String {
    switch self {
    case .unknownTerm(_, let nearest?), .unknownWord(_, _, let nearest?):
      "Did you mean '\(nearest)'?"
    case .unknownTerm:
      "Known terms are \(GroundingTerm.allCases.map(\.rawValue).joined(separator: ", "))."
    case .noTruth: "Reward and evaluation need annotated prompts; leave this one out."
    case .wrongWidth, .wrongShape, .notFinite: "Extract the features of this video again."
    case .unknownQuery, .unmatchedQueries:
      "Check that the files belong to the same annotations and split."
    case .repeatedQuery: "Remove all but one of them."
    case .unknownWord: "Give the codec the words of the data set."
    case .nothingThere: "Check the split and the limits on counts."
    case .unusable:
      "Correct or remove them; `opd data import --drop-unusable` leaves them out and counts them."
    case .sharedVideos: "Leave each of them in one part."
    case .impossible: "Correct the annotation or remove it."
    }
  }

  /// How many offenders a sentence names.
  static let listed = 10

  private static func list(_ first: [String], of count: Int) -> String {
    let rest = count > first.count ? ["and \(count - first.count) more"] : []
    return (first + rest).joined(separator: "; ")
  }

  private static func first(_ names: [String]) -> String {
    names.first.map { " (such as '\($0)')" } ?? ""
  }
}
