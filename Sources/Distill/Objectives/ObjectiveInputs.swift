package import Core

/// The prompts a step has to sample for an objective, with the part each one plays.
///
/// Most objectives sample each prompt once. Those that compare inputs sample a disordered one of each question as well, and
/// perhaps the ordered one a second time.
package struct ObjectiveInputs: Sendable {
  /// The prompts, ordered ones first and in the order given.
  package let prompts: [Prompt]
  /// What part each plays, for `ObjectiveContext.roles`.
  package let roles: [GroupRole]

  /// The prompts to sample.
  ///
  /// Inputs made for comparison say so in their `variant`, and draw from streams of their own.
  ///
  /// - Parameters:
  ///   - prompts: The prompts of the step, with their keyframes chosen.
  ///   - requirements: What the objective needs.
  ///   - seed: The stream of the step.
  /// - Throws: `HybridInputError` where a hybrid of that size does not exist.
  package init(
    _ prompts: [Prompt], for requirements: ObjectiveRequirements, seed: Seed
  ) throws(HybridInputError) {
    var all = prompts
    var roles: [GroupRole] = prompts.map { _ in .ordered }
    if let input = requirements.disorderedInput {
      for (index, prompt) in prompts.enumerated() {
        let frames = try input.frames(
          keyframes: prompt.keyframes ?? Array(0..<prompt.evidence.frames),
          frameCount: prompt.evidence.frames, seed: seed.derived(prompt.id))
        var input = prompt.showing(frames)
        input.variant = .disordered
        all.append(input)
        roles.append(.disordered(of: index))
      }
    }
    if requirements.needsPlacebo {
      for (index, prompt) in prompts.enumerated() {
        var input = prompt
        input.variant = .placebo
        all.append(input)
        roles.append(.placebo(of: index))
      }
    }
    self.prompts = all
    self.roles = roles
  }
}
