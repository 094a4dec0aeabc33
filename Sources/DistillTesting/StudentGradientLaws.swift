import Foundation
import Core
import Student
import Tensors

extension StudentLaws {
  /// The gradient is that of the loss, and is written, not added.
  mutating func checkGradient(_ groups: [RolloutGroup]) {
    let law = "The gradient is the derivative of the loss."
    guard let (value, gradient) = differentiated(student, groups, law) else { return }
    let norm = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    book.expect(
      value.isFinite && norm.isFinite && norm > 0, law, "its length is \(norm), the loss \(value)")
    guard norm.isFinite, norm > 0 else { return }
    checkSlope(groups, gradient.map { Double($0) / norm }, norm, law)
    checkOverwriting(groups, gradient)
    checkValue(groups, value)
  }

  private mutating func differentiated(
    _ student: any StudentPolicy, _ groups: [RolloutGroup], _ law: String
  ) -> (value: Double, gradient: [Float])? {
    var shards = GradientShards(layout: student.parameters.layout)
    let loss = LikelihoodLoss(groups)
    let report = book.attempt(law) {
      try student.differentiate(groups, loss: loss, into: &shards)
    }
    return report.map { ($0.value, shards.total().gradient.values) }
  }

  /// Central differences along the gradient itself: there the slope is its length, as large as it gets against rounding.
  ///
  /// Long steps suffer from curvature and short ones from rounding, so the best counts; a gradient that is wrong
  /// agrees with none.
  private mutating func checkSlope(
    _ groups: [RolloutGroup], _ direction: [Double], _ norm: Double, _ law: String
  ) {
    let size = student.parameters.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    var nearest = Double.infinity
    for step in [2e-3, 4e-4, 8e-5, 1.6e-5, 3.2e-6].map({ $0 * max(size, 1) }) {
      guard let above = value(groups, moved: step, along: direction, law),
        let below = value(groups, moved: -step, along: direction, law)
      else { return }
      let slope = (above - below) / (2 * step)
      if abs(slope - norm) < abs(nearest - norm) { nearest = slope }
    }
    book.expect(
      abs(nearest - norm) <= 0.05 * norm, law,
      "along it the loss rises by \(nearest), but it is \(norm) long")
  }

  private mutating func value(
    _ groups: [RolloutGroup], moved step: Double, along direction: [Double], _ law: String
  ) -> Double? {
    var moved = student
    for (index, part) in direction.enumerated() {
      moved.parameters.values[index] += Float(step * part)
    }
    return differentiated(moved, groups, law)?.value
  }

  private mutating func checkOverwriting(_ groups: [RolloutGroup], _ gradient: [Float]) {
    var shards = GradientShards(layout: student.parameters.layout)
    let loss = LikelihoodLoss(groups)
    for _ in 0..<2 { _ = try? student.differentiate(groups, loss: loss, into: &shards) }
    book.expect(
      shards.total().gradient.values == gradient,
      "What was in the gradient is overwritten, and the same bits come out again.", "it differs")
  }

  /// The loss is told the student's logits: the sum of −log π it makes of them is that of the student.
  private mutating func checkValue(_ groups: [RolloutGroup], _ value: Double) {
    guard let known = try? student.logProbabilities(groups, temperature: 1) else { return }
    let expected = -known.joined().joined().reduce(0.0) { $0 + Double($1) }
    book.expect(
      abs(value - expected) <= 1e-3 * max(1, abs(expected)),
      "A loss is shown the logits behind the log-probabilities.", "\(value) and \(expected)")
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
