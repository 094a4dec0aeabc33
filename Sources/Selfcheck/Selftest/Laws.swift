package import Runs
internal import Networks
internal import Distill
internal import Foundation
internal import Tasks
internal import Plugins
internal import Core
internal import Student
internal import Teacher
internal import Tensors

/// Laws that hold on any machine, checked on a small world with random ragged batches.
package struct Laws: Sendable {
  let parts: RunParts
  let student: DecoderStudent
  let groups: [RolloutGroup]

  /// A small world, an untrained student and its answers.
  package init(_ laboratory: Laboratory) async throws {
    var configuration = RunConfiguration()
    configuration.data = .map([
      "world": .map(["videos": .init(.integer(4)), "devVideos": .init(.integer(1))])
    ])
    // Answers of characters: of many lengths.
    configuration.codec = "digits"
    configuration.teacher = "oracle"
    parts = try await RunParts(configuration, in: laboratory)
    student = try parts.context.decoder(layers: 2, width: 32, hidden: 48)
    groups = try student.sample(
      Array(parts.train.prefix(6)),
      settings: SamplingSettings(
        group: 4, temperature: 1, maximumLength: parts.context.codec.maximumLength), seed: Seed(1))
  }

  /// Checks all laws.
  package func run() async throws -> [Check] {
    var checks = try await [
      samplerAgreesWithTrainer(), nothingDrifts(), teacherIsStudent(), microBatches(), threads(),
      oracle(), positions(), otherVocabulary(), products(),
    ]
    for method in MethodPreset.towardsTeacher {
      checks.append(try await movesTowardsTeacher(method))
    }
    return checks + (try ObjectiveLaws().run())
  }

  /// The answers with a teacher's whole rows, a reference and a reward: everything a method may need.
  func scored(by teacher: any TeacherScorer) async throws -> [ScoredGroup] {
    let scores = try await teacher.score(
      groups.map { ScoringRequest(prompt: $0.prompt, responses: $0.rollouts.map(\.tokens)) },
      support: .full)
    let rewards = try await parts.reward.rewards(groups)
    return groups.indices.map { g in
      ScoredGroup(
        prompt: groups[g].prompt,
        rollouts: groups[g].rollouts.enumerated().map { slot, rollout in
          ScoredRollout(
            rollout, teacher: scores[g][slot], reference: scores[g][slot].sampled,
            reward: rewards[g][slot])
        })
    }
  }

  private func teacherIsStudent() async throws -> Check {
    let teacher = PolicyTeacher(
      student.frozen(), codec: parts.context.codec, evidence: .sameAsStudent)
    let scored = try await scored(by: teacher)
    var worst = 0.0
    for name in ["opd", "opd-full"] {
      worst = largestError(
        worst,
        try gradient(of: name, scored).values.reduce(0) { largestError($0, Double($1.magnitude)) })
    }
    return Check("teacher = student gives no gradient", error: worst, tolerance: 1e-6)
  }

  func gradient(of method: String, _ scored: [ScoredGroup]) throws -> Parameters<Float> {
    let loss = try MethodPreset.named(method).objective.prepare(groups: scored, temperature: 1)
    let shards = GradientShards(layout: student.parameters.layout)
    _ = try student.differentiate(groups, loss, into: shards)
    return shards.total().gradient
  }

  /// Ragged, long and thin products of numbers in ±1; the error of a sum of k grows with √k.
  private func products() -> Check {
    var random = SeededGenerator(seed: Seed(1))
    var worst = 0.0
    for (m, n, k) in [(1, 1, 1), (5, 17, 33), (7, 16, 384), (13, 40, 385), (64, 8, 800)] {
      let a = (0..<k * m).map { _ in Float.random(in: -1...1, using: &random) }
      let b = (0..<k * n).map { _ in Float.random(in: -1...1, using: &random) }
      let differences = ProductCheck.differences(m: m, n: n, k: k, a, b)
      worst = largestError(worst, WorstError.of(differences) / Double(k).squareRoot())
    }
    return Check("our products are OpenBLAS's, to rounding", error: worst, tolerance: 1e-6)
  }

  private func oracleScored() async throws -> [ScoredGroup] {
    guard let teacher = parts.teacher else { return [] }
    return try await scored(by: teacher.scorer)
  }

  /// Every method's gradient, of the batch at once and of each question alone, added up.
  private func microBatches() async throws -> Check {
    let scored = try await oracleScored()
    var worst = 0.0
    for method in MethodPreset.all where method.objective.requirements.disorderedInput == nil {
      let loss = try method.objective.prepare(groups: scored, temperature: 1)
      let shards = GradientShards(layout: student.parameters.layout)
      _ = try student.differentiate(groups, loss, into: shards)
      let whole = shards.total().gradient.values
      var sum = [Float](repeating: 0, count: whole.count)
      for index in groups.indices {
        _ = try student.differentiate(
          [groups[index]], OneGroup(loss: loss, group: index), into: shards)
        for (place, value) in shards.total().gradient.values.enumerated() { sum[place] += value }
      }
      let largest = whole.reduce(1e-6) { max($0, Double($1.magnitude)) }
      let differences = zip(whole, sum).lazy.map { Double(($0 - $1).magnitude) }
      worst = largestError(worst, WorstError.of(differences) / largest)
    }
    return Check(
      "no method's gradient depends on micro-batches", error: worst, tolerance: 5e-6)
  }

  private func threads() async throws -> Check {
    let scored = try await oracleScored()
    let kept = Parallel.threads
    defer { Parallel.threads = kept }
    var results: [[Float]] = []
    for threads in [1, 2, 4] {
      Parallel.threads = threads
      results.append(try gradient(of: "opd", scored).values)
    }
    let agrees = results.allSatisfy { $0 == results[0] }
    return Check("1, 2 and 4 threads give the same bits", error: agrees ? 0 : 1, tolerance: 0)
  }

  private func oracle() async throws -> Check {
    let groups = try parts.train.map { prompt in
      let tokens = try parts.context.codec.encode(prompt.truth[0], to: prompt)
      return RolloutGroup(
        prompt: prompt,
        rollouts: [
          Rollout(
            promptID: prompt.id, slot: 0, tokens: tokens,
            logProbabilities: tokens.map { _ in 0 }, finish: .stop)
        ])
    }
    let rewards = try await parts.reward.rewards(groups).joined().map(\.total)
    let worst = rewards.reduce(0) { largestError($0, ($1 - 1).magnitude) }
    return Check("the oracle's answers score 1", error: worst, tolerance: 1e-9)
  }

  private func value(of loss: PreparedLoss, for student: DecoderStudent) throws -> Double {
    try student.read(groups, loss).value
  }

  private func movesTowardsTeacher(_ method: String) async throws -> Check {
    let scored = try await oracleScored()
    let loss = try MethodPreset.named("opd-full").objective.prepare(groups: scored, temperature: 1)
    var moved = student
    let before = try value(of: loss, for: moved)
    let step = try MethodPreset.named(method).objective.prepare(groups: scored, temperature: 1)
    for number in 1...5 {
      _ = try moved.accumulate(groups, step)
      _ = moved.update(UpdateStep(number: number, learningRate: 1e-3))
    }
    let after = try value(of: loss, for: moved)
    return Check(
      "five steps of \(method) lower the exact reverse KL (change, nats)", error: after - before,
      tolerance: 0)
  }
}

/// One group of a prepared batch under its own number.
private struct OneGroup: ResponseLoss {
  let loss: PreparedLoss
  let group: Int

  func evaluate<Scalar: Real>(
    group: Int, slot: Int, logits: inout MutableSpan<Scalar>
  ) throws -> LossReport {
    try loss.evaluate(group: self.group, slot: slot, logits: &logits)
  }
}
