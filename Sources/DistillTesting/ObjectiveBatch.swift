import Distill
import Foundation
import Core

/// A small ragged batch with every signal an objective may need, from fixed random numbers.
///
/// Everything is there, needed or not: what a plug-in listens to cannot be known beforehand.
struct ObjectiveBatch {
  /// V.
  static let vocabulary = 7

  /// Prompts with scored responses.
  private(set) var groups: [ScoredGroup] = []

  /// What part each group plays.
  private(set) var roles: [GroupRole] = []

  /// The student's logits at each response, T·V.
  private(set) var logits: [[[Double]]] = []

  private var generator = Seed(23).generator()

  /// A batch for what is needed.
  init(for needs: ObjectiveRequirements) {
    let ordered = 3
    for index in 0..<ordered { append("p\(index)", .ordered, needs) }
    if needs.disorderedInput != nil {
      for index in 0..<ordered { append("p\(index)", .disordered(of: index), needs) }
    }
    if needs.needsPlacebo {
      for index in 0..<ordered { append("p\(index)", .placebo(of: index), needs) }
    }
  }

  private mutating func append(
    _ id: String, _ role: GroupRole, _ needs: ObjectiveRequirements
  ) {
    let answers = max(4, needs.minimumGroup)
    let features = FrameFeatures(
      values: [0], tokensPerFrame: 1, channels: 1, timestamps: [0], duration: 10)
    let prompt = Prompt(
      id: id, video: id, query: "", evidence: features, truth: [Interval(0, 1)])
    var own: [[Double]] = []
    var rollouts: [ScoredRollout] = []
    for slot in 0..<answers {
      let length = 1 + (slot + groups.count) % 4
      let student = (0..<length * Self.vocabulary).map { _ in generator.normal() }
      own.append(student)
      rollouts.append(scored(prompt, slot, length, student))
    }
    groups.append(ScoredGroup(prompt: prompt, rollouts: rollouts))
    logits.append(own)
    roles.append(role)
  }

  private mutating func scored(
    _ prompt: Prompt, _ slot: Int, _ length: Int, _ student: [Double]
  ) -> ScoredRollout {
    let tokens = (0..<length).map { _ in generator.integer(below: Self.vocabulary) }
    let behaviour = picked(rows(student), tokens).map { $0 - 0.1 * Float(generator.uniform()) }
    var result = ScoredRollout(
      Rollout(
        promptID: prompt.id, slot: slot, tokens: tokens, logProbabilities: behaviour,
        finish: .length))
    let random = { (generator: inout SeededGenerator) in
      (0..<length * Self.vocabulary).map { _ in generator.normal() }
    }
    result.teacher = teacher(rows(random(&generator)), tokens)
    result.reference = picked(rows(random(&generator)), tokens)
    let total = generator.uniform()
    // One answer in four is right, so that accuracy alone has spread too.
    let terms = ["iou": total, "accuracy": slot.isMultiple(of: 4) ? 1 : 0, "format": 1]
    result.reward = Reward(total: total, terms: terms, parsed: true)
    return result
  }

  private func teacher(_ rows: [Float], _ tokens: [Token]) -> TeacherScore {
    let width = Self.vocabulary
    let top = tokens.indices.map { position in
      (0..<width).map { ScoredToken($0, rows[position * width + $0]) }
        .sorted { $0.logProbability > $1.logProbability }
    }
    return TeacherScore(
      sampled: picked(rows, tokens), top: top,
      rows: DenseVocabularyRows(vocabularySize: width, values: rows))
  }

  private func picked(_ rows: [Float], _ tokens: [Token]) -> [Float] {
    tokens.enumerated().map { rows[$0 * Self.vocabulary + $1] }
  }

  /// Log-probabilities of rows of logits.
  private func rows(_ logits: [Double]) -> [Float] {
    stride(from: 0, to: logits.count, by: Self.vocabulary).flatMap { start in
      let row = logits[start..<start + Self.vocabulary]
      let total = log(row.reduce(0) { $0 + exp($1) })
      return row.map { Float($0 - total) }
    }
  }
}
