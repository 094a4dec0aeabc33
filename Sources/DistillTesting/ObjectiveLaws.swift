package import Distill
import Foundation
import Core
import Student
package import Testing

/// Checks an objective and makes an issue of the running test of each law it breaks.
///
/// An advantage estimator or a policy-gradient loss of your own is checked by naming it in an objective, with the plug-in in
/// `context`.
///
/// - Parameters:
///   - objective: The objective.
///   - context: Its plug-ins by name.
///   - sourceLocation: Where issues are reported.
package func checkObjective(
  _ objective: Objective, context: ObjectiveContext = ObjectiveContext(),
  sourceLocation: SourceLocation = #_sourceLocation
) {
  objectiveViolations(objective, context: context).record(sourceLocation: sourceLocation)
}

/// The laws an objective breaks; see `checkObjective`.
package func objectiveViolations(
  _ objective: Objective, context: ObjectiveContext = ObjectiveContext()
) -> [Violation] {
  var laws = ObjectiveLaws(objective: objective, context: context)
  laws.check()
  return laws.book.violations
}

/// The laws of objectives.
struct ObjectiveLaws {
  let objective: Objective
  let context: ObjectiveContext
  var book = Lawbook()

  mutating func check() {
    let batch = ObjectiveBatch(for: objective.requirements)
    guard let settled = evaluated(batch, objective) else { return }
    checkNumbers(settled)
    guard let again = evaluated(batch, objective) else { return }
    book.expect(
      again == settled, "The same batch gives the same loss and gradient.", "they differ")
    checkShift(batch, settled)
    checkWeight(batch, settled)
    checkLearning(settled)
    checkMissing(batch)
  }

  /// Loss and gradient of each response of a batch.
  private struct Evaluation: Hashable {
    var values: [Double] = []
    var gradients: [[Double]] = []
  }

  private mutating func evaluated(
    _ batch: ObjectiveBatch, _ objective: Objective, shift: Double = 0
  ) -> Evaluation? {
    var context = context
    context.roles = batch.roles
    return book.attempt("A batch with everything that is needed can be evaluated.") {
      let loss = try objective.prepare(
        groups: batch.groups, temperature: 1, context: context)
      var result = Evaluation()
      for (group, logits) in batch.logits.enumerated() {
        for (slot, logits) in logits.enumerated() {
          var gradient = logits.map { $0 + shift }
          var span = gradient.mutableSpan
          result.values.append(
            try loss.evaluate(group: group, slot: slot, logits: &span).value)
          result.gradients.append(gradient)
        }
      }
      return result
    }
  }

  private mutating func checkNumbers(_ settled: Evaluation) {
    book.expect(
      settled.values.allSatisfy(\.isFinite) && settled.gradients.joined().allSatisfy(\.isFinite),
      "Loss and gradient are finite.", "\(settled.values)")
    let width = ObjectiveBatch.vocabulary
    for gradient in settled.gradients {
      for start in stride(from: 0, to: gradient.count, by: width) {
        let sum = gradient[start..<start + width].reduce(0, +)
        book.expect(
          abs(sum) < 1e-9, "The gradient in the logits of a position sums to 0.", "it is \(sum)")
      }
    }
  }

  private mutating func checkShift(_ batch: ObjectiveBatch, _ settled: Evaluation) {
    guard let shifted = evaluated(batch, objective, shift: 3) else { return }
    let largest =
      zip(settled.gradients.joined(), shifted.gradients.joined())
      .map { abs($0 - $1) }.max() ?? 0
    book.expect(
      largest < 1e-9, "Logits that differ by a constant are the same distribution.",
      "the gradient changes by \(largest)")
  }

  private mutating func checkWeight(_ batch: ObjectiveBatch, _ settled: Evaluation) {
    var doubled = objective
    for index in doubled.components.indices { doubled.components[index].weight *= 2 }
    guard let twice = evaluated(batch, doubled) else { return }
    let largest =
      zip(settled.gradients.joined(), twice.gradients.joined())
      .map { abs(2 * $0 - $1) }.max() ?? 0
    book.expect(
      largest < 1e-9, "Twice the weight is twice the gradient.", "it is off by \(largest)")
  }

  private mutating func checkLearning(_ settled: Evaluation) {
    book.expect(
      settled.gradients.joined().contains { abs($0) > 1e-12 },
      "There is something to learn from a batch with disagreement.", "the gradient is 0")
  }

  private mutating func checkMissing(_ batch: ObjectiveBatch) {
    var context = context
    context.roles = batch.roles
    let needs = objective.requirements
    let removals: [(String, Bool, (inout ScoredRollout) -> Void)] = [
      ("teacher", needs.teacherSupport != nil, { $0.teacher = nil }),
      ("reference", needs.needsReference, { $0.reference = nil }),
      ("reward", needs.needsReward, { $0.reward = nil }),
    ]
    for (name, isNeeded, remove) in removals where isNeeded {
      var groups = batch.groups
      for group in groups.indices {
        for slot in groups[group].rollouts.indices { remove(&groups[group].rollouts[slot]) }
      }
      let objective = objective
      book.expectRefusal("A signal that is needed and missing is an error, not 0.") {
        let loss = try objective.prepare(groups: groups, temperature: 1, context: context)
        for (group, logits) in batch.logits.enumerated() {
          for (slot, logits) in logits.enumerated() {
            var gradient = logits
            var span = gradient.mutableSpan
            _ = try loss.evaluate(group: group, slot: slot, logits: &span)
          }
        }
        _ = name
      }
    }
  }
}
