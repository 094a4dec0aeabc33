internal import Core
internal import Distill
internal import Plugins
internal import Records
internal import Student
internal import Tasks
internal import Tensors

/// The student of a run, as it was saved last.
struct TrainedStudent {
  /// The student, with a fresh optimizer.
  let student: any Learner
  /// The folder of its run.
  let path: String
  /// What its run was told.
  let configuration: RunConfiguration
  /// The data and the codec it was trained with.
  let context: RunContext
  /// A digest of its weights.
  let identity: String
  /// Floating-point operations of its training.
  let flops: Double
  /// What it was trained on, itself and through its teachers.
  let prompts: [Prompt]

  /// Builds the student as its run did, with the weights of the last checkpoint.
  ///
  /// - Throws: `RunError.noRun` where there is no run, `.nothingSaved`, `.checkpoint` or `.misfit` where there is no such student.
  init(_ path: String, in laboratory: Laboratory) async throws {
    let directory = RunDirectory(path)
    let value = try ConfigurationFile.load(directory.file("config.yaml")).locatingArms()
    self.path = path
    configuration = try value.decoded(as: RunConfiguration.self)
    context = try await RunContext(configuration, in: laboratory)
    var student = try await laboratory.students.connect(
      configuration.student, at: "student", in: context)
    guard let saved = try await RunCheckpoint.restore(&student, from: directory) else {
      throw RunError.nothingSaved(path: path)
    }
    identity = try await student.fingerprint()
    flops = saved.ledger.trainingFlops
    prompts = try await context.trained(configuration)
    self.student = student
  }

  /// The student of a run that is done.
  ///
  /// - Throws: `RunError.checkpoint` for a run that is not; as `init(_:in:)`.
  init(finished path: String, in laboratory: Laboratory) async throws {
    guard let status = RunDirectory(path).status else { throw RunError.noRun(path: path) }
    guard status.state == .done else {
      throw RunError.checkpoint(
        path: path, reason: "the run is \(status.state.rawValue), not done")
    }
    try await self.init(path, in: laboratory)
  }

  /// A question in the words that the student reads.
  ///
  /// - Throws: `DataError.unknownWord` for a word that it never met.
  func reading(_ prompt: Prompt) throws -> Prompt {
    guard prompt.queryEmbedding == nil, context.codec.tokenizer is Vocabulary else {
      return prompt
    }
    return try QueryText.tokenized(prompt, with: context.codec.tokenizer)
  }
}

struct StartParameters: PluginParameters {
  var run: String?
  var arm: String?

  var files: [String] { RunReference.files(run) }

  static let keys = RunReference.keys("goes on learning")
}

extension Laboratory {
  mutating func registerStart() throws {
    try students.register(
      "from", summary: "the student of a finished run: training that several runs share",
      parameters: StartParameters.self
    ) { parameters, context in
      try await startingStudent(RunReference.folder(parameters.run), context)
    }
  }
}

/// The student of a finished run, for a run of the same codec and frames.
///
/// - Throws: `RunError.noRun`; `.checkpoint` for a run that is not finished or whose student cannot read the data.
private func startingStudent(_ run: String, _ context: RunContext) async throws -> any Learner {
  let trained = try await TrainedStudent(finished: run, in: context.laboratory)
  let (known, asked) = (trained.context, context)
  func refuse(_ reason: String) -> RunError { .checkpoint(path: run, reason: reason) }
  guard known.codec.tokenizer.fingerprint == asked.codec.tokenizer.fingerprint else {
    throw refuse("its student writes other words than the codec of this run")
  }
  guard known.dataset.channels == asked.dataset.channels,
    known.dataset.tokensPerFrame == asked.dataset.tokensPerFrame
  else { throw refuse("its student reads frames of another shape") }
  try asked.dataset.requireUnseen(trained.prompts, by: "The run '\(run)'")
  guard asked.dataset.longestPrompt <= known.dataset.longestPrompt else {
    throw refuse("its student was made for shorter videos or questions")
  }
  return trained.student
}
