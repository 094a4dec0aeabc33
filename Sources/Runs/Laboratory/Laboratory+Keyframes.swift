internal import Core
internal import Plugins
internal import TAD

extension Laboratory {
  /// Registers every selector: those of the room, and those for which somebody else chose.
  mutating func registerKeyframes() throws {
    for selector in allSelectors { try register(selector) }
    try registerChosenKeyframes()
  }

  private mutating func register<Selector: NamedSelector>(_ type: Selector.Type) throws {
    try selectors.register(type.name, summary: type.summary, parameters: Selector.Parameters.self) {
      parameters, _ in try Selector(parameters)
    }
  }

  /// Frames that somebody else chose.
  private mutating func registerChosenKeyframes() throws {
    try selectors.register(
      "student",
      summary: "any-k frames from the clips that a trained student predicts (K-frames);"
        + " reads the query, an answer of that student a question",
      parameters: StudentKeyframeParameters.self
    ) { parameters, context in try await StudentKeyframes(parameters, context) }
    try selectors.register(
      "file", summary: "frames listed in a file, by question or video; free",
      parameters: FileKeyframeParameters.self
    ) { parameters, _ in
      guard let path = parameters.path else {
        throw LaboratoryError.mandatory(key: "path", why: "it lists the frames")
      }
      return try FileKeyframes(path)
    }
  }
}
