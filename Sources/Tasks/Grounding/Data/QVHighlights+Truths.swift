internal import Foundation
internal import Core
internal import Storage

extension QVHighlights {
  /// Which queries of a folder are meant.
  package enum Part: String, Sendable, Hashable, CaseIterable {
    /// Those to train on.
    case train
    /// Those to report on.
    case dev
    /// Every annotated query, whether the split names it or not.
    case all
  }

  /// The annotations of a file of JSON lines, for `EvaluationReport`.
  ///
  /// - Throws: `StorageError`, or `DataError.unusable` for annotations that `load(path:options:)` refuses, too, and
  ///   for those that do not say how long their video is.
  package static func truths(_ path: String) throws -> [HighlightTruth] {
    try truths(of: try AnnotationFile.lines(path), featuresIn: nil)
  }

  /// The annotations of a part of a folder, for `EvaluationReport`.
  ///
  /// - Parameters:
  ///   - folder: A folder as `load(path:options:)` reads it, by the same rules; of features, where there are any, the shapes
  ///     are looked at.
  ///   - part: Which queries.
  ///   - options: The names of the files.
  /// - Returns: One annotation a query, in the order of the split, or of the file for all.
  /// - Throws: `StorageError`, `DataError.unusable` with everything that cannot be right, or `.unknownQuery` where
  ///   the split names a query without annotation.
  package static func truths(
    folder: String, part: Part, options: Options = Options()
  ) throws -> [HighlightTruth] {
    let base = URL(fileURLWithPath: folder)
    let features = base.appendingPathComponent(options.features).path
    let questions: [AnnotatedQuery]
    switch part {
    case .all:
      questions = try AnnotationFile.lines(base.appendingPathComponent(options.annotations).path)
    case .train: questions = try split(of: base, options).train
    case .dev: questions = try split(of: base, options).dev
    }
    return try truths(of: questions, featuresIn: features)
  }

  private static func truths(
    of questions: [AnnotatedQuery], featuresIn path: String?
  ) throws -> [HighlightTruth] {
    let store = try path.flatMap { path in
      FileManager.default.fileExists(atPath: path) ? try FeatureStore(path) : nil
    }
    var check = AnnotationCheck(store, readsFeatures: false)
    try check.add(questions)
    try check.refuseFaults()
    return check.usable.map { HighlightTruth($0) }
  }

  private struct Split: Decodable {
    let train: [QueryName]
    let dev: [QueryName]
  }

  /// The questions that the split of a folder names, or all, parted by `SourceFolds`.
  ///
  /// - Throws: `DataError.unusable` for a file with a query twice, `.repeatedQuery` for such a split, `.unknownQuery`.
  static func split(
    of folder: URL, _ options: Options
  ) throws -> (train: [AnnotatedQuery], dev: [AnnotatedQuery]) {
    let lines = try AnnotationFile.lines(folder.appendingPathComponent(options.annotations).path)
    let known = try byName(lines)
    if let fold = options.fold {
      let isReported = { (question: AnnotatedQuery) in SourceFolds.fold(of: question.video) == fold
      }
      return (lines.filter { !isReported($0) }, lines.filter(isReported))
    }
    let path = folder.appendingPathComponent(options.split).path
    let split = try JSONLines.readWhole(path, as: Split.self)
    var named = Set<String>()
    func questions(_ names: [QueryName]) throws -> [AnnotatedQuery] {
      try names.map { name in
        guard let question = known[name.text] else {
          throw DataError.unknownQuery(path: path, query: name.text)
        }
        guard named.insert(name.text).inserted else {
          throw DataError.repeatedQuery(path: path, query: name.text)
        }
        return question
      }
    }
    return (try questions(split.train), try questions(split.dev))
  }

  private static func byName(_ questions: [AnnotatedQuery]) throws -> [String: AnnotatedQuery] {
    var result: [String: AnnotatedQuery] = [:]
    var repeated: [String] = []
    for question in questions {
      guard let first = result.updateValue(question, forKey: question.id) else { continue }
      repeated.append(
        "query '\(question.id)' is there more than once, in \(first.place) and \(question.place)")
    }
    guard repeated.isEmpty else {
      throw DataError.unusable(
        count: repeated.count, first: Array(repeated.prefix(DataError.listed)))
    }
    return result
  }
}
