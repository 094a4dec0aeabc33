package import Distill
import Foundation
import Core
package import Student
package import Tensors
package import Testing

/// Checks that all doors of an objective's loss lead to the same gradient, and makes an issue of the running test otherwise.
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
    let rows = logRows(logits.span, length, base.temperature)
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
      var pulls = [Double](repeating: 0, count: width)
      for (token, slope) in zip(targets[t], slopes[t]) { pulls[token] += slope }
      push(pulls, through: row, base.temperature, to: t, of: &logits)
    }
    return report
  }
}

/// A loss made of slopes and divergences alone: what a learner elsewhere does with them that has the teacher beside it.
package struct PushedDivergences: ResponseLoss {
  private let base: any DivergenceLoss
  /// log q of the teacher at each response, T·V, which only the engine knows.
  private let teacher: [[[Double]]]

  /// A loss that has a third door.
  package init(_ base: any DivergenceLoss, teacher: [[[Double]]]) {
    self.base = base
    self.teacher = teacher
  }

  /// Evaluates one response; see `ResponseLoss`.
  package func evaluate<Scalar: Real>(
    group: Int, slot: Int, logits: inout MutableSpan<Scalar>
  ) throws -> LossReport {
    let place = ResponsePlace(group: group, slot: slot)
    guard let wanted = base.divergences(place) else {
      for index in 0..<logits.count { logits[index] = 0 }
      return LossReport()
    }
    let tokens = wanted.teacher.prompt.tokens
    let rows = logRows(logits.span, tokens.count, base.temperature)
    var (values, pulls) = ([[Double]](), rows.map { $0.map { _ in 0.0 } })
    for term in wanted.terms {
      values.append(Self.values(of: term, rows, teacher[group][slot], &pulls))
    }
    let (report, slopes) = try base.slopes(
      place, zip(rows, tokens).map { $0[$1] }, divergences: values)
    for (t, row) in rows.enumerated() {
      pulls[t][tokens[t]] += slopes[t]
      push(pulls[t], through: row, base.temperature, to: t, of: &logits)
    }
    return report
  }
}

extension PushedDivergences {
  /// A divergence at each position; its derivatives in log π are added.
  private static func values(
    of term: ResponseDivergences.Term, _ rows: [[Double]], _ teacher: [Double],
    _ pulls: inout [[Double]]
  ) -> [Double] {
    var values: [Double] = []
    for (t, row) in rows.enumerated() {
      var span = pulls[t].mutableSpan
      values.append(
        Rows.divergence(
          term.divergence, student: row.span, at: 0, teacher: teacher.span, at: t * row.count,
          scale: term.weights[t], gradient: &span))
    }
    return values
  }
}

/// log π of each token in rows of logits.
private func logRows<Scalar: Real>(
  _ logits: Span<Scalar>, _ length: Int, _ temperature: Double
) -> [[Double]] {
  let width = logits.count / length
  return (0..<length).map { t in
    let row = (0..<width).map { Double(logits[t * width + $0]) / temperature }
    let peak = row.max() ?? 0
    let total = peak + log(row.reduce(0) { $0 + exp($1 - peak) })
    return row.map { $0 - total }
  }
}

/// Writes `∂loss/∂z_v = (g_v − π_v Σ g)/τ`, from derivatives g in log π, over a row.
private func push<Scalar: Real>(
  _ pulls: [Double], through row: [Double], _ temperature: Double, to t: Int,
  of logits: inout MutableSpan<Scalar>
) {
  let total = pulls.reduce(0, +)
  for (v, pull) in pulls.enumerated() {
    logits[t * row.count + v] = Scalar((pull - exp(row[v]) * total) / temperature)
  }
}

/// The law of the doors.
struct SlopeLaws {
  let objective: Objective
  let context: ObjectiveContext
  var book = Lawbook()

  /// What a teacher may say of a response: exact rows, its own list, or rows in single precision.
  private enum Words: CaseIterable { case exact, list, single }

  mutating func check() {
    let batch = ObjectiveBatch(for: objective.requirements, vocabulary: 23)
    for temperature in [1, 0.7] {
      for words in Words.allCases { compare(batch, words, temperature) }
      if objective.requirements.isComparedBeside { compareBeside(batch, temperature) }
    }
  }

  /// The third door: the teacher's rows are beside the student, and here nobody has them.
  private mutating func compareBeside(_ batch: ObjectiveBatch, _ temperature: Double) {
    var context = context
    context.roles = batch.roles
    let law = "The third door of a loss leads to the same gradient, and measures the same."
    let distance = book.attempt(law) { [objective, context] () -> Double in
      let near = try objective.prepare(
        batch: batch.signals(exact: true, rows: true), temperature: temperature, context: context)
      let far = try objective.prepare(
        batch: batch.signalsBeside(), temperature: temperature, context: context)
      guard let door = far.byDivergences else { return .infinity }
      return try Self.distance(
        near, PushedDivergences(door, teacher: batch.teacherRows), batch,
        metrics: ["teacher_kl/reverse", "teacher_kl/k3"])
    }
    guard let distance else { return }
    book.expect(distance <= 1e-12, law, "they differ by \(distance) at temperature \(temperature)")
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

  /// The largest difference of losses, gradients and some metrics.
  private static func distance(
    _ first: some ResponseLoss, _ second: some ResponseLoss, _ batch: ObjectiveBatch,
    metrics: [String] = []
  ) throws -> Double {
    var worst = 0.0
    for (g, group) in batch.logits.enumerated() {
      for (slot, logits) in group.enumerated() {
        var own = logits
        var other = logits
        var ownSpan = own.mutableSpan
        let report = try first.evaluate(group: g, slot: slot, logits: &ownSpan)
        var otherSpan = other.mutableSpan
        let same = try second.evaluate(group: g, slot: slot, logits: &otherSpan)
        worst = largestError(worst, abs(report.value - same.value))
        for name in metrics where report.metrics[name] != same.metrics[name] {
          let means = [report, same].map { $0.metrics[name]?.mean ?? .nan }
          worst = largestError(worst, abs(means[0] - means[1]))
        }
        worst = zip(own, other).reduce(worst) { largestError($0, abs($1.0 - $1.1)) }
      }
    }
    return worst
  }
}
