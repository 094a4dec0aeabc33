internal import Core
internal import TAD
internal import Teacher

/// Frames that a program chooses.
struct ProgramKeyframes: KeyframeSelector {
  private let program: ProcessSelector

  /// Frames that a program will choose.
  init(_ program: ProcessSelector) { self.program = program }

  var looksAtQuery: Bool { program.looksAtQuery }

  func select(_ prompts: [Prompt], seed: Seed) async throws -> [KeyframeSelection] {
    try await zip(prompts, program.frames(for: prompts)).map { prompt, frames in
      KeyframeSelection(
        indices: frames, cost: SelectionCost(framesScanned: prompt.evidence.frames, flops: 0))
    }
  }
}
