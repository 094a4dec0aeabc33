package import Plugins
package import Sweeps

extension Laboratory {
  /// A run's configuration with every default written out, every name and parameter checked.
  ///
  /// - Parameter value: A configuration as a file writes it.
  /// - Returns: The same with nothing left to default.
  /// - Throws: `ConfigurationError` with file, line and the nearest name; what is wrong with a method.
  package func complete(_ value: ConfigurationValue) throws -> ConfigurationValue {
    var run = try value.decoded(as: RunConfiguration.self)
    run.data = try datasets.resolved(run.data, at: "data")
    run.codec = try codecs.resolved(run.codec, at: "codec")
    run.student = try students.resolved(run.student, at: "student")
    run.keyframes = try resolved(run.keyframes, by: selectors, at: "keyframes")
    run.evaluation.keyframes = try resolved(
      run.evaluation.keyframes, by: selectors, at: "evaluation.keyframes")
    run.teacher = try resolved(run.teacher, by: teachers, at: "teacher")
    run.secondTeacher = try resolved(run.secondTeacher, by: teachers, at: "secondTeacher")
    run.reward = try rewards.resolved(run.reward, at: "reward")
    run.advantage = try resolved(run.advantage, by: advantages, at: "advantage")
    for index in run.stages.indices {
      let path = "stages[\(index)]"
      try run.stages[index].stop.check(
        at: path + ".stop", evaluatesEvery: run.evaluation.every, metrics: taskMetrics,
        value.source)
      run.stages[index].data = try run.stages[index].data.map {
        try resolved($0, of: run.data, at: path + ".data")
      }
      run.stages[index].curriculum = try curricula.resolved(
        run.stages[index].curriculum, at: path + ".curriculum")
    }
    try run.checkObjectives()
    try run.evaluation.check()
    return try ConfigurationValue(encoding: run)
  }

  /// What may be left out, with every default written out where it is not.
  private func resolved<Context, Product>(
    _ value: ConfigurationValue?, by registry: Registry<Context, Product>, at path: String
  ) throws -> ConfigurationValue? {
    try value.map { $0.isNull ? $0 : try registry.resolved($0, at: path) }
  }

  /// The data of a stage with every default written out.
  private func resolved(
    _ value: ConfigurationValue, of data: ConfigurationValue, at path: String
  ) throws -> ConfigurationValue {
    value.isNull ? value : try datasets.resolved(stageData(value, of: data), at: path)
  }

  /// A run's complete configuration for carrying it out: with the folder of the run that it starts from, which belongs to no identity.
  ///
  /// - Throws: What `complete` throws.
  func configuration(of value: ConfigurationValue) throws -> RunConfiguration {
    try complete(value.locatingArms()).decoded(as: RunConfiguration.self)
  }

  /// What a sweep settles about a run before anything is done.
  ///
  /// - Throws: What `complete` throws.
  package func planned(_ value: ConfigurationValue) throws -> PlannedRun {
    let complete = try complete(value)
    return try PlannedRun(complete, files: files(of: complete.decoded(as: RunConfiguration.self)))
  }

  /// Every file and folder that a run reads, its plug-ins say.
  private func files(of run: RunConfiguration) throws -> [String] {
    var files = try datasets.files(run.data) + codecs.files(run.codec) + students.files(run.student)
    files += try rewards.files(run.reward)
    for choice in [run.keyframes, run.evaluation.keyframes] {
      if let choice, !choice.isNull { files += try selectors.files(choice) }
    }
    for teacher in [run.teacher, run.secondTeacher] {
      if let teacher, !teacher.isNull { files += try teachers.files(teacher) }
    }
    if let advantage = run.advantage, !advantage.isNull {
      files += try advantages.files(advantage)
    }
    for stage in run.stages {
      files += try curricula.files(stage.curriculum)
      if let data = stage.data, !data.isNull { files += try datasets.files(data) }
    }
    return files
  }
}
