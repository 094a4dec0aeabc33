internal import Core
internal import Foundation
internal import Storage

/// Questions with options in JSON lines, as the field publishes them, and features in one HDF5 file.
///
/// | what | keys |
/// |---|---|
/// | the video, a name in the features | `video`, `vid`, `video_id` or `videoID` |
/// | the question | `question` |
/// | its options, a list | `options` or `candidates`; `A. `, `(A) ` and the like before them are left out |
/// | the right one: a letter, its words, or its number from 0 | `answer` |
/// | what has to be understood, if known | `category`, `task_type` or `question_type` |
/// | a name for the question; else its file and line | `id`, `qid` or `question_id` |
/// | seconds of the video; those of its clips if left out | `duration` |
/// | where the answer is seen, [start, end] in seconds | `relevant_windows` |
///
/// `url`, `domain`, `sub_category`, `source` and `split` are passed over; any other key is refused.
package enum ChoiceFile {
  /// The questions of two files, with the features of their videos.
  ///
  /// - Parameters:
  ///   - train: The file to train on; none if left out.
  ///   - dev: The file to report on.
  ///   - features: A file as `FeatureStore` reads it: `/video/<video>`, and `/query/<id>` where questions are embedded.
  ///   - captions: What is said of each clip; none if left out.
  ///   - limit: The most questions that are read of each.
  /// - Returns: The prompts. Their text names the options; an embedding, where there is one, is the file's.
  /// - Throws: `StorageError`, or `DataError` for features that do not fit.
  package static func dataset(
    train: String?, dev: String, features: String, captions: String? = nil, limit: Int = .max
  ) throws -> Dataset {
    let store = try FeatureStore(features)
    var check = AnnotationCheck(store)
    check.captions = try captions.map { try ClipCaptions($0) }
    let learned = try train.map { try questions($0, limit) } ?? []
    let asked = try questions(dev, limit)
    try check.add((learned + asked).map(\.annotation))
    try check.refuseFaults()
    let prompts = try zip(learned + asked, check.usable).map {
      try $0.prompt($1, store).captioned(by: check.captions)
    }
    return try Dataset(
      name: URL(filePath: dev).deletingPathExtension().lastPathComponent,
      train: Array(prompts[..<learned.count]), dev: Array(prompts[learned.count...]))
  }

  /// The questions of a file.
  static func questions(_ path: String, _ limit: Int) throws -> [FiledQuestion] {
    let file = URL(filePath: path).lastPathComponent
    let lines = try JSONLines.read(path, as: ChoiceLine.self, fault: \.fault)
    return try lines.prefix(limit).map { number, line in
      FiledQuestion(
        line: line, options: try line.plainOptions(), right: try line.right(),
        name: line.name ?? "\(file):\(number)", place: "line \(number) of '\(file)'")
    }
  }
}

/// A question that was read.
struct FiledQuestion {
  let line: ChoiceLine
  let options: [String]
  let right: Int
  let name: String
  let place: String

  /// The question with its options.
  var text: String { Choice.question(line.question, with: options) }

  /// What is checked against the features.
  var annotation: AnnotatedQuery {
    AnnotatedQuery(
      id: name, video: line.video, query: text, duration: line.duration,
      windows: line.windows, place: place)
  }

  /// The question with the features of its video, once it was looked at.
  func prompt(_ usable: AnnotatedQuery, _ store: FeatureStore) throws -> Prompt {
    Prompt(
      id: usable.id, video: usable.video, query: text, queryEmbedding: try store.query(usable.id),
      evidence: try store.video(usable.video, duration: usable.duration ?? 0),
      truth: [choice(seen: usable.windows)])
  }

  private func choice(seen: [Interval]) -> Choice {
    let clips = seen.map { ClipList.Clip($0, .first) }
    return Choice(
      right, of: options, topic: line.category, clips: clips.isEmpty ? nil : ClipList(clips))
  }
}
