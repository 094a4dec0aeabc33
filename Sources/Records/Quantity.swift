internal import Foundation

/// Numbers as people read them.
package enum Quantity {
  /// A number for people to read: 0 where it is rounding noise, which is below 1e-12 for every metric.
  package static func settled(_ value: Double) -> Double { abs(value) < 1e-12 ? 0 : value }

  /// A metric: three decimals.
  package static func metric(_ value: Double) -> String {
    decimals(value, abs(value) < 100 ? 3 : 1)
  }

  /// A difference: three decimals with its sign, a true minus.
  package static func signed(_ value: Double) -> String {
    (settled(value) < 0 ? "−" : "+") + metric(abs(value))
  }

  /// A share 0 … 1 as a percentage with one decimal, for places that write the sign behind it; metrics stay shares everywhere.
  package static func percent(_ share: Double) -> String { decimals(100 * share, 1) }

  /// A p-value: "p = 0.012".
  package static func pValue(_ p: Double) -> String {
    p < 0.001 ? "p < 0.001" : "p = \(decimals(p, 3))"
  }

  /// A p-value in a column: four decimals.
  package static func pColumn(_ p: Double) -> String { p < 1e-4 ? "<0.0001" : decimals(p, 4) }

  /// A count with a letter for thousands, millions and so on: "3.2M".
  package static func count(_ value: Double) -> String {
    for (size, letter) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where abs(value) >= size {
      return short(value / size) + letter
    }
    return short(value)
  }

  /// Floating-point operations: "4.1 PFLOP".
  package static func flops(_ value: Double) -> String {
    guard value > 0 else { return "0" }
    let sizes = [(1e21, "ZFLOP"), (1e18, "EFLOP"), (1e15, "PFLOP"), (1e12, "TFLOP")]
    for (size, name) in sizes where value >= size { return "\(short(value / size)) \(name)" }
    return value < 1e8 ? "\(short(value / 1e6)) MFLOP" : "\(short(value / 1e9)) GFLOP"
  }

  /// A duration: "4.2 s", "3 min 20 s", "2 h 5 min".
  package static func duration(_ seconds: Double) -> String {
    guard seconds >= 60 else { return "\(short(seconds)) s" }
    let whole = Int(min(seconds, 1e12).rounded())
    return whole < 3600
      ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// Bytes: "57 MB", "1.2 GB".
  package static func memory(_ bytes: Double) -> String {
    bytes >= 1e9 ? "\(short(bytes / 1e9)) GB" : "\(decimals(bytes / 1e6, 0)) MB"
  }

  /// An amount of a cost, with its unit.
  package static func cost(_ value: Double, _ measure: CostMeasure) -> String {
    switch measure {
    case .steps, .tokens: "\(count(value)) \(measure.unit)"
    case .flops: flops(value)
    case .wall: duration(value)
    }
  }

  /// An amount of a cost in a column that names it.
  package static func amount(_ value: Double, _ measure: CostMeasure) -> String {
    switch measure {
    case .steps, .tokens: count(value)
    case .flops, .wall: cost(value, measure)
    }
  }

  /// A unit for an axis that runs up to an amount, and how much of the cost it is.
  package static func unit(_ measure: CostMeasure, upTo largest: Double) -> (
    name: String, size: Double
  ) {
    let sizes: [(name: String, size: Double)] =
      switch measure {
      case .steps, .tokens: []
      case .flops:
        [("ZFLOP", 1e21), ("EFLOP", 1e18), ("PFLOP", 1e15), ("TFLOP", 1e12), ("GFLOP", 1e9)]
      case .wall: [("hours", 3600), ("minutes", 60), ("seconds", 1)]
      }
    return sizes.first { largest >= 2 * $0.size } ?? sizes.last ?? (measure.unit, 1)
  }

  /// Three digits, without needless zeros.
  package static func short(_ value: Double) -> String {
    guard value != value.rounded() || abs(value) >= 1000 else { return decimals(value, 0) }
    let size = abs(value)
    return decimals(value, size >= 100 ? 0 : size >= 10 ? 1 : 2)
  }

  /// A fixed number of decimals.
  package static func decimals(_ value: Double, _ count: Int) -> String {
    String(format: "%.\(count)f", settled(value))
  }
}
