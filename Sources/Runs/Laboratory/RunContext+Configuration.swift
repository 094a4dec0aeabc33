internal import Tasks
internal import Plugins
internal import Core
internal import Records

extension RunContext {
  /// The data and the codec of a configuration, read without anything else of the run.
  ///
  /// - Parameters:
  ///   - configuration: What a file writes.
  ///   - laboratory: Everything it can name.
  ///   - log: Takes lines for the run's log.
  /// - Throws: What is wrong with the configuration or the data.
  package init(
    _ configuration: RunConfiguration, in laboratory: Laboratory,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws {
    let seed = Seed(UInt64(bitPattern: Int64(configuration.seed)))
    var data = try await laboratory.dataset(configuration.data, at: "data", in: seed)
    data.part = configuration.evaluation.part
    guard data.part == .dev || !data.tune.isEmpty else {
      throw LaboratoryError.noTunePart(data: data.name)
    }
    let codec = try laboratory.codecs.build(configuration.codec, at: "codec", in: data)
    let own = try laboratory.tokenizer(of: configuration.student, seed)
    let used = own.map { AnswerCodec(codec.task, tokenizer: $0) } ?? codec
    self.init(
      seed: seed, dataset: try data.readable(with: used), codec: used, laboratory: laboratory,
      log: log)
  }
}

extension Laboratory {
  /// Whether a student begins with weights that no configuration and seed decides: a model's from disk, or another run's.
  func bringsWeights(_ student: ConfigurationValue) throws -> Bool {
    bringingWeights.contains(try students.name(in: student))
  }

  /// The tokenizer that a student brings along; `nil` where it reads the codec's words.
  func tokenizer(
    of student: ConfigurationValue, _ seed: Seed
  ) throws -> (any Tokenizer)? {
    let name = try students.name(in: student)
    if name == "from", let run = student.map?[name]?.map?["run"]?.string {
      guard RunDirectory(run).status != nil else { throw RunError.noRun(path: run) }
      let file = RunDirectory(run).file("config.yaml")
      let source = try ConfigurationFile.load(file).locatingArms()
      return try source["student"].flatMap { try tokenizer(of: $0, seed) }
    }
    guard tokenizers.names.contains(name) else { return nil }
    return try tokenizers.build(student, at: "student", in: seed)
  }
}
