internal import Core
internal import Foundation

/// How much surer a frozen reader is of the right option than of the wrong ones, on the frames that an answer chose.
///
/// `tanh((1/τ)·log(p(right) / mean p(wrong)))`: 0 where it finds the right option as likely as a wrong one on average, towards
/// 1 the surer it is, towards −1 the surer it is of the others. An answer that cannot be read gets −1.
///
/// Source: K-frames, arXiv:2510.13891, §3.
struct ReaderReward: RewardFunction, WeighedPart {
  /// The reader.
  let reader: AnswerLikelihoods
  /// A digest of its weights.
  let weights: String
  /// τ, above 0: how fast it saturates.
  let temperature: Double
  /// What the reader is shown.
  let view: ClipView
  /// A question in the reader's own words.
  let asked: @Sendable (Prompt) throws -> Prompt

  /// Judges the answers to each prompt; answers that choose the same frames are read once.
  ///
  /// - Throws: `LaboratoryError.noOptions` for a prompt without a right option or a wrong one.
  func rewards(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
    let reading = try reading(groups)
    let judged = try await zip(reading.prompts, reader.likelihoods(reading.prompts)).map {
      try self.judged($0, $1)
    }
    return reading.places.map { places in places.map { $0.map { judged[$0] } ?? Self.unread } }
  }

  /// What reading takes.
  func flops(of groups: [RolloutGroup]) throws -> Double {
    try reader.flops(reading(groups).prompts)
  }

  /// What the reader is shown, each once, and where of these each answer has its own; `nil` where it cannot be read.
  private func reading(
    _ groups: [RolloutGroup]
  ) throws -> (prompts: [Prompt], places: [[Int?]]) {
    var prompts: [Prompt] = []
    let places = try groups.map { group in
      var known: [[Int]: Int] = [:]
      return try group.rollouts.map { rollout -> Int? in
        guard let frames = view.frames(rollout.tokens, to: group.prompt) else { return nil }
        if let place = known[frames] { return place }
        known[frames] = prompts.count
        prompts.append(try shown(group.prompt, frames))
        return known[frames]
      }
    }
    return (prompts, places)
  }

  private func shown(_ prompt: Prompt, _ frames: [Int]) throws -> Prompt {
    var prompt = try asked(prompt)
    prompt.keyframes = frames
    prompt.gates = nil
    return prompt
  }

  private static let unread = Reward(total: -1, terms: ["reader": -1, "right": 0], parsed: false)

  private func judged(
    _ prompt: Prompt, _ options: [AnswerLikelihoods.Likelihood]
  ) throws -> Reward {
    let isRight = options.map { option in
      prompt.truth.contains { option.answer.isEqual(to: $0) }
    }
    let logs = options.map(\.logProbability)
    let right = zip(logs, isRight).filter(\.1).map(\.0)
    let wrong = zip(logs, isRight).filter { !$0.1 }.map(\.0)
    guard !right.isEmpty, !wrong.isEmpty else {
      throw LaboratoryError.noOptions(prompt: prompt.id)
    }
    let all = Self.logSum(logs)
    let value = Self.reward(right: Self.logSum(right), wrong: wrong, temperature: temperature)
    return Reward(
      total: value, terms: ["reader": value, "right": exp(Self.logSum(right) - all)], parsed: true)
  }

  /// `tanh((1/τ)·log(p(right) / mean p(wrong)))`.
  ///
  /// - Parameters:
  ///   - right: log p of the right option, nats.
  ///   - wrong: log p of each wrong one, nats; at least one.
  ///   - temperature: τ.
  /// - Returns: −1 … 1.
  static func reward(right: Double, wrong: [Double], temperature: Double) -> Double {
    tanh((right - (logSum(wrong) - log(Double(wrong.count)))) / temperature)
  }

  /// The logarithm of a sum of exponentials.
  static func logSum(_ values: [Double]) -> Double {
    // The largest is taken out first: none of what is left overflows, and all −∞ stay so.
    guard let most = values.max(), most > -.infinity else { return -.infinity }
    return most + log(values.reduce(0) { $0 + exp($1 - most) })
  }
}
