internal import Foundation

extension EvaluationReport {
  /// A number with its name in the evaluator's output.
  package struct Entry: Sendable, Hashable {
    /// Such as `MR-full-R1@0.5`.
    package var name: String
    /// A percentage; in `brief`, of two decimals.
    package var value: Double
  }

  /// The numbers that papers report, in the evaluator's order.
  package var brief: [Entry] {
    numbers.map { Entry(name: $0.name, value: Self.rounded($0.value)) }
  }

  /// The same numbers as shares, 0 … 1, with all their digits.
  package var shares: [(name: String, value: Double)] {
    numbers.map { (name: $0.name, value: $0.value / 100) }
  }

  private var numbers: [Entry] {
    var result: [Entry] = []
    func add(_ name: String, _ value: Double?) {
      if let value { result.append(Entry(name: name, value: value)) }
    }
    let full = moments[.full]
    for threshold in GroundingMetrics.usualThresholds {
      add("MR-full-R1@\(threshold)", full?.recall[threshold])
    }
    add("MR-full-mAP", full?.meanPrecision)
    add("MR-full-mAP@0.5", full?.precision[0.5])
    add("MR-full-mAP@0.75", full?.precision[0.75])
    add("MR-full-mIoU", full?.meanIoU)
    for length in [Length.long, .middle, .short] {
      add("MR-\(length)-mAP", moments[length]?.meanPrecision)
    }
    for item in highlights {
      add("HL-min-\(item.level)-mAP", item.meanPrecision)
      add("HL-min-\(item.level)-Hit1", item.hit)
    }
    return result
  }

  /// All numbers as the JSON text that the evaluator writes: the same keys, nesting, order and digits.
  package var asJSON: String {
    var parts = [("brief", object(brief.map { ($0.name, "\($0.value)") }, 1))]
    for item in highlights {
      let pairs = [("HL-mAP", item.meanPrecision), ("HL-Hit1", item.hit)]
      parts.append(("HL-min-\(item.level)", object(pairs.map { ($0, number($1)) }, 1)))
    }
    for length in Length.allCases {
      guard let moments = moments[length] else { continue }
      let average = [("average", number(moments.meanPrecision))]
      let fields = [
        ("MR-mIoU", number(moments.meanIoU)),
        ("MR-mAP", object(byThreshold(moments.precision) + average, 2)),
        ("MR-R1", object(byThreshold(moments.recall), 2)),
      ]
      parts.append((length.rawValue, object(fields, 1)))
    }
    return object(parts, 0)
  }

  /// Two decimals, exactly as C and Python print them: from the number's exact value, halves to even.
  static func rounded(_ value: Double) -> Double {
    Double(String(format: "%.2f", value)) ?? value
  }

  private func number(_ value: Double) -> String { "\(Self.rounded(value))" }

  private func byThreshold(_ values: [Double: Double]) -> [(String, String)] {
    values.sorted { $0.key < $1.key }.map { ("\($0)", number($1)) }
  }

  private func object(_ fields: [(String, String)], _ depth: Int) -> String {
    let indent = String(repeating: "    ", count: depth)
    let lines = fields.map { "\(indent)    \"\($0)\": \($1)" }
    return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
  }
}
