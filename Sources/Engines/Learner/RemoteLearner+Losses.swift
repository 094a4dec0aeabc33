#if Engines
import Core
import Foundation
import Student
import Tensors

extension RemoteLearner {
  typealias Differentiated = (report: LossReport, responses: [DifferentiatedResponse])

  /// The loss of responses with its derivatives: by slopes where they suffice, which are far fewer than logits.
  func differentiate(
    _ groups: [RolloutGroup], _ loss: some ResponseLoss
  ) async throws -> Differentiated {
    if abilities.divergences, let door = loss.byDivergences {
      return try await differentiateBeside(groups, door)
    }
    guard let door = loss.bySlopes, door.likeliest == 0, abilities.targets > 0 else {
      return try await differentiateLogits(groups, loss)
    }
    let places = Self.places(in: groups)
    var responses = Self.responses(of: groups)
    for (index, place) in places.enumerated() { responses[index].targets = door.targets(place) }
    let scores = try await engine.score(responses, temperature: door.temperature)
    var result: Differentiated = (LossReport(), [])
    for (index, place) in places.enumerated() {
      let (report, slopes) = try door.slopes(place, scores[index])
      result.report.add(report)
      result.responses.append(
        DifferentiatedResponse(
          response: responses[index],
          gradient: .slopes(slopes, at: scores[index], temperature: door.temperature)))
    }
    return result
  }

  /// The same with divergences that the engine tells and is moved by: no row of either side is sent.
  func differentiateBeside(
    _ groups: [RolloutGroup], _ door: any DivergenceLoss
  ) async throws -> Differentiated {
    let places = Self.places(in: groups)
    var responses = Self.responses(of: groups)
    for (index, place) in places.enumerated() {
      responses[index].divergences = door.divergences(place)
    }
    let counted = responses.indices.filter { responses[$0].divergences != nil }
    let found = try await engine.compare(
      counted.map { responses[$0] }, temperature: door.temperature)
    var result: Differentiated = (LossReport(), [])
    for (index, found) in zip(counted, found) {
      let (report, slopes) = try door.slopes(
        places[index], found.logProbabilities, divergences: found.divergences)
      result.report.add(report)
      result.responses.append(
        DifferentiatedResponse(
          response: responses[index],
          gradient: .slopes(
            slopes.map { [$0] }, at: found.logProbabilities.map { [$0] },
            temperature: door.temperature)))
    }
    return result
  }

  /// The same with the logits on the wire: T·V numbers a response, there and back.
  func differentiateLogits(
    _ groups: [RolloutGroup], _ loss: some ResponseLoss
  ) async throws -> Differentiated {
    guard abilities.logits else { throw LearnerError.unable(to: "show its logits") }
    let responses = Self.responses(of: groups)
    let rows = try await engine.logits(responses)
    var result: Differentiated = (LossReport(), [])
    for (index, place) in Self.places(in: groups).enumerated() {
      var logits = rows[index]
      var span = logits.mutableSpan
      result.report.add(
        try loss.evaluate(group: place.group, slot: place.slot, logits: &span))
      result.responses.append(
        DifferentiatedResponse(response: responses[index], gradient: .logits(logits)))
    }
    return result
  }

  /// What whole rows say of answers.
  func scoreRows(
    _ groups: [RolloutGroup], _ responses: [TargetedResponse], _ support: TeacherSupport,
    _ temperature: Double
  ) async throws -> [[TeacherScore]] {
    guard abilities.logits, support == .full else {
      throw LearnerError.unable(to: "say more than how likely sampled tokens are")
    }
    var rest = try await engine.logits(responses)[...]
    return groups.map { group in
      group.rollouts.map { rollout in
        let rows = Self.logSoftmax(
          rest.removeFirst(), width: tokenizer.count, temperature: temperature)
        return TeacherScore(
          of: rollout.tokens,
          in: DenseVocabularyRows(vocabularySize: tokenizer.count, values: rows))
      }
    }
  }

  /// log π of every token in each row of logits.
  private static func logSoftmax(
    _ logits: [Float], width: Int, temperature: Double
  ) -> [Float] {
    var result: [Float] = []
    for start in stride(from: 0, to: logits.count, by: width) {
      let row = logits[start..<start + width].map { Double($0) / temperature }
      let peak = row.max() ?? 0
      let total = peak + log(row.reduce(0) { $0 + exp($1 - peak) })
      result += row.map { Float($0 - total) }
    }
    return result
  }

  private static func places(in groups: [RolloutGroup]) -> [ResponsePlace] {
    groups.enumerated().flatMap { group, content in
      content.rollouts.indices.map { ResponsePlace(group: group, slot: $0) }
    }
  }
}
#endif
