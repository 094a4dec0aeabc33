internal import Distill
public import Plugins

extension Laboratory {
  /// A run's configuration with every default written out, those of its plug-ins included.
  ///
  /// - Parameter value: What was written.
  /// - Returns: A configuration that means the same for ever, whatever becomes of the defaults.
  /// - Throws: `ConfigurationError` for anything that nothing reads, or what a plug-in's parameters throw.
  public func completed(_ value: ConfigurationValue) throws -> ConfigurationValue {
    var configuration = try value.decoded(as: RunConfiguration.self)
    configuration.data = try datasets.resolved(configuration.data, at: "data")
    configuration.codec = try codecs.resolved(configuration.codec, at: "codec")
    configuration.student = try students.resolved(configuration.student, at: "student")
    configuration.reward = try rewards.resolved(configuration.reward, at: "reward")
    configuration.teacher = try configuration.teacher.map {
      try teachers.resolved($0, at: "teacher")
    }
    configuration.keyframes = try configuration.keyframes.map {
      try selectors.resolved($0, at: "keyframes")
    }
    for index in configuration.stages.indices {
      let path = "stages[\(index)]"
      let stage = configuration.stages[index]
      try Self.check(stage, at: path, value.source)
      _ = try Method(stage.method)
      configuration.stages[index].curriculum = try curricula.resolved(
        stage.curriculum, at: path + ".curriculum")
    }
    return try ConfigurationValue(encoding: configuration)
  }

  private static func check(
    _ stage: StageConfiguration, at path: String, _ source: ConfigurationSource?
  ) throws {
    let counts = [
      ("steps", stage.steps), ("prompts", stage.prompts), ("miniBatches", stage.miniBatches),
      ("group", stage.group ?? 1), ("innerSteps", stage.innerSteps ?? 1),
    ]
    for (name, count) in counts where count < 1 {
      throw ConfigurationError.unusable(
        path: "\(path).\(name)", reason: "it is \(count), and must be at least 1", source: source)
    }
  }
}
