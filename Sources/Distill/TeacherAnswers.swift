internal import Core
internal import Student
internal import Teacher

/// A teacher's own answers, for objectives that learn from them.
///
/// A teacher that knows whole distributions is sampled from a token at a time, from just what it scores with, whatever it
/// is wrapped in; any other is asked for its best answers.
struct TeacherAnswers {
  let teacher: any TeacherScorer
  let predictor: (any AnswerPredictor)?
  let codec: AnswerCodec
  let group: Int
  let maximumLength: Int

  /// The answers to each prompt, and the floating-point operations they took.
  ///
  /// - Throws: What the teacher throws; `TrainingError.missing` where it neither knows distributions nor answers.
  func answers(
    to prompts: [Prompt], seed: Seed
  ) async throws -> (groups: [RolloutGroup], flops: Double) {
    if teacher.support == .full { return try await sampled(prompts, seed) }
    guard let predictor else {
      throw TrainingError.missing(partner: "a teacher that gives answers of its own")
    }
    let predictions = try await predictor.predictions(for: prompts, count: group)
    return (try zip(prompts, predictions).map(best), 0)
  }

  private func best(_ prompt: Prompt, _ predictions: [ScoredAnswer]) throws -> RolloutGroup {
    guard !predictions.isEmpty else { throw TrainingError.noTruth(prompt.id) }
    let rollouts = try (0..<group).map { slot in
      let tokens = try codec.encode(predictions[slot % predictions.count].answer, to: prompt)
      return Rollout(given: tokens, to: prompt, slot: slot)
    }
    return RolloutGroup(prompt: prompt, rollouts: rollouts)
  }

  /// One answer on its way.
  fileprivate struct Draft {
    var tokens: [Token] = []
    var logProbabilities: [Float] = []
    var dice: SeededGenerator
    var ended = false
  }

  private func sampled(
    _ prompts: [Prompt], _ seed: Seed
  ) async throws -> (groups: [RolloutGroup], flops: Double) {
    var drafts = prompts.map { prompt in
      (0..<group).map { Draft(dice: seed.derived(prompt.id, $0).generator()) }
    }
    var scoredTokens = 0
    for length in 0..<maximumLength where drafts.joined().contains(where: { !$0.ended }) {
      // The token to be drawn is not known yet: any will do, for only the row before it is read.
      let requests = zip(prompts, drafts).map { prompt, drafts in
        ScoringRequest(
          prompt: prompt,
          responses: drafts.filter { !$0.ended }.map { $0.tokens + [codec.tokenizer.end] })
      }
      let asked = prompts.indices.filter { !requests[$0].responses.isEmpty }
      let scores = try await teacher.score(asked.map { requests[$0] }, support: .full)
      for (place, scores) in zip(asked, scores) {
        var next = scores.makeIterator()
        for slot in drafts[place].indices where !drafts[place][slot].ended {
          guard let row = next.next()?.rows?.logProbabilities(length..<length + 1) else { continue }
          drafts[place][slot].draw(from: row, end: codec.tokenizer.end)
          scoredTokens += length + 1
        }
      }
    }
    let groups = zip(prompts, drafts).map { prompt, drafts in
      RolloutGroup(
        prompt: prompt,
        rollouts: drafts.enumerated().map { slot, draft in
          Rollout(
            promptID: prompt.id, slot: slot, tokens: draft.tokens,
            logProbabilities: draft.logProbabilities, finish: draft.ended ? .stop : .length)
        })
    }
    return (groups, teacher.flopsPerToken * Double(scoredTokens))
  }
}

extension TeacherAnswers.Draft {
  /// Draws the next token; the rounding of a row's sum goes to its last likely token.
  fileprivate mutating func draw(from row: [Float], end: Token) {
    var left = dice.uniform()
    var token = row.indices.last { row[$0] > -.infinity } ?? end
    for (index, value) in row.enumerated() {
      left -= exponentialOf(Double(value))
      if left < 0 {
        token = index
        break
      }
    }
    tokens.append(token)
    logProbabilities.append(row[token])
    ended = token == end
  }
}

extension Rollout {
  /// An answer that nobody sampled; the zeros for its log-probabilities are read by no objective that learns from it.
  init(given tokens: [Token], to prompt: Prompt, slot: Int) {
    self.init(
      promptID: prompt.id, slot: slot, tokens: tokens,
      logProbabilities: [Float](repeating: 0, count: tokens.count), finish: .stop)
  }
}
