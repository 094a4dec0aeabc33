internal import Records
internal import Plugins
internal import Core

/// What ends a stage before its last step; the first rule that holds does.
package struct StopConfiguration: DefaultedConfiguration {
  /// Response tokens to train on; no limit if left out.
  package var tokens: Int?
  /// Ends the stage when a metric gets no better; never if left out.
  package var plateau: PlateauConfiguration?
  /// Ends the stage when a metric is good enough; never if left out.
  package var target: TargetConfiguration?

  /// No rule but the number of steps.
  package init() {}
}

/// When a metric gets no better.
package struct PlateauConfiguration: DefaultedConfiguration {
  /// The metric, by its name in `metrics.jsonl`; the task's headline if left out.
  package var metric: String?
  /// How many values in a row may bring no gain.
  package var patience = 3
  /// By how much a value must be better than the best so far to be a gain.
  package var minimumGain = 0.001

  /// Three evaluations without a gain of .001.
  package init() {}
}

/// When a metric is good enough.
package struct TargetConfiguration: DefaultedConfiguration {
  /// The metric, by its name in `metrics.jsonl`; the task's headline if left out.
  package var metric: String?
  /// What it must reach; mandatory.
  package var value: Double?

  /// No value yet.
  package init() {}
}

extension StopConfiguration {
  /// Refuses rules that could never hold, or hold at once.
  func check(
    at path: String, evaluatesEvery every: Int, metrics: [MetricDefinition],
    _ source: ConfigurationSource?
  ) throws {
    func refuse(_ key: String, _ reason: String) -> ConfigurationError {
      .unusable(path: "\(path).\(key)", reason: reason, source: source)
    }
    if let target, target.value == nil {
      throw refuse("target.value", "the value to be reached is mandatory")
    }
    if plateau == nil, target == nil { return }
    let named = [("plateau", plateau.map { $0.metric }), ("target", target.map { $0.metric })]
    for case (let key, let metric?) in named {
      guard let metric else {
        if every == 0 {
          throw refuse(key, "nothing is evaluated before the end: set evaluation.every")
        }
        continue
      }
      if MetricDirection(metric, among: metrics) == nil {
        throw refuse(
          "\(key).metric",
          "'\(metric)' is no metric of which more or less is better; "
            + "`opd metrics` lists them")
      }
      if metric.hasPrefix("eval/"), every == 0 {
        throw refuse("\(key).metric", "nothing is evaluated before the end: set evaluation.every")
      }
    }
  }
}

/// Which way a metric gets better.
struct MetricDirection {
  /// 1 where more is better, −1 where less is.
  private let sign: Double

  /// The direction of a metric, or `nil` where neither way is better.
  init?(_ metric: String, among metrics: [MetricDefinition]) {
    switch MetricDictionary.definition(of: metric, among: metrics)?.direction {
    case .higher: sign = 1
    case .lower: sign = -1
    case .some(.none), nil: return nil
    }
  }

  /// By how much one value is better than another; negative where it is worse.
  func gain(of value: Double, over other: Double) -> Double { sign * (value - other) }
}
