#if Engines
import Foundation

extension StudentProbe {
  private var active: Int { ProbeBench.active }

  /// Whether two ratios of gradients are one: the steps are not infinitely small.
  private func isNear(_ ratio: Double, _ expected: Double) -> Bool {
    abs(ratio - expected) <= 0.12 * max(abs(expected), 0.2)
  }

  /// The change of the trained token's log π relative to the plain one, each by its rate.
  private mutating func ratio(
    _ passes: [[ProbeBench.Part]], rates: Double = 1
  ) async throws -> Double {
    let plain = try await bench.response(to: [[bench.target()]])[active]
    let changed = try await bench.response(to: passes, rates: rates)[active]
    return changed / plain / rates
  }

  /// A log-probability of each target: finite and not above 0.
  mutating func scores() async throws -> Finding {
    let values = try await bench.score()
    let good = values.count == 3 && values.allSatisfy { $0.isFinite && $0 <= 0 }
    let tokens = bench.isOwnText ? "that it wrote" : "of a fixed text, as it wrote none"
    return (good ? .ok : .fail, "log π of three tokens \(tokens): \(list(values))")
  }

  /// The same question, the same answer.
  mutating func repeats() async throws -> Finding {
    let first = try await bench.score()
    let second = try await bench.score()
    let difference = zip(first, second).map { abs($0 - $1) }.max() ?? .infinity
    report.abilities.repeatError = difference
    let words = difference == 0 ? "to the bit" : "within \(short(difference)) nats"
    return (difference <= tolerance ? .ok : .fail, words)
  }

  /// Finds the learning rate at which log π moves by `change`, and that it follows the advantage both ways.
  mutating func calibrates() async throws -> Finding {
    for _ in 0..<12 {
      let changes = try await bench.oneResponse(to: [[bench.target()]])
      let change = changes[active]
      let factor = ProbeBench.change / max(abs(change), 1e-12)
      if factor > 0.4, factor < 2.5 {
        let back = try await bench.oneResponse(to: [[bench.target()]])
        bench.rate *= factor
        return (
          change > 0 && back[active] > 0 ? .ok : .fail,
          "an advantage on one token changes log π by \(list(changes)), and back by \(list(back))"
        )
      }
      // At most a factor of 30 at a time: a change of nothing says nothing of the rate.
      bench.rate *= min(factor, 30)
      guard bench.rate < 1e9 else { break }
    }
    return (.fail, "no rate up to \(short(bench.rate)) changes log π by \(ProbeBench.change) nats")
  }

  /// Whether each token that is trained is the one that is scored.
  ///
  /// What training one token does to the log π of another is the product of their two gradients, so it is the same the other
  /// way round, positive for a token and itself, and at most the geometric mean of those. A gradient or a score that belongs to
  /// a neighbour breaks that. (In a real model the neighbours of a trained token may move more than it does.)
  mutating func trainsNoOther() async throws -> Finding {
    var effects: [[Double]] = []
    for token in bench.trained.response.indices {
      effects.append(try await bench.response(to: [[bench.target(at: token)]], rates: 0.5))
    }
    let good = effects.indices.allSatisfy { one in
      effects[one][one] > 0
        && effects.indices.allSatisfy { other in
          let scale = (effects[one][one] * max(0, effects[other][other])).squareRoot()
          return abs(effects[one][other] - effects[other][one]) <= 0.2 * scale
            && abs(effects[one][other]) <= 1.1 * scale
        }
    }
    return (
      good ? .ok : .fail,
      "advantages on one token each change log π by \(effects.map(list).joined(separator: "; "))"
    )
  }

  /// Twice the advantage, twice the gradient.
  mutating func isLinear() async throws -> Finding {
    let found = try await ratio([[bench.target(2)]], rates: 0.5)
    return (isNear(found, 2) ? .ok : .fail, "twice the advantage, \(short(found)) times the step")
  }

  /// Twice the rate, twice the step.
  mutating func followsRate() async throws -> Finding {
    let half = try await bench.response(to: [[bench.target()]], rates: 0.5)[active]
    let found = try await bench.response(to: [[bench.target()]])[active] / half
    return (isNear(found, 2) ? .ok : .fail, "twice the rate, \(short(found)) times the step")
  }

  /// How losses are added up: the same token with more tokens, sequences and passes beside it.
  mutating func reduces() async throws -> Finding {
    let tokens = try await ratio([[bench.target(weights: [1, 1, 1])]])
    let sequences = try await ratio([[bench.target(), bench.others, bench.others]])
    let passes = try await ratio([[bench.target()], [bench.others, bench.others]])
    let measured = [tokens, sequences, passes]
    let found = Self.reductions.first { _, expected in
      zip(measured, expected).allSatisfy { isNear($0, $1) }
    }
    report.abilities.reduction = found?.0
    let numbers = measured.map(short).joined(separator: ", ")
    guard let found else {
      return (.fail, "no known way to average gives \(numbers) with more tokens, sequences, passes")
    }
    return (.ok, "\(found.0.words) (\(numbers) with more tokens, sequences, passes)")
  }

  /// What each reduction makes of one token of one, beside two more tokens, and beside two sequences of three.
  private static let reductions: [(LossReduction, [Double])] = [
    (.init(tokens: .sum, extent: .sum), [1, 1, 1]),
    (.init(tokens: .sum, extent: .pass), [1, 1 / 3, 1]),
    (.init(tokens: .sum, extent: .update), [1, 1 / 3, 1 / 3]),
    (.init(tokens: .meanOfSequence, extent: .sum), [1 / 3, 1, 1]),
    (.init(tokens: .meanOfSequence, extent: .pass), [1 / 3, 1 / 3, 1]),
    (.init(tokens: .meanOfSequence, extent: .update), [1 / 3, 1 / 3, 1 / 3]),
    (.init(tokens: .meanOfAll, extent: .pass), [1 / 3, 1 / 7, 1]),
    (.init(tokens: .meanOfAll, extent: .update), [1 / 3, 1 / 7, 1 / 7]),
  ]

  /// An old policy half as likely doubles the gradient.
  mutating func readsRatio() async throws -> Finding {
    let found = try await ratio([[bench.target(ratio: 2)]], rates: 0.5)
    if isNear(found, 2) {
      return (.ok, "an importance ratio of two, \(short(found)) times the step")
    }
    // At a ratio of one, which is all that is used, it makes no difference.
    let ignored = isNear(found, 1)
    return (ignored ? .limit : .fail, "an importance ratio of two, \(short(found)) times the step")
  }

  /// A step without a new gradient does nothing.
  mutating func forgetsGradients() async throws -> Finding {
    let plain = try await bench.response(to: [[bench.target()]])[active]
    let after = try await bench.oneResponse(to: [[bench.others]])[active] / plain
    return (abs(after) < 0.1 ? .ok : .fail, "the next step repeats \(short(after)) of a gradient")
  }

  /// A forward pass leaves nothing behind.
  mutating func forwardIsPure() async throws -> Finding {
    let plain = try await bench.response(to: [[bench.target()]])[active]
    try await bench.pass([bench.target()], .forward)
    let after = try await bench.oneResponse(to: [[bench.others]])[active] / plain
    return (abs(after) < 0.1 ? .ok : .fail, "it leaves \(short(after)) of a gradient")
  }

  /// Cross-entropy is minus log π, as the importance ratio's gradient is at one.
  mutating func crossEntropy() async throws -> Finding {
    let found = try await ratio([[bench.target(loss: "cross_entropy")]])
    let good = isNear(found, 1)
    return (good ? .ok : .limit, "\(short(found)) times the importance ratio's gradient")
  }

  /// A negative weight turns the gradient round.
  ///
  /// Beside a positive one of the same size it must leave the sum: servers that divide by the sum of weights blow up.
  mutating func negativeWeights() async throws -> Finding {
    // Two steps on and two back do not start at one place: small ones nearly do.
    let rates = 0.25
    let positive = bench.target(loss: "cross_entropy")
    let plain = try await bench.response(to: [[positive]], rates: rates)[active]
    let negative = bench.target(weights: [0, -1, 0], loss: "cross_entropy")
    let found = try await bench.response(to: [[negative]], rates: rates)[active] / plain
    report.abilities.negativeWeights = isNear(found, -1)
    let words = "a weight of −1 gives \(short(found)) times the gradient of 1"
    return (report.abilities.negativeWeights ? .ok : .limit, words)
  }

  func short(_ value: Double) -> String { String(format: "%.3g", value) }

  func list(_ values: [Double]) -> String {
    values.map { String(format: "%.4f", $0) }.joined(separator: ", ")
  }
}

extension LossReduction {
  /// The reduction in words.
  var words: String {
    let inner =
      switch tokens {
      case .sum: "sum over tokens"
      case .meanOfSequence: "mean over a sequence's tokens"
      case .meanOfAll: "mean over all tokens"
      }
    let outer =
      switch (extent, tokens) {
      case (.sum, .sum): ""
      case (.sum, _): ", sum over sequences"
      case (.pass, .meanOfAll): " of a pass"
      case (.update, .meanOfAll): " of an update"
      case (.pass, _): ", mean over sequences of a pass"
      case (.update, _): ", mean over sequences of an update"
      }
    return inner + outer
  }
}
#endif
