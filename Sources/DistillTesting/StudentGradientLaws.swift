import Foundation
import Core
import Student
import Tensors

extension StudentLaws {
  /// The gradient is that of the loss, and adds up until an update takes it.
  mutating func checkGradient(_ groups: [RolloutGroup]) async {
    let law = "The gradient is the derivative of the loss."
    guard let (value, norm) = await moved(groups, by: 0, law) else { return }
    book.expect(
      value.isFinite && norm.isFinite && norm > 0, law, "its length is \(norm), the loss \(value)")
    guard norm.isFinite, norm > 0 else { return }
    await checkSlope(groups, norm, law)
    await checkAccumulation(groups, norm)
    await checkValue(groups, value)
  }

  /// The loss after a plain step along the gradient, and the gradient's length.
  ///
  /// With an ε far above every gradient AdamW's first update is gradient descent: `w ← w − (η/ε)·g`.
  private mutating func moved(
    _ groups: [RolloutGroup], by size: Double, _ law: String
  ) async -> (value: Double, norm: Double)? {
    var student = student
    let loss = LikelihoodLoss(groups)
    let epsilon = 1e6
    let step = UpdateStep(
      number: 1, learningRate: size * epsilon,
      optimizer: OptimizerSettings(epsilon: epsilon, clipNorm: nil))
    return await book.attempt(law) {
      try await student.reset([.optimizer, .average])
      _ = try await student.accumulate(groups, loss)
      // Without its length a gradient cannot be checked, which is a violation too.
      let norm = try await student.update(step).norm ?? .nan
      return (try await student.accumulate(groups, loss).value, norm)
    }
  }

  /// Central differences along the gradient itself: there the slope is its length, as large as it gets against rounding.
  ///
  /// Long steps suffer from curvature and short ones from rounding, so the best counts; a gradient that is wrong
  /// agrees with none.
  private mutating func checkSlope(
    _ groups: [RolloutGroup], _ norm: Double, _ law: String
  ) async {
    var nearest = Double.infinity
    for length in [3e-2, 6e-3, 1.2e-3, 2.4e-4] {
      let size = length / norm
      guard let above = await moved(groups, by: -size, law),
        let below = await moved(groups, by: size, law)
      else { return }
      let slope = (above.value - below.value) / (2 * length)
      if abs(slope - norm) < abs(nearest - norm) { nearest = slope }
    }
    book.expect(
      abs(nearest - norm) <= 0.05 * norm, law,
      "along it the loss rises by \(nearest), but it is \(norm) long")
  }

  private mutating func checkAccumulation(_ groups: [RolloutGroup], _ norm: Double) async {
    var student = student
    let loss = LikelihoodLoss(groups)
    let law = "Gradients add up until an update takes them."
    let twice = await book.attempt(law) {
      try await student.reset([.optimizer, .average])
      for _ in 0..<2 { _ = try await student.accumulate(groups, loss) }
      return try await student.update(UpdateStep(number: 1, learningRate: 0)).norm ?? .nan
    }
    guard let twice else { return }
    book.expect(
      abs(twice - 2 * norm) <= 1e-4 * norm, law, "twice the gradient is \(twice), one \(norm)")
  }

  /// The loss is told the student's logits: the sum of −log π it makes of them is that of the student.
  private mutating func checkValue(_ groups: [RolloutGroup], _ value: Double) async {
    let known = try? await student.score(groups, support: .sampled, temperature: 1)
    guard let known else { return }
    let expected = -known.joined().flatMap(\.sampled).reduce(0.0) { $0 + Double($1) }
    book.expect(
      abs(value - expected) <= 1e-3 * max(1, abs(expected)),
      "A loss is shown the logits behind the log-probabilities.", "\(value) and \(expected)")
  }

  /// A saved learner goes on as if nothing had happened.
  mutating func checkMemory(_ groups: [RolloutGroup]) async {
    let law = "A learner that is restored goes on with the same numbers."
    let loss = LikelihoodLoss(groups)
    var first = student
    var second = student
    let prints = await book.attempt(law) {
      try await first.reset([.optimizer, .average])
      for number in 1...2 {
        _ = try await first.accumulate(groups, loss)
        _ = try await first.update(UpdateStep(number: number, learningRate: 1e-3))
        guard number == 1 else { continue }
        try await second.restore(try await first.save(as: "law"))
      }
      let moved = try await second.fingerprint()
      _ = try await second.accumulate(groups, loss)
      _ = try await second.update(UpdateStep(number: 2, learningRate: 1e-3))
      return [moved, try await first.fingerprint(), try await second.fingerprint()]
    }
    guard let prints else { return }
    book.expect(prints[1] == prints[2], law, "they part after an update")
    book.expect(prints[0] != prints[1], "An update moves the weights.", "they stay")
  }
}

/// −Σ log π of the responses: the simplest loss with a gradient everywhere.
struct LikelihoodLoss: ResponseLoss {
  private let tokens: [[[Token]]]

  init(_ groups: [RolloutGroup]) { tokens = groups.map { $0.rollouts.map(\.tokens) } }

  func evaluate<Scalar: Real>(
    group: Int, slot: Int, logits: inout MutableSpan<Scalar>
  ) throws -> LossReport {
    let response = tokens[group][slot]
    let width = logits.count / response.count
    var report = LossReport()
    for (position, token) in response.enumerated() {
      let row = (0..<width).map { Double(logits[position * width + $0]) }
      let largest = row.max() ?? 0
      let total = log(row.reduce(0) { $0 + exp($1 - largest) }) + largest
      report.value += total - row[token]
      for index in 0..<width {
        let probability = exp(row[index] - total)
        logits[position * width + index] = Scalar(probability - (index == token ? 1 : 0))
      }
    }
    return report
  }
}
