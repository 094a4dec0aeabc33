internal import Core
package import Plugins
internal import Records
internal import Storage
package import Tasks

/// What a run's folder holds of its student besides weights and configuration: with it the student is built anew where
/// the data of the run is not.
package struct StudentOutline: Sendable, Codable {
  /// What the student began as, through every run that it was started from.
  package var student: ConfigurationValue
  /// What its shape depends on.
  package var data: DatasetOutline
  /// The words that it reads and writes; `nil` for a student that brings a tokenizer along.
  package var words: [String]?
  /// Which of them ends an answer.
  package var end: String?

  /// The file of a run's folder.
  package static let file = "student.json"

  /// What a run keeps.
  ///
  /// - Parameters:
  ///   - configuration: The run's, complete.
  ///   - context: Its data and codec.
  /// - Throws: What is wrong with a run that its student starts from.
  init(of configuration: RunConfiguration, in context: RunContext) async throws {
    let vocabulary = context.codec.tokenizer as? Vocabulary
    words = vocabulary?.words
    end = vocabulary.map { $0.word($0.end) }
    // A student that goes on learning keeps the shape of the data on which it began.
    if let run = configuration.student.map?["from"]?.map?["run"]?.string {
      let origin = try await Self(ofRun: run, in: context.laboratory)
      (student, data) = (origin.student, origin.data)
    } else {
      (student, data) = (configuration.student, DatasetOutline(of: context.dataset))
      // Only where its codec needs it: other runs leave behind what they always did.
      if context.codec.task is NarrationTask { data.events = try context.dataset.eventOutline() }
    }
  }

  /// What the folder of a run holds, or, of a run of an earlier program, what follows from its data.
  ///
  /// - Throws: `RunError.noRun`, `StorageError` for a damaged file, or what is wrong with the data.
  init(ofRun path: String, in laboratory: Laboratory) async throws {
    let directory = RunDirectory(path)
    guard directory.status != nil else { throw RunError.noRun(path: path) }
    if directory.size(Self.file) != nil {
      self = try JSONLines.readWhole(directory.file(Self.file))
      guard let defect = data.defect else { return }
      throw StorageError.unreadable(
        path: directory.file(Self.file), format: "the outline of a student", reason: defect)
    }
    let configuration = try RunConfiguration(ofRun: path)
    try await self.init(of: configuration, in: RunContext(configuration, in: laboratory))
  }
}

extension RunConfiguration {
  /// What a run was told, with the folders of the runs that it names.
  init(ofRun path: String) throws {
    let file = RunDirectory(path).file("config.yaml")
    self = try ConfigurationFile.load(file).locatingArms().decoded(as: RunConfiguration.self)
  }
}

extension RunContext {
  /// The data and the codec of a run as its outline says, without the data.
  ///
  /// - Throws: What is wrong with the configuration, or with an outline that is none.
  init(
    _ configuration: RunConfiguration, _ outline: StudentOutline, in laboratory: Laboratory
  ) throws {
    let seed = Seed(UInt64(bitPattern: Int64(configuration.seed)))
    let data = try outline.data.dataset()
    let codec = try laboratory.codecs.build(configuration.codec, at: "codec", in: data)
    let own = try laboratory.tokenizer(of: outline.student, seed)
    let tokenizer = own ?? outline.vocabulary ?? codec.tokenizer
    let used = AnswerCodec(codec.task, tokenizer: tokenizer)
    self.init(
      seed: seed, dataset: try data.readable(with: used), codec: used, laboratory: laboratory)
  }

  /// Whether another context reads and writes alike: what an outline must bring back before a run may rely on it.
  func isLike(_ other: RunContext) -> Bool {
    codec.tokenizer.fingerprint == other.codec.tokenizer.fingerprint
      && codec.maximumLength == other.codec.maximumLength
  }
}

extension StudentOutline {
  fileprivate var vocabulary: Vocabulary? {
    guard let words, let end, Set(words).count == words.count, words.contains(end) else {
      return nil
    }
    return Vocabulary(words: words, end: end)
  }
}

extension RunDirectory {
  /// Writes what the student can be built from without the data; nothing where a codec needs more than an outline.
  ///
  /// - Throws: `StorageError.unwritable`, or what is wrong with a run that the student starts from.
  func writeStudent(of parts: RunParts) async throws {
    let outline = try await StudentOutline(of: parts.configuration, in: parts.context)
    let again = try? RunContext(parts.configuration, outline, in: parts.context.laboratory)
    guard again?.isLike(parts.context) == true else { return }
    try write(json: outline, to: StudentOutline.file)
  }
}
