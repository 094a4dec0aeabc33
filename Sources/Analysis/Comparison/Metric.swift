internal import Core
internal import Records

/// How a metric is read.
struct Metric: Sendable, Hashable {
  /// Its name in `metrics.jsonl`.
  let name: String

  /// The metric with the given name.
  init(_ name: String) { self.name = name }

  /// The name without its folder: `accuracy` of `eval/accuracy`.
  var title: String { name.split(separator: "/").last.map(String.init) ?? name }

  /// Whether smaller is better, as for losses and rates of failure.
  var isBetterWhenLower: Bool {
    if let known = MetricDictionary.definition(of: name) { return known.direction == .lower }
    return ["loss", "failure", "error", "kl", "zero_std", "clipped"].contains {
      name.lowercased().contains($0)
    }
  }

  /// Whether `first` is better than `second`.
  func isBetter(_ first: Double, than second: Double) -> Bool {
    isBetterWhenLower ? first < second : first > second
  }
}
