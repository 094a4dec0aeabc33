internal import Core
internal import TAD
internal import Teacher

/// Frames that a program chooses.
struct ProgramKeyframes: AskingKeyframes {
  private let program: ProcessSelector
  private var asked = AskedKeyframes()

  /// Frames that a program will choose.
  init(_ program: ProcessSelector) { self.program = program }

  var looksAtQuery: Bool { program.looksAtQuery }

  func asking(about prompts: [Prompt], shown: [Prompt]) async throws -> any KeyframeSelector {
    var copy = self
    for (prompt, frames) in zip(prompts, try await program.frames(for: prompts)) {
      let cost = SelectionCost(framesScanned: prompt.evidence.frames, flops: 0)
      copy.asked.add(KeyframeSelection(indices: frames, cost: cost), for: prompt)
    }
    return copy
  }

  func select(_ prompts: [Prompt], seed: Seed) throws -> [KeyframeSelection] {
    try asked.select(prompts, who: "the program '\(program.name)'")
  }
}
