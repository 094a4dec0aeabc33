internal import Core
internal import TAD
internal import Teacher

/// Frames that a program chooses.
///
/// Selecting waits for nobody, so the program is asked beforehand, about all prompts that come together.
struct ProgramKeyframes: KeyframeSelector {
  private let program: ProcessSelector
  private var chosen: [String: (evidence: FrameFeatures, frames: [Int])] = [:]

  /// Frames that a program will choose.
  init(_ program: ProcessSelector) { self.program = program }

  var looksAtQuery: Bool { program.looksAtQuery }

  /// The same with what the program chooses for these prompts.
  ///
  /// - Throws: `ProcessError`.
  func asking(about prompts: [Prompt]) async throws -> ProgramKeyframes {
    var copy = self
    for (prompt, frames) in zip(prompts, try await program.frames(for: prompts)) {
      copy.chosen[prompt.id] = (prompt.evidence, frames)
    }
    return copy
  }

  func select(_ prompts: [Prompt], seed: Seed) throws -> [KeyframeSelection] {
    try prompts.map { prompt in
      guard let known = chosen[prompt.id], known.evidence == prompt.evidence else {
        throw LaboratoryError.notAsked(program: program.name, prompt: prompt.id)
      }
      return KeyframeSelection(
        indices: known.frames,
        cost: SelectionCost(framesScanned: prompt.evidence.frames, flops: 0))
    }
  }
}

extension KeyframeSelector {
  /// The same selector once it knows what it has to ask somebody else; itself where it asks nobody.
  ///
  /// - Throws: `ProcessError`.
  func asked(about prompts: [Prompt]) async throws -> any KeyframeSelector {
    guard let program = self as? ProgramKeyframes else { return self }
    return try await program.asking(about: prompts)
  }
}
