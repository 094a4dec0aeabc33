import Core
import Foundation
import Synchronization

/// A policy that finds each answer as likely as a table says, and counts what it is asked.
final class TableReader: Policy {
  let codec: AnswerCodec
  let asked = Mutex(0)
  private let probabilities: @Sendable (Prompt) -> [Double]

  /// A reader of a task's answers.
  ///
  /// - Parameters:
  ///   - codec: How answers are written; they can be listed.
  ///   - probabilities: One number an answer to a prompt, in the task's order.
  init(_ codec: AnswerCodec, _ probabilities: @escaping @Sendable (Prompt) -> [Double]) {
    self.codec = codec
    self.probabilities = probabilities
  }

  var tokenizer: any Tokenizer { codec.tokenizer }
  var flopsPerToken: Double { 1 }

  struct OnlyScores: Error {}

  func sample(
    _ prompts: [Prompt], settings: SamplingSettings, seed: Seed
  ) async throws -> [RolloutGroup] { throw OnlyScores() }

  func score(
    _ groups: [RolloutGroup], support: TeacherSupport, temperature: Double
  ) async throws -> [[TeacherScore]] {
    asked.withLock { $0 += groups.count }
    let task = try codec.enumerable(for: "the table")
    return try groups.map { group in
      let answers = try task.answers(to: group.prompt).map {
        try codec.encode($0, to: group.prompt)
      }
      let table = probabilities(group.prompt)
      return group.rollouts.map { rollout in
        let place = answers.firstIndex(of: rollout.tokens)
        let first = Float(log(place.map { table[$0] } ?? 0))
        return TeacherScore(sampled: [first] + rollout.tokens.dropFirst().map { _ in 0 })
      }
    }
  }

  func flops(of groups: [RolloutGroup], _ phase: WorkPhase) -> Double { Double(groups.count) }
}
