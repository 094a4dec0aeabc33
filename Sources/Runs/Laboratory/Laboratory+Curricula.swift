internal import Curriculum
internal import Plugins
internal import Core

/// The parameters of a curriculum as those of a plug-in: `Curriculum` knows nothing of configurations.
private struct CurriculumPlugin<Parameters: CurriculumParameters>: PluginParameters {
  let parameters: Parameters

  init() { parameters = Parameters() }

  init(from decoder: any Decoder) throws { parameters = try Parameters(from: decoder) }

  func encode(to encoder: any Encoder) throws { try parameters.encode(to: encoder) }

  static var keys: [String: KeyDeclaration] { Parameters.keys }
}

extension Laboratory {
  mutating func registerCurricula() throws {
    for parameters in allCurriculumParameters { try register(parameters) }
  }

  private mutating func register<Parameters: CurriculumParameters>(
    _ type: Parameters.Type
  ) throws {
    try curricula.register(
      type.name, summary: type.summary, parameters: CurriculumPlugin<Parameters>.self
    ) { plugin, context in
      try plugin.parameters.curriculum(seed: context.seed.derived("curriculum"))
    }
  }
}
