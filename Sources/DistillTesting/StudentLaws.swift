import Foundation
public import Core
public import Student
public import Testing

/// Checks a learner and makes an issue of the running test of each law it breaks.
///
/// - Parameters:
///   - student: The learner; a small one, whose gradient is checked with a dozen passes.
///   - prompts: Prompts it can read; two at least.
///   - maximumLength: The most tokens of an answer.
///   - sourceLocation: Where issues are reported.
public func checkLearner(
  _ student: any Learner, prompts: [Prompt], maximumLength: Int = 5,
  sourceLocation: SourceLocation = #_sourceLocation
) async {
  await learnerViolations(student, prompts: prompts, maximumLength: maximumLength)
    .record(sourceLocation: sourceLocation)
}

/// The laws a learner breaks; see `checkLearner`.
public func learnerViolations(
  _ student: any Learner, prompts: [Prompt], maximumLength: Int = 5
) async -> [Violation] {
  var laws = StudentLaws(student: student, prompts: prompts, maximumLength: maximumLength)
  await laws.check()
  return laws.book.violations
}

/// The laws of learners.
struct StudentLaws {
  let student: any Learner
  let prompts: [Prompt]
  let maximumLength: Int
  var book = Lawbook()

  static let seed = Seed(9)

  mutating func check() async {
    let settings = SamplingSettings(group: 3, temperature: 1, maximumLength: maximumLength)
    guard let groups = await sample(prompts, settings, Self.seed) else { return }
    checkShape(groups, settings)
    guard book.violations.isEmpty else { return }
    await checkSeeds(groups, settings)
    await checkBatches(groups, settings)
    await checkGreedy()
    await checkAgreement()
    await checkTotal()
    checkWork(groups)
    await checkGradient(groups)
    await checkMemory(groups)
  }

  mutating func sample(
    _ prompts: [Prompt], _ settings: SamplingSettings, _ seed: Seed
  ) async -> [RolloutGroup]? {
    let student = student
    return await book.attempt("Prompts can be answered.") {
      try await student.sample(prompts, settings: settings, seed: seed)
    }
  }

  private mutating func checkShape(_ groups: [RolloutGroup], _ settings: SamplingSettings) {
    book.expect(
      groups.map(\.prompt.id) == prompts.map(\.id), "There is one group a prompt, in order.",
      "\(groups.map(\.prompt.id))")
    for group in groups {
      book.expect(
        group.rollouts.map(\.slot) == Array(0..<settings.group)
          && group.rollouts.allSatisfy { $0.promptID == group.prompt.id },
        "A group has its answers by slot.", "\(group.rollouts.map(\.slot))")
      for rollout in group.rollouts { check(rollout, settings) }
    }
  }

  private mutating func check(_ rollout: Rollout, _ settings: SamplingSettings) {
    let end = student.tokenizer.end
    book.expect(
      rollout.tokens.allSatisfy(student.tokenizer.words.indices.contains),
      "Answers are written in the vocabulary.", "\(rollout.tokens)")
    book.expect(
      rollout.tokens.count <= settings.maximumLength, "Answers keep to the length limit.",
      "\(rollout.tokens.count) tokens")
    book.expect(
      !rollout.tokens.dropLast().contains(end)
        && (rollout.finish == .stop) == (rollout.tokens.last == end),
      "An answer stops at the end token, and says so.", "\(rollout.tokens) \(rollout.finish)")
    book.expect(
      rollout.finish == .stop || rollout.tokens.count == settings.maximumLength,
      "An answer that does not stop is as long as it may be.", "\(rollout.tokens.count) tokens")
    book.expect(
      rollout.logProbabilities.allSatisfy { $0.isFinite && $0 < 1e-4 },
      "Log-probabilities are finite and not above 0.", "\(rollout.logProbabilities)")
  }

  private mutating func checkSeeds(_ groups: [RolloutGroup], _ settings: SamplingSettings) async {
    guard let again = await sample(prompts, settings, Self.seed),
      let other = await sample(prompts, settings, Seed(10))
    else { return }
    book.expect(
      again.map(\.rollouts) == groups.map(\.rollouts), "The same seed gives the same answers.",
      "they differ")
    book.expect(
      other.map(\.rollouts) != groups.map(\.rollouts), "Another seed gives other answers.",
      "they are the same")
    book.expect(
      groups.contains { Set($0.rollouts.map(\.tokens)).count > 1 },
      "Answers to one prompt are drawn from streams of their own.", "all are the same")
  }

  private mutating func checkBatches(
    _ groups: [RolloutGroup], _ settings: SamplingSettings
  ) async {
    for (prompt, group) in zip(prompts, groups) {
      guard let alone = await sample([prompt], settings, Self.seed)?.first else { return }
      book.expect(
        alone.rollouts.map(\.tokens) == group.rollouts.map(\.tokens),
        "An answer does not depend on what else is in the batch.", "'\(prompt.id)' differs alone")
    }
  }

  private mutating func checkGreedy() async {
    let settings = SamplingSettings.greedy(maximumLength: maximumLength)
    guard let first = await sample(prompts, settings, Seed(1)),
      let second = await sample(prompts, settings, Seed(2))
    else { return }
    book.expect(
      first.map { $0.rollouts.map(\.tokens) } == second.map { $0.rollouts.map(\.tokens) },
      "Greedy answers do not depend on the seed.", "they differ")
  }

  private mutating func checkAgreement() async {
    let student = student
    for temperature in [0.6, 1, 1.4] {
      let settings = SamplingSettings(
        group: 2, temperature: temperature, maximumLength: maximumLength)
      guard let groups = await sample(prompts, settings, Self.seed) else { return }
      let law = "Sampler and trainer agree on log-probabilities at every temperature."
      let trained = await book.attempt(law) {
        try await student.score(groups, support: .sampled, temperature: temperature).map {
          $0.map(\.sampled)
        }
      }
      guard let trained else { return }
      let sampled = groups.map { $0.rollouts.map(\.logProbabilities) }
      book.expect(
        trained.map(\.count) == sampled.map(\.count)
          && zip(trained.joined(), sampled.joined()).allSatisfy {
            agree($0, $1, within: 1e-4)
          }, law, "they differ at temperature \(temperature)")
    }
  }

  private mutating func checkTotal() async {
    guard let prompt = prompts.first, student.tokenizer.count <= 1024 else { return }
    let student = student
    let answers = student.tokenizer.words.indices.map { token in
      Rollout(
        promptID: prompt.id, slot: token, tokens: [token], logProbabilities: [0], finish: .length)
    }
    let law = "The probabilities of all first tokens sum to 1."
    let values = await book.attempt(law) {
      try await student.score(
        [RolloutGroup(prompt: prompt, rollouts: answers)], support: .sampled, temperature: 1)
    }
    guard let values else { return }
    let total = values.joined().flatMap(\.sampled).reduce(0.0) { $0 + exp(Double($1)) }
    book.expect(abs(total - 1) < 1e-3, law, "they sum to \(total)")
  }

  private mutating func checkWork(_ groups: [RolloutGroup]) {
    let work = WorkPhase.allCases.map { student.flops(of: groups, $0) }
    book.expect(
      work.allSatisfy { $0 >= 0 && $0.isFinite }
        && student.flops(of: groups, .training) >= student.flops(of: groups, .forward),
      "Work is counted in flops, and training costs no less than one pass.", "\(work)")
  }
}
