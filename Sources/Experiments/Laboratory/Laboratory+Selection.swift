public import Plugins
public import TAD

extension TemporalApexDistillation.Parameters: PluginParameters {}
extension UniformKeyframes.Parameters: PluginParameters {}
extension RandomKeyframes.Parameters: PluginParameters {}

extension Laboratory {
  mutating func registerSelection() throws {
    try selectors.register(
      "tad", summary: "temporal apex distillation: frames where the features change most",
      parameters: TemporalApexDistillation.Parameters.self
    ) { parameters, _ in try TemporalApexDistillation(parameters) }
    try selectors.register(
      "uniform", summary: "evenly spaced frames", parameters: UniformKeyframes.Parameters.self
    ) { parameters, _ in try UniformKeyframes(parameters) }
    try selectors.register(
      "random", summary: "frames drawn by a seed", parameters: RandomKeyframes.Parameters.self
    ) { parameters, _ in try RandomKeyframes(parameters) }
  }
}
