package import Core
internal import Plugins

/// What can be set of the uniform curriculum: nothing.
package struct UniformParameters: CurriculumParameters {
  /// The whole pool, every epoch.
  package init() {}

  /// The name it is chosen by.
  package static let name = "uniform"

  /// What it does.
  package static let summary = "Every prompt once an epoch, shuffled; nothing is measured."

  /// Nothing to document.
  package static let keys: [String: KeyDeclaration] = [:]

  /// Makes the curriculum.
  package func curriculum(seed: Seed) throws -> any PromptCurriculum {
    UniformCurriculum(seed: seed)
  }
}
