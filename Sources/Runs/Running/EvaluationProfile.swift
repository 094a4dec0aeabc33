internal import Core
internal import Plugins
internal import Records
internal import Statistics
internal import Student
internal import TAD
internal import Tasks
internal import Tensors

/// What an answer costs, part by part, for several ways to read one from the same student.
///
/// One question at a time, of different videos, on the run's threads: the time until an answer is there, not how many are answered
/// at once. Prefill is the pass over the prompt with the first token of each answer, measured by asking for one token; decoding is
/// the rest.
package struct EvaluationProfile: Sendable, Encodable {
  /// A way to read an answer, with means over questions.
  package struct Reading: Sendable, Encodable {
    /// `greedy`, `consensus of 8`, `minimum risk`.
    package var name: String
    /// The task's headline on these questions.
    package var quality: Double
    /// Seconds of an answer, features and selection included: the median over questions.
    package var seconds: Double
    /// Floating-point operations of an answer, selection included.
    package var flops: Double
    /// Tokens that are sampled or scored for an answer.
    package var tokens: Double
    /// Where the seconds go: features, selection, prefill, decoding; sums to 1.
    package var shares: [String: Double]
  }

  /// What a prompt is before and after frames are chosen, means over questions.
  package struct Budget: Sendable, Encodable {
    /// Frames of a video.
    package var frames: Double
    /// Rows of features among the prompt's.
    package var visualTokens: Double
    /// Words of the question.
    package var words: Double
    /// Operations of the pass over the prompt.
    package var prefillFlops: Double
  }

  /// How many questions were put, each about another video.
  package var questions: Int
  /// Threads that worked.
  package var threads: Int
  /// With every frame.
  package var before: Budget
  /// With the frames that the student sees.
  package var after: Budget
  /// The readings.
  package var readings: [Reading]
  /// What could not be told, a sentence each.
  package var notes: [String]
}

extension RunExecutor {
  /// Measures what an answer of a run's student costs.
  ///
  /// - Parameters:
  ///   - path: The folder of the run; nothing in it is changed.
  ///   - overrides: Changes to its configuration; they must leave the student's shape as it is.
  ///   - videos: The most videos of the part to report on, one question about each.
  /// - Returns: Costs of greedy answers, of the consensus of 4, 8 and 32 samples, and of minimum risk where answers can be listed.
  /// - Throws: As `evaluation(of:overrides:)`.
  package func profile(
    of path: String, overrides: [String] = [], videos: Int
  ) async throws -> EvaluationProfile {
    let start = ContinuousClock.now
    let data = try await RunContext(
      laboratory.configuration(
        of: ConfigurationFile.load(RunDirectory(path).file("config.yaml"), overrides: overrides)),
      in: laboratory
    ).dataset
    let loading = start.elapsed / Double(max(1, Set(data.all.map(\.video)).count))
    let run = try await TrainedRun(path, overrides: overrides, in: laboratory)
    Parallel.threads = run.parts.configuration.threads
    return try await ProfiledStudent(run, videos: videos, features: loading).profile()
  }
}

/// A student at the stopwatch.
private struct ProfiledStudent {
  let student: any Learner
  let codec: AnswerCodec
  /// The questions as the student sees them.
  let prompts: [Prompt]
  let threads: Int
  /// Seconds to read or make the features of a video.
  let features: Double
  /// Seconds and operations of choosing the frames of each question.
  let selection: (seconds: [Double], flops: Double)

  init(_ run: TrainedRun, videos: Int, features: Double) async throws {
    let (parts, context) = (run.parts, run.parts.context)
    var seen = Set<String>()
    let places = parts.reported.indices.filter { seen.insert(parts.reported[$0].video).inserted }
      .prefix(videos)
    student = run.student
    codec = context.codec
    prompts = places.map { parts.reported[$0] }
    threads = parts.configuration.threads
    self.features = features
    let chosen = parts.configuration.evaluation.keyframes ?? parts.configuration.keyframes
    selection = try await Self.selection(
      chosen, places.map { context.dataset.unmarked(context.dataset.reported[$0]) }, context)
  }

  /// Chooses frames anew, one question at a time.
  private static func selection(
    _ value: ConfigurationValue?, _ filmed: [Prompt], _ context: RunContext
  ) async throws -> (seconds: [Double], flops: Double) {
    guard let value, !value.isNull else { return (filmed.map { _ in 0 }, 0) }
    let selector = try await context.laboratory.selectors.connect(
      value, at: "keyframes", in: context)
    var (seconds, flops): ([Double], Double) = ([], 0)
    for prompt in filmed {
      let start = ContinuousClock.now
      let made = try await selector.select([prompt], seed: context.seed.derived("keyframes"))
      seconds.append(start.elapsed)
      flops += made.reduce(0) { $0 + $1.cost.flops }
    }
    return (seconds, flops / Double(max(1, filmed.count)))
  }

  func profile() async throws -> EvaluationProfile {
    // The first pass pays for memory that the others find.
    _ = try await reading("warm-up", .greedy, Array(prompts.prefix(2)))
    var profile = EvaluationProfile(
      questions: prompts.count, threads: threads,
      before: budget(prompts.map(\.withAllEvidence)), after: budget(prompts), readings: [],
      notes: [])
    profile.readings.append(try await reading("greedy", .greedy, prompts))
    for samples in [4, 8, 32] {
      profile.readings.append(
        try await reading("consensus of \(samples)", .consensus(samples: samples), prompts))
    }
    if codec.task is any EnumerableTask {
      profile.readings.append(try await reading("minimum risk", .exact(), prompts))
    } else {
      profile.notes.append(
        "Minimum risk scores every answer that can be given, which the task '\(codec.task.name)' cannot list."
      )
    }
    return profile
  }

  private func budget(_ prompts: [Prompt]) -> EvaluationProfile.Budget {
    func average(_ value: (Prompt) -> Double) -> Double { mean(prompts.map(value)) }
    let frames = average { Double($0.keyframes?.count ?? $0.evidence.frames) }
    return EvaluationProfile.Budget(
      frames: frames,
      visualTokens: average { Double($0.visible.frames * $0.visible.tokensPerFrame) },
      words: average { Double($0.tokens.count) },
      prefillFlops: average { student.flops(of: [Self.firstToken(of: $0, 1)], .sampling) })
  }

  /// Answers of one token each, for what a pass over the prompt takes.
  private static func firstToken(of prompt: Prompt, _ answers: Int) -> RolloutGroup {
    RolloutGroup(
      prompt: prompt,
      rollouts: (0..<answers).map {
        Rollout(
          promptID: prompt.id, slot: $0, tokens: [0], logProbabilities: [0], finish: .length)
      })
  }

  private func reading(
    _ name: String, _ decoding: Evaluation.Decoding, _ prompts: [Prompt]
  ) async throws -> EvaluationProfile.Reading {
    var (prefill, whole): ([Double], [Double]) = ([], [])
    var (outcomes, flops, tokens): ([Outcome], Double, Double) = ([], 0, 0)
    for prompt in prompts {
      var start = ContinuousClock.now
      _ = try await student.sample(
        [prompt], settings: SamplingSettings(group: 1, temperature: 0, maximumLength: 1),
        seed: Seed(0))
      prefill.append(start.elapsed)
      start = .now
      let answered = try await Evaluation(
        of: student, on: [prompt], codec: codec, decoding: decoding)
      whole.append(start.elapsed)
      outcomes += answered.outcomes
      flops += answered.flops
      tokens += Double(answered.tokens)
    }
    return reading(
      name, prefill, whole, quality: codec.task.summary(outcomes)[codec.task.headline] ?? 0,
      flops: flops, tokens: tokens)
  }

  private func reading(
    _ name: String, _ prefill: [Double], _ whole: [Double], quality: Double, flops: Double,
    tokens: Double
  ) -> EvaluationProfile.Reading {
    let parts = [
      "features": features, "selection": mean(selection.seconds), "prefill": mean(prefill),
      "decoding": max(0, mean(whole) - mean(prefill)),
    ]
    let sum = parts.values.reduce(0, +)
    let count = Double(max(1, whole.count))
    return EvaluationProfile.Reading(
      name: name, quality: quality,
      seconds: median(whole) + features + median(selection.seconds),
      flops: flops / count + selection.flops, tokens: tokens / count,
      shares: parts.mapValues { sum > 0 ? $0 / sum : 0 })
  }
}
