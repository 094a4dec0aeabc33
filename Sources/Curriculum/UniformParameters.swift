public import Core

/// What can be set of the uniform curriculum: nothing.
public struct UniformParameters: CurriculumParameters {
  /// The whole pool, every epoch.
  public init() {}

  /// The name it is chosen by.
  public static let name = "uniform"

  /// What it does.
  public static let summary = "Every prompt once an epoch, shuffled; nothing is measured."

  /// Nothing to document.
  public static let keys: [String: KeyDeclaration] = [:]

  /// Makes the curriculum.
  public func curriculum(seed: Seed) throws -> any PromptCurriculum {
    UniformCurriculum(seed: seed)
  }
}
