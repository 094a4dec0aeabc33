internal import Foundation
internal import Grounding
public import Plugins
internal import Rollouts
internal import TAD
public import Teacher

extension ProcessParameters: PluginParameters {}

/// A program that teaches, and where its scores are kept.
struct ProcessTeacherParameters: PluginParameters {
  var process = ProcessParameters()
  var memory = TeacherMemory()

  static let documentation = ProcessParameters.documentation
    .merging(TeacherMemory.documentation) { $1 }

  init() {}

  init(from decoder: any Decoder) throws {
    process = try ProcessParameters(from: decoder)
    memory = try TeacherMemory(from: decoder)
  }

  func encode(to encoder: any Encoder) throws {
    try process.encode(to: encoder)
    try memory.encode(to: encoder)
  }
}

/// Where the scores of a live teacher are kept, so that nothing is asked twice.
struct TeacherMemory: PluginParameters {
  var cache: String?

  static let documentation = [
    "cache": "folder where every score is kept by content, shared by runs; none by default"
  ]

  /// A live teacher as a run uses it.
  func teacher(
    _ base: any TeacherScorer, named name: String, identity: String?,
    costs: @escaping @Sendable () -> ServiceCosts
  ) throws -> TeacherChoice {
    guard let cache else {
      return TeacherChoice(base, identity: identity ?? "", costs: costs)
    }
    guard let identity else {
      throw LaboratoryError.mandatory(
        key: "identity", why: "the teacher '\(name)' does not say in its hello what it depends on")
    }
    let cached = try CachedTeacher(
      base, identity: identity, folder: URL(fileURLWithPath: cache, isDirectory: true))
    let counted: @Sendable () -> ServiceCosts = {
      var sum = costs()
      sum.remembered = cached.remembered
      return sum
    }
    return TeacherChoice(cached, identity: identity, costs: counted)
  }
}

extension Laboratory {
  /// Plug-ins that are programs or services.
  mutating func registerLive() throws {
    try teachers.register(
      "process", summary: "a program of your own in any language, spoken to in JSON lines",
      parameters: ProcessTeacherParameters.self
    ) { parameters, context in
      try parameters.process.requireCommand()
      let teacher = try await ProcessTeacher.connect(
        parameters.process, vocabulary: context.codec.vocabulary, log: context.log)
      return try parameters.memory.teacher(
        teacher, named: teacher.name, identity: teacher.identity
      ) { teacher.costs }
    }
    try rewards.register(
      "process", summary: "a program of your own that judges answers, in JSON lines",
      parameters: ProcessParameters.self
    ) { parameters, context in
      try parameters.requireCommand()
      return try await ProcessReward.connect(
        parameters, vocabulary: context.codec.vocabulary, log: context.log)
    }
    try selectors.register(
      "process", summary: "a program of your own that chooses frames, in JSON lines",
      parameters: ProcessParameters.self
    ) { parameters, context in
      try parameters.requireCommand()
      return try await ChosenKeyframes.ask(
        ProcessSelector.connect(
          parameters, vocabulary: context.codec.vocabulary, log: context.log),
        about: context.dataset.train + context.dataset.dev)
    }
    #if LiveTeachers
    try registerServices()
    #endif
  }
}

extension ProcessParameters {
  /// Says what is missing in the words of a configuration.
  fileprivate func requireCommand() throws {
    guard command.isEmpty else { return }
    throw LaboratoryError.mandatory(
      key: "command", why: "it says which program to run, such as [python3, my_teacher.py]")
  }
}
