package import Distill
import Foundation
import Core
package import Student
package import Tensors
package import Testing

/// Checks that both doors of an objective's loss lead to the same gradient, and makes an issue of the running test otherwise.
///
/// - Parameters:
///   - objective: The objective; one that looks at whole distributions has one door alone and keeps the law.
///   - context: Its plug-ins by name.
///   - sourceLocation: Where issues are reported.
package func checkSlopes(
  _ objective: Objective, context: ObjectiveContext = ObjectiveContext(),
  sourceLocation: SourceLocation = #_sourceLocation
) {
  slopeViolations(objective, context: context).record(sourceLocation: sourceLocation)
}

/// Where the doors of an objective's loss lead apart; see `checkSlopes`.
package func slopeViolations(
  _ objective: Objective, context: ObjectiveContext = ObjectiveContext()
) -> [Violation] {
  var laws = SlopeLaws(objective: objective, context: context)
  laws.check()
  return laws.book.violations
}

/// A loss made of slopes alone: they are pushed through the softmax that a student has in its own process.
///
/// `∂loss/∂z_v = Σ_t slope_t·(1[v = t] − π_v)/τ`: what a learner elsewhere does with slopes.
package struct PushedSlopes: ResponseLoss {
  private let base: any SlopeLoss

  /// A loss that has a second door.
  package init(_ base: any SlopeLoss) { self.base = base }

  /// Evaluates one response; see `ResponseLoss`.
  package func evaluate<Scalar: Real>(
    group: Int, slot: Int, logits: inout MutableSpan<Scalar>
  ) throws -> LossReport {
    let place = ResponsePlace(group: group, slot: slot)
    // As many as there could be positions: nobody has named any token yet.
    let unknown = [[Token]](repeating: [], count: base.likeliest == 0 ? 0 : logits.count)
    let length = base.targets(place, likeliest: unknown).count
    let width = logits.count / length
    var rows: [[Double]] = []
    for t in 0..<length {
      let row = (0..<width).map { Double(logits[t * width + $0]) / base.temperature }
      let peak = row.max() ?? 0
      let total = peak + log(row.reduce(0) { $0 + exp($1 - peak) })
      rows.append(row.map { $0 - total })
    }
    let likeliest =
      base.likeliest == 0
      ? []
      : rows.map { row in
        Array(row.indices.sorted { (row[$1], $0) < (row[$0], $1) }.prefix(base.likeliest))
      }
    let targets = base.targets(place, likeliest: likeliest)
    let known = zip(rows, targets).map { row, tokens in tokens.map { row[$0] } }
    let (report, slopes) = try base.slopes(place, known, likeliest: likeliest)
    for (t, row) in rows.enumerated() {
      let total = slopes[t].reduce(0, +)
      var gradient = row.map { -exp($0) * total }
      for (token, slope) in zip(targets[t], slopes[t]) { gradient[token] += slope }
      for v in 0..<width { logits[t * width + v] = Scalar(gradient[v] / base.temperature) }
    }
    return report
  }
}

/// The law of the two doors.
struct SlopeLaws {
  let objective: Objective
  let context: ObjectiveContext
  var book = Lawbook()

  /// What a teacher may say of a response: exact rows, its own list, or rows in single precision.
  private enum Words: CaseIterable { case exact, list, single }

  mutating func check() {
    let batch = ObjectiveBatch(for: objective.requirements, vocabulary: 23)
    for words in Words.allCases {
      for temperature in [1, 0.7] { compare(batch, words, temperature) }
    }
  }

  private mutating func compare(_ batch: ObjectiveBatch, _ words: Words, _ temperature: Double) {
    var context = context
    context.roles = batch.roles
    if words == .list, objective.requirements.teacherSupport == .full { return }
    let law = "Both doors of a loss lead to the same gradient."
    let distance = book.attempt(law) { [objective, context] () -> Double? in
      let signals = try batch.signals(exact: words == .exact, rows: words != .list)
      let loss = try objective.prepare(
        batch: signals, temperature: temperature, context: context)
      guard let door = loss.bySlopes else { return nil }
      return try Self.distance(loss, PushedSlopes(door), batch)
    }
    guard case .some(.some(let distance)) = distance else { return }
    book.expect(distance <= 1e-12, law, "they differ by \(distance) at temperature \(temperature)")
  }

  /// The largest difference of losses and gradients.
  private static func distance(
    _ first: some ResponseLoss, _ second: some ResponseLoss, _ batch: ObjectiveBatch
  ) throws -> Double {
    var worst = 0.0
    for (g, group) in batch.logits.enumerated() {
      for (slot, logits) in group.enumerated() {
        var own = logits
        var other = logits
        var ownSpan = own.mutableSpan
        let value = try first.evaluate(group: g, slot: slot, logits: &ownSpan).value
        var otherSpan = other.mutableSpan
        let same = try second.evaluate(group: g, slot: slot, logits: &otherSpan).value
        worst = largestError(worst, abs(value - same))
        worst = zip(own, other).reduce(worst) { largestError($0, abs($1.0 - $1.1)) }
      }
    }
    return worst
  }
}
