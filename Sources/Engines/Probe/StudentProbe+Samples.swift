#if Engines
import Foundation

extension StudentProbe {
  /// Real steps until the adapter says something of its own: untrained it is the base, and cannot be told from it.
  mutating func moves() async throws -> Finding {
    let first = try await bench.score()
    var change = 0.0
    for step in 1...20 {
      try await bench.move()
      let now = try await bench.score()
      change = zip(now, first).map { abs($0 - $1) }.max() ?? 0
      if change > 10 * tolerance {
        return (.ok, "\(step) steps of Adam change log π by \(short(change)) nats")
      }
    }
    return (.fail, "20 steps of Adam change log π by only \(short(change)) nats")
  }

  private var settings: SampleSettings {
    var settings = SampleSettings()
    (settings.count, settings.maximumLength, settings.seed) = (8, 4, 11)
    return settings
  }

  private func sampled(_ settings: SampleSettings) async throws -> SampleAnswer {
    let answer = try await bench.client.sample(
      try await bench.client.sampler(of: bench.model), bench.trained.prompt, settings)
    guard answer.sequences.count == settings.count,
      answer.sequences.allSatisfy({
        !$0.tokens.isEmpty && $0.tokens.count <= settings.maximumLength
      })
    else {
      let lengths = answer.sequences.map { "\($0.tokens.count)" }.joined(separator: ", ")
      throw EngineError.malformed(
        operation: "asample",
        reason:
          "responses of \(lengths) tokens where \(settings.count) of 1 to \(settings.maximumLength) were asked for"
      )
    }
    return answer
  }

  /// The largest difference between what was said when sampling and when scoring, nats.
  private func disagreement(_ answer: SampleAnswer) async throws -> Double {
    var largest = 0.0
    for sequence in answer.sequences {
      guard let said = sequence.logProbabilities else {
        throw EngineError.malformed(operation: "asample", reason: "no log-probabilities")
      }
      let scored = try await bench.score(
        ScoredResponse(prompt: bench.trained.prompt, response: sequence.tokens), bench.model)
      let difference = zip(said, scored).map { abs(Double($0) - $1) }.max() ?? .infinity
      largest = max(largest, difference.isNaN ? .infinity : difference)
    }
    return largest
  }

  /// Samples come from the weights in training, with their log-probabilities.
  mutating func samples() async throws -> Finding {
    let difference = try await disagreement(sampled(settings))
    return (
      difference <= tolerance ? .ok : .fail,
      "log π of samples differ by \(short(difference)) nats when they are scored"
    )
  }

  /// Equal seeds, equal samples; other seeds, others.
  mutating func seeds() async throws -> Finding {
    let first = try await sampled(settings).sequences.map(\.tokens)
    let again = try await sampled(settings).sequences.map(\.tokens)
    var other = settings
    other.seed = 12
    let different = try await sampled(other).sequences.map(\.tokens)
    report.abilities.repeatsSamples = first == again && first != different
    guard first == again else { return (.limit, "equal seeds give other samples") }
    guard Set(first).count > 1 || first != different else {
      return (.fail, "16 samples with two seeds are all the same")
    }
    guard Set(first).count > 1 else { return (.fail, "the 8 samples of a prompt are all the same") }
    return first == different
      ? (.fail, "other seeds give the same samples") : (.ok, "equal seeds repeat, others differ")
  }

  /// At a low temperature all responses begin with the likeliest token, or with one as likely.
  mutating func temperature() async throws -> Finding {
    var cold = settings
    cold.temperature = 0.001
    let first = Set(try await sampled(cold).sequences.map { $0.tokens[0] })
    var scores: [Double] = []
    for token in first {
      scores += try await bench.score(
        ScoredResponse(prompt: bench.trained.prompt, response: [token]), bench.model)
    }
    let apart = (scores.max() ?? 0) - (scores.min() ?? 0)
    report.abilities.followsTemperature = apart <= tolerance
    return (
      apart <= tolerance ? .ok : .limit,
      "at temperature 0.001 the 8 responses begin with \(first.count) tokens whose log π differ by \(short(apart)) nats"
    )
  }

  /// At which temperature log-probabilities of samples are given.
  mutating func scoreTemperature() async throws -> Finding {
    var warm = settings
    warm.temperature = 0.5
    let difference = try await disagreement(sampled(warm))
    report.abilities.scoresAtTemperatureOne = difference <= tolerance
    return difference <= tolerance
      ? (.ok, "samples at 0.5 are scored at 1")
      : (.limit, "samples at 0.5 are scored otherwise than at 1, by \(short(difference)) nats")
  }

  /// Likeliest tokens of a prompt, most likely first, none less likely than the prompt's own.
  mutating func alternatives() async throws -> Finding {
    var asking = settings
    (asking.count, asking.scoresPrompt, asking.top) = (1, true, 2)
    let answer = try await sampled(asking)
    guard let rows = answer.promptAlternatives?.dropFirst(), rows.allSatisfy({ $0.count == 2 }),
      let own = answer.promptLogProbabilities?.dropFirst(), own.count == rows.count
    else { return (.limit, "none are given") }
    let ordered = zip(rows, own).allSatisfy { row, value in
      row[0].logProbability >= row[1].logProbability
        && Double(row[0].logProbability) >= Double(value) - tolerance
        && exp(Double(row[0].logProbability)) + exp(Double(row[1].logProbability)) <= 1.01
    }
    report.abilities.alternatives = ordered ? 2 : 0
    return ordered ? (.ok, "at least 2 a position") : (.limit, "they are no likeliest tokens")
  }
}
#endif
