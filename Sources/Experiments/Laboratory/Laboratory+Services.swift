#if LiveTeachers
internal import Grounding
public import Plugins
internal import Rollouts
public import Teacher

extension CompletionsParameters: PluginParameters {}

/// A completions service, and where its scores are kept.
public struct ServiceTeacherParameters: PluginParameters {
  /// Where the service is and how it is asked.
  public var service = CompletionsParameters()
  var memory = TeacherMemory()

  /// One line a parameter.
  public static let documentation = CompletionsParameters.documentation
    .merging(TeacherMemory.documentation) { $1 }

  /// The defaults.
  public init() {}

  /// Reads both from one map.
  public init(from decoder: any Decoder) throws {
    service = try CompletionsParameters(from: decoder)
    memory = try TeacherMemory(from: decoder)
  }

  /// Writes both into one map.
  public func encode(to encoder: any Encoder) throws {
    try service.encode(to: encoder)
    try memory.encode(to: encoder)
  }
}

extension Laboratory {
  mutating func registerServices() throws {
    try teachers.register(
      "openai", summary: "a live service that speaks /v1/completions and scores prompts: vLLM, …",
      parameters: ServiceTeacherParameters.self
    ) { parameters, context in
      var service = parameters.service
      guard !service.model.isEmpty else {
        throw LaboratoryError.mandatory(key: "model", why: "the service may have several")
      }
      service.seed = context.seed.derived("service")
      let teacher = try await CompletionsTeacher.connect(
        service, vocabulary: context.codec.vocabulary, probingWith: context.dataset.train.first)
      for line in teacher.report.text.split(separator: "\n") { context.log("probe: \(line)") }
      return try parameters.memory.teacher(
        teacher, named: service.model, identity: teacher.identity
      ) { teacher.costs }
    }
  }
}
#endif
