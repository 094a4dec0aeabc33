internal import Core
internal import Foundation
internal import Storage

extension ChoiceFile {
  /// The names of the files of a folder that `importing` makes.
  private enum Name {
    static let train = "train.jsonl"
    static let dev = "dev.jsonl"
    static let features = QVHighlights.Options().features
  }

  /// Whether lines of a file are questions with options.
  ///
  /// - Throws: `StorageError` for a file that is missing or has a line that is no object.
  package static func isOne(_ path: String) throws -> Bool {
    guard path.hasSuffix(".jsonl") || path.hasSuffix(".jsonl.gz") else { return false }
    return try JSONLines.read(path, as: Keys.self).contains(where: \.value.hasOptions)
  }

  private struct Keys: Decodable {
    let hasOptions: Bool

    init(from decoder: any Decoder) throws {
      let line = try decoder.container(keyedBy: LineKey.self)
      hasOptions = ChoiceKeys.Item.options.names.contains { line.contains(LineKey($0)) }
    }
  }

  /// Makes a folder that `dataset(train:dev:features:)` reads, of questions with options as benchmarks publish them.
  ///
  /// Everything is looked at before anything is written. The features are not copied: the folder links to their file. A question keeps
  /// its name, its options and their order, its category, where its answer is seen and how long its video is.
  ///
  /// - Parameters:
  ///   - train: The questions to train on.
  ///   - dev: The questions to report on.
  ///   - features: A file as `FeatureStore` reads it.
  ///   - captions: Captions, one a clip, as `ClipCaptions` reads them.
  ///   - path: The folder; it is made if need be.
  ///   - unusable: What to do about questions and captions that do not fit the features.
  /// - Returns: The data set, and what was cut and left out.
  /// - Throws: `StorageError`, or `DataError`.
  package static func importing(
    train: String, dev: String, features: String, captions: String? = nil, to path: String,
    unusable: UnusableAnnotations = .refused
  ) throws -> ImportedData {
    let store = try FeatureStore(features)
    let learned = try questions(train, .max)
    let asked = try questions(dev, .max)
    var check = AnnotationCheck(store)
    try check.add(learned.map(\.annotation))
    let count = check.usable.count
    try check.add(asked.map(\.annotation))
    let said = try CheckedCaptions(captions, of: check.usable, in: store)
    if unusable == .refused { try check.refuseFaults(and: said.faults) }
    guard count > 0, count < check.usable.count else {
      throw DataError.nothingThere(what: "usable questions in '\(count > 0 ? dev : train)'")
    }
    let kept = matched(learned + asked, check.usable)
    let prompts = try kept.map { try $0.question.prompt($0.usable, store) }
    let folder = try QVHighlights.free(
      path, [Name.train, Name.dev, Name.features, CheckedCaptions.name], but: features)
    let dataset = try Dataset(
      name: folder.lastPathComponent, train: Array(prompts[..<count]),
      dev: Array(prompts[count...]))
    try QVHighlights.link(features, from: folder.appendingPathComponent(Name.features).path)
    let lines = kept.map { Line($0.question, $0.usable) }
    try write(Array(lines[..<count]), folder.appendingPathComponent(Name.train).path)
    try write(Array(lines[count...]), folder.appendingPathComponent(Name.dev).path)
    try said.write(to: folder)
    return ImportedData(dataset, check, said)
  }

  /// Each question that was found usable, with what was found.
  private static func matched(
    _ questions: [FiledQuestion], _ usable: [AnnotatedQuery]
  ) -> [(question: FiledQuestion, usable: AnnotatedQuery)] {
    let known = Dictionary(
      questions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return usable.compactMap { usable in
      known[usable.id].map { (question: $0, usable: usable) }
    }
  }

  private static func write(_ lines: [Line], _ path: String) throws {
    try AtomicFile.write(
      try lines.map { try JSONLines.line($0) + "\n" }.joined(), to: path)
  }

  /// A line as the folder has it.
  private struct Line: Encodable {
    let id: String
    let video: String
    let question: String
    let options: [String]
    let answer: String
    let category: String?
    let duration: Double?
    let relevant_windows: [[Double]]?

    init(_ question: FiledQuestion, _ usable: AnnotatedQuery) {
      id = usable.id
      video = usable.video
      self.question = question.line.question
      options = question.options
      // A letter alone may also be an option's own word.
      answer = "\(Choice.letters[question.right]). \(question.options[question.right])"
      category = question.line.category
      duration = usable.duration
      relevant_windows =
        usable.windows.isEmpty ? nil : usable.windows.map { [$0.start, $0.end] }
    }
  }
}
