internal import Core
internal import Foundation

/// Which rule ended a stage.
enum StopRule: String, Codable, Sendable {
  /// All its steps were made.
  case steps
  /// It trained on as many response tokens as it may.
  case tokens
  /// Its metric got no better.
  case plateau
  /// Its metric was good enough.
  case target
}

/// Watches a stage for its end; saved with the checkpoint, so that a resumed stage ends where it would have ended.
struct StageMonitor: Codable, Sendable, Hashable {
  /// Response tokens trained on so far.
  private(set) var tokens = 0
  /// The best value of the plateau's metric so far.
  private(set) var best: Double?
  /// Values since then.
  private(set) var valuesSinceBest = 0
  /// The rule that ended the stage, once one has.
  private(set) var rule: StopRule?

  /// Takes note of a step's answers.
  mutating func note(tokens count: Int) { tokens += count }

  /// Takes note that a number of steps out of all were made; ends the stage where they or its tokens are used up.
  mutating func note(steps: Int, of all: Int, _ stop: StopConfiguration) {
    if steps >= all { rule = .steps }
    if let limit = stop.tokens, tokens >= limit { rule = .tokens }
  }

  /// Takes note of a line of metrics; ends the stage where it is good enough, or no better for long enough.
  mutating func note(
    _ values: [String: Double], _ stop: StopConfiguration, _ task: any AnswerTask
  ) {
    notePlateau(values, stop.plateau, task)
    guard let target = stop.target, let goal = target.value else { return }
    let metric = target.metric ?? task.headline.rawValue
    guard let value = values[metric],
      let direction = MetricDirection(metric, among: task.metrics)
    else { return }
    if direction.gain(of: value, over: goal) >= 0 { rule = .target }
  }

  private mutating func notePlateau(
    _ values: [String: Double], _ plateau: PlateauConfiguration?, _ task: any AnswerTask
  ) {
    guard let plateau else { return }
    let metric = plateau.metric ?? task.headline.rawValue
    guard let value = values[metric], value.isFinite,
      let direction = MetricDirection(metric, among: task.metrics)
    else { return }
    if let best, direction.gain(of: value, over: best) <= plateau.minimumGain {
      valuesSinceBest += 1
    } else {
      best = value
      valuesSinceBest = 0
    }
    if valuesSinceBest >= plateau.patience { rule = .plateau }
  }

  /// Why the stage ended, in words.
  func reason(_ stop: StopConfiguration, _ headline: MetricName, steps: Int) -> String {
    switch rule {
    case .tokens: "it trained on \(tokens) response tokens, at least the \(stop.tokens ?? 0) it may"
    case .plateau:
      "\(stop.plateau?.metric ?? headline.rawValue) got no better than \(best.map { "\($0)" } ?? "") "
        + "over \(valuesSinceBest) values"
    case .target:
      "\(stop.target?.metric ?? headline.rawValue) reached \(stop.target?.value ?? .nan)"
    case .steps, nil: "its \(steps) steps were made"
    }
  }
}

/// A line of `stages.jsonl`: how a stage ended.
struct StageLine: Codable, Sendable, Hashable {
  /// The stage, from 0.
  var stage: Int
  /// What people call it.
  var name: String
  /// Steps of this stage.
  var steps: Int
  /// Steps of all stages so far.
  var step: Int
  /// Response tokens it trained on.
  var tokens: Int
  /// Which rule ended it.
  var rule: StopRule
  /// The same in words.
  var reason: String
}
