internal import Foundation
public import Core
internal import Storage

/// Folders laid out as QVHighlights: annotations as JSON lines, features as HDF5, a split as lists of query ids.
public enum QVHighlights {
  /// What to load.
  public struct Options: Sendable, Hashable {
    /// What a row carries.
    public enum Rows: String, Codable, Sendable, Hashable, CaseIterable {
      /// The features of its clip.
      case features
      /// Those and one more channel: the clip's cosine with the query, 1 for the query itself. The data is then query-aware.
      case featuresAndCosine
      /// The cosine alone, which too few queries cannot be memorised by. The data is then query-aware.
      case cosine
    }

    /// What a row carries.
    public var rows: Rows
    /// The most prompts to train on; `nil` for all.
    public var trainLimit: Int?
    /// The most prompts to report on; `nil` for all.
    public var devLimit: Int?
    /// The file with the features.
    public var features: String
    /// The file with the annotations.
    public var annotations: String
    /// The file with the query ids of `train` and `dev`.
    public var split: String

    /// What to load; the names of files are those within the folder.
    public init(
      rows: Rows = .features, trainLimit: Int? = nil, devLimit: Int? = nil,
      features: String = "features.h5", annotations: String = "highlight_val_release.jsonl",
      split: String = "split.json"
    ) {
      self.rows = rows
      self.trainLimit = trainLimit
      self.devLimit = devLimit
      self.features = features
      self.annotations = annotations
      self.split = split
    }
  }

  /// Loads a folder.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - options: What to load.
  /// - Returns: The prompts of both parts of the split.
  /// - Throws: `StorageError` for a file that is missing, damaged or malformed; `GroundingError` for content that cannot
  ///   be right: a wrong width, a number that is none (with video and frame), an unknown query.
  /// - Complexity: Reads the features of the wanted videos only.
  public static func load(
    path: String, options: Options = Options()
  ) throws -> GroundingDataset {
    let folder = URL(fileURLWithPath: path)
    let annotations = folder.appendingPathComponent(options.annotations).path
    let questions = try questions(annotations)
    let splitPath = folder.appendingPathComponent(options.split).path
    let split = try JSONLines.readWhole(splitPath, as: Split.self)
    let store = try FeatureStore(folder.appendingPathComponent(options.features).path)
    func prompts(
      _ ids: [QueryName], _ limit: Int?, _ rows: Options.Rows
    ) throws -> [Prompt] {
      try ids.prefix(limit ?? ids.count).map { id in
        guard let question = questions[id.text] else {
          throw GroundingError.unknownQuery(path: splitPath, query: id.text)
        }
        return try prompt(question, store, rows)
      }
    }
    func both(_ rows: Options.Rows) throws -> (train: [Prompt], dev: [Prompt]) {
      (
        try prompts(split.train, options.trainLimit, rows),
        try prompts(split.dev, options.devLimit, rows)
      )
    }
    let asked = try both(options.rows)
    var dataset = try GroundingDataset(
      name: folder.lastPathComponent, train: asked.train, dev: asked.dev,
      isQueryAware: options.rows != .features)
    if dataset.isQueryAware {
      let plain = try both(.features)
      dataset.filmed = Dictionary(
        uniqueKeysWithValues: (plain.train + plain.dev).map { ($0.id, $0) })
    }
    return dataset
  }

  /// The annotations by query, for `EvaluationReport`.
  ///
  /// - Throws: `StorageError`.
  public static func truths(_ path: String) throws -> [HighlightTruth] {
    try JSONLines.read(path, as: HighlightTruth.self).map(\.value)
  }

  /// Which queries of a folder are meant.
  public enum Part: String, Sendable, Hashable, CaseIterable {
    /// Those to train on.
    case train
    /// Those to report on.
    case dev
    /// Every annotated query, whether the split names it or not.
    case all
  }

  /// The annotations of a part of a folder, for `EvaluationReport`.
  ///
  /// - Parameters:
  ///   - folder: A folder as `load(path:options:)` reads it; features are not touched.
  ///   - part: Which queries.
  ///   - options: The names of the files.
  /// - Returns: One annotation a query, in the order of the split, or of the file for all.
  /// - Throws: `StorageError`, or `GroundingError.unknownQuery` where the split names a query without annotation.
  public static func truths(
    folder: String, part: Part, options: Options = Options()
  ) throws -> [HighlightTruth] {
    let base = URL(fileURLWithPath: folder)
    let all = try truths(base.appendingPathComponent(options.annotations).path)
    if part == .all { return all }
    let splitPath = base.appendingPathComponent(options.split).path
    let split = try JSONLines.readWhole(splitPath, as: Split.self)
    let byQuery = Dictionary(all.map { ($0.query, $0) }) { first, _ in first }
    return try (part == .train ? split.train : split.dev).map { name in
      guard let truth = byQuery[name.text] else {
        throw GroundingError.unknownQuery(path: splitPath, query: name.text)
      }
      return truth
    }
  }

  private struct Split: Decodable {
    let train: [QueryName]
    let dev: [QueryName]
  }

  private static func questions(_ path: String) throws -> [String: AnnotatedQuery] {
    var result: [String: AnnotatedQuery] = [:]
    for question in try AnnotationFile.lines(path) {
      guard result.updateValue(question, forKey: question.id) == nil else {
        throw GroundingError.repeatedQuery(path: path, query: question.id)
      }
    }
    return result
  }

  /// A question with the features of its video, which is as long as its clips where nobody says otherwise.
  static func prompt(
    _ question: AnnotatedQuery, _ store: FeatureStore, _ rows: Options.Rows
  ) throws -> Prompt {
    let duration = try question.duration ?? store.length(of: question.video)
    let plain = try store.video(question.video, duration: duration)
    let query = try store.query(question.id)
    var evidence = plain
    var embedding = query
    if rows != .features {
      guard let query else {
        throw GroundingError.impossible(
          query: question.id, reason: "a cosine needs its embedding, and there is none")
      }
      let keepsFeatures = rows == .featuresAndCosine
      evidence = plain.cosines(with: query, afterFeatures: keepsFeatures)
      embedding = (keepsFeatures ? query : []) + [1]
    }
    return Prompt(
      id: question.id, video: question.video, query: question.query, queryEmbedding: embedding,
      evidence: evidence, truth: question.windows)
  }
}

extension FrameFeatures {
  /// The cosine of each row with `query`, 0 where either has no length, as the last channel or the only one.
  ///
  /// Features made so know the query.
  ///
  /// - Precondition: `query` has C numbers.
  public func cosines(with query: [Float], afterFeatures: Bool) -> FrameFeatures {
    precondition(query.count == channels, "\(query.count) numbers against \(channels) channels.")
    let queryLength = dot(query[...], query[...]).squareRoot()
    var result: [Float] = []
    result.reserveCapacity(values.count / channels * (afterFeatures ? channels + 1 : 1))
    for index in 0..<frames * tokensPerFrame {
      let row = values[index * channels..<(index + 1) * channels]
      let lengths = dot(row, row).squareRoot() * queryLength
      if afterFeatures { result.append(contentsOf: row) }
      result.append(lengths > 0 ? Float(dot(row, query[...]) / lengths) : 0)
    }
    return FrameFeatures(
      values: result, tokensPerFrame: tokensPerFrame, channels: afterFeatures ? channels + 1 : 1,
      timestamps: timestamps, duration: duration)
  }

  private func dot(_ first: ArraySlice<Float>, _ second: ArraySlice<Float>) -> Double {
    var sum = 0.0
    for (a, b) in zip(first, second) { sum += Double(a) * Double(b) }
    return sum
  }
}
