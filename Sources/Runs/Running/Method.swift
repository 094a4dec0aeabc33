internal import Distill
internal import Plugins

/// A method as a stage names it: a preset, or an objective written out.
struct Method {
  let objective: Objective
  let hints: TrainerHints

  init(_ value: ConfigurationValue) throws {
    if let name = value.string {
      let preset = try MethodPreset.named(name)
      objective = preset.objective
      hints = preset.hints
    } else {
      objective = try value.decoded(as: Objective.self, at: "method")
      hints = TrainerHints(group: max(1, objective.requirements.minimumGroup))
    }
  }
}
