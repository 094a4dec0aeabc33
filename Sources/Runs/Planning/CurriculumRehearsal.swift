internal import Curriculum

/// Deals the prompts of a stage without training on them.
enum CurriculumRehearsal {
  /// How many rounds a curriculum begins.
  ///
  /// - Parameters:
  ///   - curriculum: The curriculum before its first round.
  ///   - candidates: What was measured before the first round, taken for every later one too.
  ///   - steps: Steps of the stage.
  ///   - prompts: Prompts a step.
  /// - Returns: The rounds, as far as the curriculum goes on such evidence.
  static func rounds(
    of curriculum: any PromptCurriculum, candidates: [CandidateEvidence], steps: Int, prompts: Int
  ) async -> Int {
    var curriculum = curriculum
    var rounds = 0
    for _ in 0..<steps {
      while curriculum.needsRound {
        rounds += 1
        guard (try? await curriculum.beginRound(candidates)) != nil else { return rounds }
      }
      guard (try? curriculum.next(prompts)) != nil else { return rounds }
    }
    return rounds
  }
}
