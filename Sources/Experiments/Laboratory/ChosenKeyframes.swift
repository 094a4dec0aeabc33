internal import Rollouts
internal import TAD
internal import Teacher

/// Frames that a program chose for all prompts of a run when the run began.
///
/// Selecting waits for nobody, so the program is asked beforehand, once, and then ended.
struct ChosenKeyframes: KeyframeSelector {
  let looksAtQuery: Bool

  private let program: String
  private let chosen: [String: (evidence: FrameFeatures, frames: [Int])]

  /// Asks a program about prompts and ends it.
  static func ask(
    _ selector: ProcessSelector, about prompts: [Prompt]
  ) async throws -> ChosenKeyframes {
    let frames = try await selector.frames(for: prompts)
    await selector.stop()
    let pairs = zip(prompts, frames).map { ($0.id, (evidence: $0.evidence, frames: $1)) }
    return ChosenKeyframes(
      looksAtQuery: selector.looksAtQuery, program: selector.name,
      chosen: Dictionary(pairs) { first, _ in first })
  }

  func select(_ prompts: [Prompt], seed: Seed) throws -> [KeyframeSelection] {
    try prompts.map { prompt in
      guard let known = chosen[prompt.id], known.evidence == prompt.evidence else {
        throw LaboratoryError.notAsked(program: program, prompt: prompt.id)
      }
      return KeyframeSelection(
        indices: known.frames,
        cost: SelectionCost(framesScanned: prompt.evidence.frames, flops: 0))
    }
  }
}
