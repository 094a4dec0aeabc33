internal import Analysis
internal import Core
internal import Student
internal import Tensors

/// A student's answers, read as its run says and, where that is greedily, by least risk as well.
package struct EvaluationReadings: Sendable {
  /// As the run says.
  package let asked: Evaluation
  /// Of all answers that can be given, the one that agrees best with them in expectation; `nil` where answers cannot be listed or
  /// scored in this process, or another reading was asked for.
  package let minimumRisk: Evaluation?

  /// Every number by name, with its interval; those of least risk are called `eval/minimum_risk/…`.
  package var numbers: [String: Double] {
    asked.table.numbers.merging(minimumRisk?.named.table.numbers ?? [:]) { own, _ in own }
  }

  /// For people: the numbers, those of least risk, and the questions that greedy answers got worst.
  ///
  /// - Parameter count: How many of the worst questions are listed.
  /// - Returns: Two tables, or one where the student was read one way.
  package func text(worst count: Int) -> String {
    let asked = asked.table.text(worst: count)
    guard let minimumRisk else { return asked }
    return asked
      + "\n\nBy least risk, the answer that agrees best with all that can be given (evaluation.exact=true):\n"
      + minimumRisk.table.text(worst: 0)
  }
}

extension Evaluation {
  /// The same with names that say that it was read by least risk.
  fileprivate var named: Evaluation {
    var evaluation = self
    evaluation.values = Dictionary(
      uniqueKeysWithValues: values.map { name, value in
        ("eval/minimum_risk/" + name.drop(prefix: "eval/"), value)
      })
    return evaluation
  }
}

extension String {
  fileprivate func drop(prefix: String) -> Substring {
    hasPrefix(prefix) ? dropFirst(prefix.count) : self[...]
  }
}

extension RunExecutor {
  /// Evaluates the student that a run saved last as `evaluation(of:overrides:)`, and by least risk beside greedy answers.
  ///
  /// - Throws: As `evaluation(of:overrides:)`.
  package func readings(
    of path: String, overrides: [String] = [], minimumRisk: Bool = true
  ) async throws -> EvaluationReadings {
    let run = try await TrainedRun(path, overrides: overrides, in: laboratory)
    let (configuration, codec) = (run.parts.configuration, run.parts.context.codec)
    Parallel.threads = configuration.threads
    let asked = try await run.evaluation(on: run.parts.reported)
    // A server would be paid for every answer of the list.
    let isHere = run.student.abilities.logits
    guard minimumRisk, case .greedy = configuration.evaluation.decoding, isHere,
      codec.task is any EnumerableTask
    else { return EvaluationReadings(asked: asked, minimumRisk: nil) }
    return EvaluationReadings(
      asked: asked,
      minimumRisk: try await Evaluation(
        of: run.student, on: run.parts.reported, codec: codec, decoding: .exact()))
  }
}
