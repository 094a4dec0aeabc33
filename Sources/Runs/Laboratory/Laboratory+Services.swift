#if LiveTeachers
internal import Tasks
internal import Plugins
internal import Core
internal import Teacher

extension Laboratory {
  mutating func registerServices() throws {
    try teachers.register(
      "openai", summary: "a live service that speaks /v1/completions and scores prompts: vLLM, …",
      parameters: CompletionsParameters.self
    ) { parameters, context in
      var service = parameters
      guard !service.model.isEmpty else {
        throw LaboratoryError.mandatory(key: "model", why: "the service may have several")
      }
      service.seed = context.seed.derived("service")
      let teacher = try await CompletionsTeacher.connect(
        service, tokenizer: context.codec.tokenizer, videos: service.pictures.videos(),
        probingWith: context.dataset.train.first)
      for line in teacher.report.text.split(separator: "\n") { context.log("probe: \(line)") }
      return TeacherChoice(
        teacher, identity: teacher.identity, training: service.trainingFlops,
        costs: { teacher.costs })
    }
  }
}
#endif
