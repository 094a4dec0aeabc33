internal import Records
package import Distill
internal import Plugins
internal import Core

extension RunConfiguration {
  /// Refuses stages from which nothing can be learnt, with the reason and the nearest that can.
  ///
  /// - Throws: `ObjectiveError.cannotLearn`; `TrainingError` where somebody is missing.
  func checkObjectives() throws {
    for (index, stage) in stages.enumerated() {
      let method = try Method(stage.method)
      // Fewer updates than the schedule spans would end the stage in the middle of its descent.
      if stage.miniBatches > stage.prompts {
        throw ConfigurationError.unusable(
          path: "stages[\(index)].miniBatches",
          reason: "\(stage.prompts) prompts cannot be divided into \(stage.miniBatches) parts",
          source: stage.method.source)
      }
      try method.objective.validate(
        ObjectiveSetting(
          group: stage.group ?? method.hints.group, teacherIsStudent: teacherIsStudent(method)))
      let needs = method.objective.requirements
      if needs.teacherSupport != nil, !isGiven(teacher), method.hints.selfTeacher == nil {
        throw TrainingError.missing(partner: "a teacher")
      }
      if case .hybrid(let share, _) = needs.disorderedInput, share < 1, !isGiven(keyframes) {
        throw ObjectiveError.cannotLearn(
          reason: "a hybrid input needs frames that are no keyframes, and here every frame is one",
          nearest: "the same with keyframes: {tad: {ratio: 0.5}}")
      }
    }
  }

  /// Whether the teacher of a method is the student with the same evidence, and that is no control on purpose.
  private func teacherIsStudent(_ method: Method) throws -> Bool {
    let evidence: PolicyTeacher.Evidence
    if let own = teacher?.map?["self"] {
      let parameters = try own.decoded(as: SelfTeacherParameters.self, at: "teacher.self")
      guard !parameters.control else { return false }
      evidence = parameters.evidence
    } else {
      guard method.hints.selfTeacher != nil, method.hints.isPrivileged else { return false }
      evidence = .allFrames
    }
    switch evidence {
    case .answer: return false
    case .allFrames: return !isGiven(keyframes)
    case .sameAsStudent: return true
    }
  }

  private func isGiven(_ value: ConfigurationValue?) -> Bool { value.map { !$0.isNull } ?? false }
}

extension MethodPreset {
  /// The lines of a configuration that say the same as the method's name.
  ///
  /// - Throws: Nothing that the built-in methods can cause.
  package func configurationLines() throws -> String {
    var stage = ConfigurationMap()
    stage["method"] = try ConfigurationValue(encoding: objective)
    stage["group"] = .init(.integer(hints.group))
    if hints.innerSteps != 1 { stage["innerSteps"] = .init(.integer(hints.innerSteps)) }
    if hints.refills != 0 { stage["refills"] = .init(.integer(hints.refills)) }
    var map = ConfigurationMap()
    if let kind = hints.selfTeacher {
      var own = ConfigurationMap()
      own["kind"] = .init(.string(kind.rawValue))
      let evidence: PolicyTeacher.Evidence = hints.isPrivileged ? .allFrames : .sameAsStudent
      own["evidence"] = .init(.string(evidence.rawValue))
      if !hints.isPrivileged { own["control"] = .init(.bool(true)) }
      map["teacher"] = .map(["self": ConfigurationValue(.map(own))])
    }
    map["stages"] = ConfigurationValue(.list([ConfigurationValue(.map(stage))]))
    return ConfigurationFile.text(of: ConfigurationValue(.map(map)))
  }

  /// Everything there is to know of the method, as `opd plugins --kind method NAME` prints it.
  ///
  /// - Throws: As `configurationLines`.
  package func details() throws -> String {
    """
    # \(name): \(summary)
    # gradient: \(gradient)
    # needs: \(needs)
    # source: \(source)
    """ + "\n" + (try configurationLines())
  }

  /// The methods as plug-ins, with the parts of their objectives for parameters.
  static func describe() throws -> [PluginDescription] {
    try MethodPreset.all.map { preset in
      let objective = try ConfigurationValue(encoding: preset.objective)
      return PluginDescription(
        kind: "method", name: preset.name, summary: preset.summary,
        parameters: (objective.map?.pairs ?? []).map {
          PluginDescription.Parameter(
            name: $0.key, defaultValue: $0.value, documentation: "as in docs/objectives.md")
        })
    }
  }
}
