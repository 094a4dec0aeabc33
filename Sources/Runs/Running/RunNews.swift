internal import Foundation
internal import Records

/// What a run says of itself while it goes.
package enum RunNews: Sendable, Hashable {
  /// Something that happens once or a few times, such as the end of a stage.
  case happened(String)
  /// A step was made.
  case step(StepNews)

  /// The news as a line.
  package var text: String {
    switch self {
    case .happened(let line): line
    case .step(let step): "step \(step.step) of \(step.total) · \(step.note)"
    }
  }

  /// Whether it belongs in the log: what happened, and evaluations; what steps did is in metrics.jsonl.
  var isLogged: Bool {
    switch self {
    case .happened: true
    case .step(let step): step.headline != nil
    }
  }
}

/// What one step did.
package struct StepNews: Sendable, Hashable {
  /// The stage's name.
  package var stage: String
  /// How many steps were made in all stages.
  package var step: Int
  /// How many there are at most.
  package var total: Int
  /// What it was like, in the words of metrics.jsonl.
  package var values: [String: Double]
  /// Sampled tokens a second of training; 0 where nothing is sampled.
  package var tokensPerSecond: Double
  /// The task's number with its name, if the student was evaluated.
  package var headline: String?

  /// The stage and the numbers that are watched first: loss, reward, the teacher's KL, speed, and the task's number.
  package var note: String {
    let shown = [("loss", "loss"), ("reward", "reward"), ("teacher_kl/k1", "teacher KL")]
    var parts = [stage]
    for (key, name) in shown {
      if let value = values[key] { parts.append("\(name) \(Self.digits(value))") }
    }
    if tokensPerSecond > 0 { parts.append("\(Int(tokensPerSecond.rounded())) tokens/s") }
    return (parts + (headline.map { [$0] } ?? [])).joined(separator: " · ")
  }

  private static func digits(_ value: Double) -> String {
    String(format: "%.3g", Quantity.settled(value))
  }
}
