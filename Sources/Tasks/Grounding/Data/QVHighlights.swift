internal import Foundation
package import Core
internal import Storage

/// Folders laid out as QVHighlights: annotations as JSON lines, features as HDF5, a split as lists of query ids.
package enum QVHighlights {
  /// What to load.
  package struct Options: Sendable, Hashable {
    /// What a row carries.
    package enum Rows: String, Codable, Sendable, Hashable, CaseIterable {
      /// The features of its clip.
      case features
      /// Those and one more channel: the clip's cosine with the query, 1 for the query itself. The data is then query-aware.
      case featuresAndCosine
      /// The cosine alone, which too few queries cannot be memorised by. The data is then query-aware.
      case cosine
      /// What a scan of the whole video for the query says of the clip, ten numbers; see `ScanChannels`. Query-aware, too.
      case scan
    }

    /// What a row carries.
    package var rows: Rows
    /// Which of `SourceFolds` is reported on, of all annotated queries; `nil` for the split of the folder.
    package var fold: Int?
    /// What is made of the questions to train on besides.
    package var augmentation: Augmentation
    /// The most prompts to train on; `nil` for all.
    package var trainLimit: Int?
    /// The most prompts to report on; `nil` for all.
    package var devLimit: Int?
    /// The file with the features.
    package var features: String
    /// The file with the annotations.
    package var annotations: String
    /// The file with the query ids of `train` and `dev`.
    package var split: String
    /// A file of captions, one a clip, wherever it lies; `nil` for none.
    package var captions: String?

    /// What to load; the names of files are those within the folder.
    package init(
      rows: Rows = .features, fold: Int? = nil, captions: String? = nil,
      augmentation: Augmentation = .none, trainLimit: Int? = nil, devLimit: Int? = nil,
      features: String = "features.h5", annotations: String = "highlight_val_release.jsonl",
      split: String = "split.json"
    ) {
      self.rows = rows
      self.fold = fold
      self.captions = captions
      self.augmentation = augmentation
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
  /// - Throws: `StorageError` for a file that is missing, damaged or malformed; `DataError` for content that cannot
  ///   be right: annotations that disagree with themselves or the features (all of them), a wrong width, a number that is
  ///   none (with video and frame), an unknown query.
  /// - Complexity: Reads the features of the wanted videos only.
  package static func load(
    path: String, options: Options = Options()
  ) throws -> Dataset {
    let folder = URL(fileURLWithPath: path)
    let store = try FeatureStore(folder.appendingPathComponent(options.features).path)
    let parts = try split(of: folder, options)
    var check = AnnotationCheck(store)
    check.captions = try options.captions.map { try ClipCaptions($0) }
    try check.add(Array(parts.train.prefix(max(0, options.trainLimit ?? .max))))
    let train = check.usable.count
    try check.add(Array(parts.dev.prefix(max(0, options.devLimit ?? .max))))
    try check.refuseFaults()
    let all = try check.usable.map { try prompt($0, store).captioned(by: check.captions) }
    let asked = Array(all[..<train])
    return try dataset(
      folder.lastPathComponent + (options.fold.map { "-fold\($0)" } ?? ""),
      train: asked + asked.flatMap { try options.augmentation.copies(of: $0) },
      dev: Array(all[train...]), options.rows)
  }

  /// Questions as they were filmed, and as students are shown them.
  private static func dataset(
    _ name: String, train: [Prompt], dev: [Prompt], _ rows: Options.Rows
  ) throws -> Dataset {
    guard rows != .features else { return try Dataset(name: name, train: train, dev: dev) }
    var dataset = try Dataset(
      name: name, train: train.map { try rows.shown($0) }, dev: dev.map { try rows.shown($0) },
      isQueryAware: true)
    dataset.filmed = Dictionary(uniqueKeysWithValues: (train + dev).map { ($0.id, $0) })
    return dataset
  }

  /// A question that was looked at, with the features of its video.
  static func prompt(
    _ question: AnnotatedQuery, _ store: FeatureStore
  ) throws -> Prompt {
    Prompt(
      id: question.id, video: question.video, query: question.query,
      queryEmbedding: try store.query(question.id),
      evidence: try store.video(question.video, duration: question.duration ?? 0),
      truth: question.windows)
  }
}

extension QVHighlights.Options.Rows {
  /// A question as a student is shown it.
  ///
  /// - Throws: `DataError.impossible` where rows know the query and it has no embedding.
  fileprivate func shown(_ prompt: Prompt) throws -> Prompt {
    guard self != .features else { return prompt }
    guard let query = prompt.queryEmbedding else {
      throw DataError.impossible(
        query: prompt.id, reason: "a cosine needs its embedding, and there is none")
    }
    let plain = prompt.evidence
    var copy = prompt
    (copy.evidence, copy.queryEmbedding) =
      switch self {
      case .features, .cosine: (plain.cosines(with: query, afterFeatures: false), [1])
      case .featuresAndCosine: (plain.cosines(with: query, afterFeatures: true), query + [1])
      case .scan: (plain.scanned(for: query), ScanChannels.row(of: query))
      }
    return copy
  }
}

extension FrameFeatures {
  /// The cosine of each row with `query`, 0 where either has no length, as the last channel or the only one.
  ///
  /// Features made so know the query.
  ///
  /// - Precondition: `query` has C numbers.
  package func cosines(with query: [Float], afterFeatures: Bool) -> FrameFeatures {
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
      timestamps: timestamps, duration: duration, captions: captions)
  }

  private func dot(_ first: ArraySlice<Float>, _ second: ArraySlice<Float>) -> Double {
    var sum = 0.0
    for (a, b) in zip(first, second) { sum += Double(a) * Double(b) }
    return sum
  }
}
