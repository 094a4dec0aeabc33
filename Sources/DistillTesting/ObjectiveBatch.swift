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

  /// The teacher's log-probabilities at each response, T·V.
  private(set) var teacherRows: [[[Double]]] = []

  /// V of this batch.
  let width: Int

  private var generator = Seed(23).generator()

  /// A batch for what is needed.
  init(for needs: ObjectiveRequirements, vocabulary width: Int = ObjectiveBatch.vocabulary) {
    self.width = width
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
    teacherRows.append([])
    var rollouts: [ScoredRollout] = []
    for slot in 0..<answers {
      let length = 1 + (slot + groups.count) % 4
      let student = (0..<length * width).map { _ in generator.normal() }
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
    let tokens = (0..<length).map { _ in generator.integer(below: width) }
    let behaviour = picked(single(student), tokens).map { $0 - 0.1 * Float(generator.uniform()) }
    var result = ScoredRollout(
      Rollout(
        promptID: prompt.id, slot: slot, tokens: tokens, logProbabilities: behaviour,
        finish: .length))
    let count = length * width
    let teacherLogits = (0..<count).map { _ in generator.normal() }
    teacherRows[teacherRows.count - 1].append(rows(teacherLogits))
    result.teacher = teacher(single(teacherLogits), tokens)
    result.reference = picked(single((0..<count).map { _ in generator.normal() }), tokens)
    let total = generator.uniform()
    // One answer in four is right, so that accuracy alone has spread too.
    let terms = ["iou": total, "accuracy": slot.isMultiple(of: 4) ? 1 : 0, "format": 1]
    result.reward = Reward(total: total, terms: terms, parsed: true)
    return result
  }

  private func teacher(_ rows: [Float], _ tokens: [Token]) -> TeacherScore {
    let top = tokens.indices.map { position in
      (0..<width).map { ScoredToken($0, rows[position * width + $0]) }
        .sorted { $0.logProbability > $1.logProbability }
    }
    return TeacherScore(
      sampled: picked(rows, tokens), top: top,
      rows: DenseVocabularyRows(vocabularySize: width, values: rows))
  }

  private func picked(_ rows: [Float], _ tokens: [Token]) -> [Float] {
    tokens.enumerated().map { rows[$0 * width + $1] }
  }

  /// Log-probabilities of rows of logits.
  private func rows(_ logits: [Double]) -> [Double] {
    stride(from: 0, to: logits.count, by: width).flatMap { start in
      let row = logits[start..<start + width]
      let total = log(row.reduce(0) { $0 + exp($1) })
      return row.map { $0 - total }
    }
  }

  private func single(_ logits: [Double]) -> [Float] { rows(logits).map { Float($0) } }

  /// The batch as the algebra reads it.
  ///
  /// - Parameters:
  ///   - exact: Whether the teacher's rows are in double precision.
  ///   - rows: Whether the teacher says rows, or its most likely tokens alone.
  /// - Returns: The signals of every response.
  /// - Throws: What is wrong with it.
  func signals(exact: Bool, rows: Bool) throws -> SignalBatch {
    var batch = try SignalBatch(groups)
    for g in batch.groups.indices {
      for i in batch.groups[g].indices {
        if !rows { batch.groups[g][i].teacherRows = nil }
        guard exact else { continue }
        let values = teacherRows[g][i]
        batch.groups[g][i].teacherRows = .exact(values, width: width)
        batch.groups[g][i].teacher = batch.groups[g][i].tokens.enumerated().map {
          values[$0 * width + $1]
        }
      }
    }
    return batch
  }

  /// The batch with the teacher's rows where nobody reads them.
  ///
  /// There, the prompts' tokens are the responses.
  func signalsBeside() throws -> SignalBatch {
    var batch = try signals(exact: true, rows: true)
    for g in batch.groups.indices {
      for i in batch.groups[g].indices {
        (batch.groups[g][i].teacherRows, batch.groups[g][i].teacherTop) = (nil, nil)
        let prompt = Prompt(
          id: "", video: "", query: "", tokens: batch.groups[g][i].tokens, evidence: .none,
          truth: [])
        batch.groups[g][i].teacherBeside = RowsBeside(
          weights: "", prompt: prompt, temperature: 1)
      }
    }
    return batch
  }
}
