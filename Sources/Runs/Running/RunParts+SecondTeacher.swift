internal import Core
internal import Curriculum
internal import Plugins

extension RunConfiguration {
  /// The second teacher, connected; `nil` where none is named.
  ///
  /// - Throws: `ConfigurationError.unusable` for one that answers no prompts, or is made of the student.
  func connectSecondTeacher(in context: RunContext) async throws -> TeacherChoice? {
    guard let choice = secondTeacher, !choice.isNull else { return nil }
    let second = try await context.laboratory.teachers.connect(
      choice, at: "secondTeacher", in: context)
    func refuse(_ reason: String) -> ConfigurationError {
      .unusable(path: "secondTeacher", reason: reason, source: choice.source)
    }
    guard second.selfTeacher == nil else {
      throw refuse("it is made of the student, whom 'studentAgreement' asks")
    }
    guard second.predictor != nil else { throw refuse("it gives no answers of its own") }
    return second
  }
}

extension RunParts {
  /// Refuses a gate that asks a second teacher who is not there, and a second teacher whom nobody asks.
  func checkSecondTeacher() async throws {
    var asking: Int?
    for index in configuration.stages.indices where asking == nil {
      if try await curriculum(of: index).needs.contains(.teacherAgreement) { asking = index }
    }
    switch (asking, secondTeacher) {
    case (let stage?, nil):
      throw LaboratoryError.mandatory(
        key: "secondTeacher", why: "the curriculum of stages[\(stage)] asks whether it agrees")
    case (nil, _?):
      throw ConfigurationError.unusable(
        path: "secondTeacher", reason: "no curriculum has 'teacherAgreement', which would ask it",
        source: configuration.secondTeacher?.source)
    default: break
    }
  }
}
