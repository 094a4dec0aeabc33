internal import Foundation
internal import Core
internal import Storage

/// The 50 Salads kitchen videos with the scores of a published classifier as features.
///
/// Each frame has 18 scores, one an action, from a classifier that never saw the video's fold; the query's embedding is 1
/// for the action that it names and 0 for the others. A frame stands for one time step.
package enum Salads50 {
  /// What to load.
  package struct Options: Sendable, Hashable {
    /// Which queries to take.
    package enum Windows: String, Codable, Sendable, Hashable, CaseIterable {
      /// Those with one right window.
      case single
      /// All.
      case all
    }

    /// The fold to report on, 1 … 5; the others are for training.
    package var fold: Int
    /// Which queries to take.
    package var windows: Windows
    /// How long a time step is, in seconds; the files count in steps.
    package var secondsPerStep: Double
    /// The most prompts to train on; `nil` for all.
    package var trainLimit: Int?
    /// The most prompts to report on; `nil` for all.
    package var devLimit: Int?

    /// What to load.
    package init(
      fold: Int = 1, windows: Windows = .single, secondsPerStep: Double = 1,
      trainLimit: Int? = nil, devLimit: Int? = nil
    ) {
      self.fold = fold
      self.windows = windows
      self.secondsPerStep = secondsPerStep
      self.trainLimit = trainLimit
      self.devLimit = devLimit
    }
  }

  /// The file of features in its folder.
  package static let features = "salads50_svm.h5"

  /// Loads the folder with `salads50_svm.h5` and `queries.jsonl`.
  ///
  /// - Throws: `StorageError` for a file that is missing, damaged or malformed; `DataError` for impossible content.
  package static func load(
    path: String, options: Options = Options()
  ) throws -> Dataset {
    let folder = URL(fileURLWithPath: path)
    let file = try HDF5File.open(folder.appendingPathComponent(features).path)
    let actions = try file.attributeTexts("labels_mid")
    let lines = try JSONLines.read(
      folder.appendingPathComponent("queries.jsonl").path, as: Question.self)
    let questions = lines.map(\.value).filter { options.windows == .all || $0.windows.count == 1 }
    let answers = try answers(lines, file, options.secondsPerStep)
    var videos: [String: FrameFeatures] = [:]
    func prompts(_ questions: [Question], _ limit: Int?) throws -> [Prompt] {
      try questions.prefix(limit ?? questions.count).map { question in
        let known = videos[question.vid]
        let evidence = try known ?? features(file, question, options.secondsPerStep)
        videos[question.vid] = evidence
        return prompt(question, evidence, actions, answers[question.qid] ?? [])
      }
    }
    return try Dataset(
      name: "salads50-fold\(options.fold)",
      train: try prompts(questions.filter { $0.split != options.fold }, options.trainLimit),
      dev: try prompts(questions.filter { $0.split == options.fold }, options.devLimit))
  }

  private struct Question: Decodable {
    let qid: String
    let vid: String
    let split: Int
    let query: String
    let steps: Double
    let windows: [Window]
  }

  /// The right answers of each question, in seconds.
  ///
  /// - Throws: `DataError.unusable` for questions that disagree with themselves, each other or their frames.
  private static func answers(
    _ lines: [(line: Int, value: Question)], _ file: HDF5File, _ seconds: Double
  ) throws -> [String: [Interval]] {
    var check = AnnotationCheck(nil)
    var frames: [String: Int] = [:]
    for (line, question) in lines {
      let annotated = AnnotatedQuery(
        id: question.qid, video: question.vid, query: question.query,
        duration: question.steps * seconds,
        windows: question.windows.map {
          Interval($0.interval.start * seconds, $0.interval.end * seconds)
        }, place: "line \(line) of 'queries.jsonl'")
      let count = try frames[question.vid] ?? file.shape(of: place(question.vid)).first ?? 0
      frames[question.vid] = count
      if abs(question.steps - Double(count)) > 2 {
        check.fault(annotated, "its video has \(question.steps) steps, but \(count) frames")
      }
      try check.add([annotated])
    }
    try check.refuseFaults()
    return Dictionary(uniqueKeysWithValues: check.usable.map { ($0.id, $0.windows) })
  }

  private static func place(_ video: String) -> String { video + "/scores_mid" }

  private static func features(
    _ file: HDF5File, _ question: Question, _ seconds: Double
  ) throws -> FrameFeatures {
    let place = place(question.vid)
    let shape = try file.shape(of: place)
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 }) else {
      throw DataError.wrongShape(video: question.vid, shape: shape)
    }
    return FrameFeatures(
      values: try file.floats(place), tokensPerFrame: 1, channels: shape[1],
      timestamps: (0..<shape[0]).map { (Double($0) + 0.5) * seconds },
      duration: question.steps * seconds)
  }

  private static func prompt(
    _ question: Question, _ evidence: FrameFeatures, _ actions: [String], _ truth: [Interval]
  ) -> Prompt {
    let action = question.qid.split(separator: ":").last.map { String($0) }
    return Prompt(
      id: question.qid, video: question.vid, query: question.query,
      queryEmbedding: actions.map { $0 == action ? 1 : 0 }, evidence: evidence,
      truth: truth)
  }
}
