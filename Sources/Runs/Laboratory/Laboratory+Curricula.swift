internal import Curriculum
internal import Plugins
internal import Core

extension Laboratory {
  mutating func registerCurricula() throws {
    for parameters in allCurriculumParameters { try register(parameters) }
  }

  private mutating func register<Parameters: CurriculumParameters>(
    _ type: Parameters.Type
  ) throws {
    try curricula.register(type.name, summary: type.summary, parameters: type) {
      parameters, context in
      try parameters.curriculum(seed: context.seed.derived("curriculum"))
    }
  }
}
