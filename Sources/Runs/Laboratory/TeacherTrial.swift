internal import Statistics
internal import Dispatch
internal import Tasks
package import Plugins
internal import Core
package import Teacher

/// The teacher of a configuration, connected without a run around it.
package struct TeacherTrial: Sendable {
  /// One thing that was found.
  package struct Finding: Sendable, Hashable, Codable {
    /// What was looked at.
    package var name: String
    /// Whether it is as it must be.
    package var passed: Bool
    /// What it is.
    package var finding: String
  }

  /// How fast a teacher is.
  package struct Rate: Sendable, Hashable, Codable {
    /// Responses a request batch.
    package var responses: Int
    /// Tokens of a response, on average.
    package var responseTokens: Double
    /// Batches that were timed.
    package var batches: Int
    /// Response tokens scored in a second, median over batches.
    package var tokensPerSecond: Double
    /// Responses scored in a minute, median over batches.
    package var sequencesPerMinute: Double
    /// What asking cost, where the teacher is alive.
    package var costs: ServiceCosts?
  }

  let context: RunContext
  let teacher: TeacherChoice
  /// The teacher as the configuration names it, in full.
  let words: String

  /// Connects the teacher of a configuration.
  ///
  /// - Throws: What is wrong with the configuration, the data or the teacher.
  package init(
    _ value: ConfigurationValue, in laboratory: Laboratory,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws {
    let configuration = try laboratory.complete(value).decoded(as: RunConfiguration.self)
    guard let choice = configuration.teacher else {
      throw LaboratoryError.mandatory(key: "teacher", why: "there is nobody to try")
    }
    words = choice.text
    context = try await RunContext(configuration, in: laboratory, log: log)
    teacher = try await laboratory.teachers.connect(choice, at: "teacher", in: context)
  }

  /// Looks at what the teacher says of itself, and at its scores of a few right answers.
  ///
  /// - Throws: What the teacher throws.
  package func findings() async throws -> [Finding] {
    let vocabulary = context.codec.tokenizer.fingerprint
    let requests = try requests(prompts: 4, answers: 2)
    let first = try await teacher.scorer.score(requests, support: .sampled).joined()
    let second = try await teacher.scorer.score(requests, support: .sampled).joined()
    let values = first.flatMap(\.sampled)
    let difference = zip(values, second.flatMap(\.sampled)).map { abs($0 - $1) }.max() ?? 0
    let usable = values.allSatisfy { $0.isFinite && $0 < 1e-3 }
    return [
      Finding(
        name: "vocabulary", passed: teacher.scorer.vocabularyFingerprint == vocabulary,
        finding: "\(teacher.scorer.vocabularyFingerprint.prefix(12)), the student's "
          + "\(vocabulary.prefix(12))"),
      Finding(
        name: "support", passed: true, finding: "\(teacher.scorer.support)"),
      Finding(
        name: "identity", passed: true,
        finding: teacher.identity.isEmpty ? "none, so nothing can be cached" : teacher.identity),
      Finding(
        name: "log-probabilities", passed: usable,
        finding: "\(values.count) from \(values.min() ?? 0) to \(values.max() ?? 0) nats"),
      Finding(
        name: "repeats", passed: difference <= 0.05,
        finding: "two scores of the same tokens differ by \(difference) nats at most"),
    ]
  }

  /// Measures how fast the teacher scores answers to the data's own questions.
  ///
  /// - Parameters:
  ///   - prompts: Prompts a batch.
  ///   - answers: Answers a prompt.
  ///   - seconds: How long to measure; the first batch does not count.
  /// - Returns: Medians over batches.
  /// - Throws: What the teacher throws.
  package func rate(prompts: Int, answers: Int, seconds: Double) async throws -> Rate {
    let requests = try requests(prompts: prompts, answers: answers)
    let responses = requests.reduce(0) { $0 + $1.responses.count }
    let tokens = requests.reduce(0) { $0 + $1.responses.reduce(0) { $0 + $1.count } }
    _ = try await teacher.scorer.score(requests, support: .sampled)
    var times: [Double] = []
    let start = DispatchTime.now()
    repeat {
      let begin = DispatchTime.now().uptimeNanoseconds
      _ = try await teacher.scorer.score(requests, support: .sampled)
      times.append(Double(DispatchTime.now().uptimeNanoseconds - begin) * 1e-9)
    } while Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) < seconds * 1e9
    let time = median(times)
    return Rate(
      responses: responses, responseTokens: Double(tokens) / Double(max(1, responses)),
      batches: times.count, tokensPerSecond: Double(tokens) / time,
      sequencesPerMinute: Double(responses) / time * 60, costs: teacher.costs?())
  }

  /// Right answers and made-up ones to the first prompts.
  private func requests(prompts: Int, answers: Int) throws -> [ScoringRequest] {
    let pool = context.dataset.train + context.dataset.dev
    return try (0..<prompts).map { index in
      let prompt = pool[index % pool.count]
      var generator = Seed(1).derived("trial", index).generator()
      let all = try context.codec.enumerable(for: "A trial").answers(to: prompt)
      let responses = try (0..<answers).map { slot in
        let answer = slot == 0 ? prompt.truth.first : nil
        return try context.codec.encode(
          answer ?? all[generator.integer(below: all.count)], to: prompt)
      }
      return ScoringRequest(prompt: prompt, responses: responses)
    }
  }
}
