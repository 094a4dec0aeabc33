internal import Core
internal import Foundation
internal import Records
internal import Statistics

/// What the script of a page draws the curves of any metric from, along any cost.
struct CurveData: Encodable, Sendable {
  /// A cost that curves run along.
  struct Measure: Encodable, Sendable {
    /// As in `CostMeasure`.
    var id: String
    /// How the axis is called, and how much of the cost its unit is.
    var unit: String
    var size: Double
  }

  /// One arm, with what it had spent at each of its moments: a list a moment, in the order of the measures.
  struct Arm: Encodable, Sendable {
    var name: String
    var color: Int
    var costs: [[Double?]]
  }

  /// A metric with one curve an arm; `nil` for an arm that does not measure it.
  struct Measured: Encodable, Sendable {
    var name: String
    /// What it is, with its unit and its good side, where that is known.
    var meaning: String
    /// `higher` or `lower` is better; empty where neither is known to be.
    var side: String
    var curves: [Curve?]
    /// What is reached without learning, where that is known.
    var level: Double?
  }

  /// The curve of one arm: `at` are places in its costs.
  struct Curve: Encodable, Sendable {
    var at: [Int] = []
    var mean: [Double?] = []
    var low: [Double?] = []
    var high: [Double?] = []
    /// A list a seed.
    var seeds: [[Double?]] = []
  }

  private(set) var measures: [Measure]
  private(set) var arms: [Arm]
  private(set) var metrics: [Measured] = []

  /// Points of a curve that is not the headline's: training metrics have one a step, which no screen can show.
  private static let moments = 40

  /// The curves of every metric that changes over some arm's steps, the headline's first.
  init(_ source: ReportSource, _ lines: [String: MeasuredLines], headline: MeanCurves) {
    measures = CurvesSection.measures.map { measure in
      let most = source.shown.flatMap { headline.points($0, by: measure) }.map(\.x).max() ?? 0
      let unit = Quantity.unit(measure, upTo: most)
      return Measure(id: measure.rawValue, unit: unit.name, size: unit.size)
    }
    arms = source.shown.map { Arm(name: $0, color: source.color($0), costs: []) }
    var places = arms.map { _ in [[Double?]: Int]() }
    let first = source.comparison.metric
    for name in [first] + Self.names(lines).filter({ $0 != first }) {
      let curves =
        name == first ? headline : MeanCurves(lines, metric: name, moments: Self.moments)
      guard curves.moments.values.contains(where: { $0.count > 1 }) else { continue }
      let own = arms.indices.map { curve(curves, arm: $0, &places[$0]) }
      metrics.append(
        Measured(
          name: name, meaning: Self.meaning(name),
          side: name == first ? Self.side(Metric(name)) : Self.side(name), curves: own,
          level: name == first ? source.floor?.value : nil))
    }
  }

  /// What runs wrote: evaluations first, then training, each by name.
  private static func names(_ lines: [String: MeasuredLines]) -> [String] {
    Set(lines.values.flatMap(\.samples.keys)).sorted {
      let (first, second) = ($0.hasPrefix("eval/"), $1.hasPrefix("eval/"))
      return first == second ? $0 < $1 : first
    }
  }

  private static func meaning(_ name: String) -> String {
    guard let known = MetricDictionary.definition(of: name) else { return "" }
    let side = side(name)
    return known.estimator + (known.unit == "1" ? "" : ", \(known.unit)")
      + (side.isEmpty ? "" : "; \(side) is better")
  }

  private static func side(_ name: String) -> String {
    switch MetricDictionary.definition(of: name)?.direction {
    case .higher: "higher"
    case .lower: "lower"
    default: ""
    }
  }

  /// The metric that decides always has a good side.
  private static func side(_ metric: Metric) -> String {
    metric.isBetterWhenLower ? "lower" : "higher"
  }

  private mutating func curve(
    _ curves: MeanCurves, arm: Int, _ places: inout [[Double?]: Int]
  ) -> Curve? {
    guard let moments = curves.moments[arms[arm].name], !moments.isEmpty else { return nil }
    var curve = Curve()
    for moment in moments {
      let costs = CurvesSection.measures.map { Self.rounded(moment.costs[$0], 6) }
      if places[costs] == nil {
        places[costs] = arms[arm].costs.count
        arms[arm].costs.append(costs)
      }
      curve.at.append(places[costs] ?? 0)
      curve.mean.append(Self.rounded(moment.value.value, 4))
      curve.low.append(Self.rounded(moment.value.lower, 4))
      curve.high.append(Self.rounded(moment.value.upper, 4))
    }
    curve.seeds = (moments.first?.seeds ?? []).indices.map { seed in
      moments.map { Self.rounded($0.seeds[seed], 4) }
    }
    return curve
  }

  /// So many significant digits: more cannot be seen, and the page is a third as long.
  private static func rounded(_ value: Double?, _ digits: Int) -> Double? {
    guard let value, value.isFinite else { return nil }
    guard value != 0 else { return 0 }
    let scale = pow(10, Double(digits - 1) - floor(log10(abs(value))))
    let result = (value * scale).rounded() / scale
    return result.isFinite ? result : value
  }

  /// An element of a page that holds the data, and cannot end it early.
  var html: String {
    let json = JSONText.line(self).replacing("<", with: "\\u003c")
    return "<script type=\"application/json\" id=\"curve-data\">\(json)</script>"
  }

  /// What a metric and a kind of axis are chosen by; hidden where there is no script.
  var choices: String {
    let options = metrics.map { "<option>\(HTML.escaped($0.name))</option>" }.joined()
    return
      "<span class=\"choices\" hidden><label>metric <select id=\"curve-metric\">\(options)</select>"
      + "</label> <label><input type=\"checkbox\" id=\"curve-log\"> log cost</label></span>"
  }
}
