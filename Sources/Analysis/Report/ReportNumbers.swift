internal import Foundation
internal import Records
internal import Statistics

/// Numbers as a report writes them: with a true minus, and beside them what a copy of a table has.
extension Quantity {
  /// A text of a number with a true minus, which nothing that is printed as 0 has.
  static func withMinus(_ text: String) -> String {
    guard text.hasPrefix("-") else { return text }
    let rest = text.dropFirst()
    return rest.contains { ("1"..."9").contains($0) } ? "−" + rest : String(rest)
  }

  /// A metric: three decimals.
  static func level(_ value: Double) -> String { withMinus(metric(value)) }

  /// The ends of an interval in brackets.
  static func ends(_ lower: Double, _ upper: Double, _ format: (Double) -> String = level) -> String
  {
    "[\(format(lower)), \(format(upper))]"
  }
}

extension Estimate {
  /// Whether there is more than a single number.
  var hasEnds: Bool { lower < upper }
}

extension TableCell {
  /// Nothing was measured.
  static let none = TableCell("–", text: "")

  /// A number.
  init(_ value: Double?, _ format: (Double) -> String) {
    self = value.map { TableCell(format($0), numbers: [$0]) } ?? .none
  }

  /// A number with its interval, which copies have behind it; `markup` is what is seen.
  init(
    _ markup: String, _ value: Estimate?, format: (Double) -> String = Quantity.level
  ) {
    guard let value else {
      self.init(markup, text: "")
      return
    }
    let ends = value.hasEnds ? " " + Quantity.ends(value.lower, value.upper, format) : ""
    self.init(
      markup, text: format(value.value) + ends,
      numbers: [
        value.value, value.hasEnds ? value.lower : nil, value.hasEnds ? value.upper : nil,
      ])
  }
}

extension TableColumn {
  /// A column of numbers, each with the ends of its interval in copies.
  static func interval(_ markup: String, name: String) -> TableColumn {
    TableColumn(markup, name: name, fields: [name, name + " low", name + " high"])
  }

  /// A column of numbers without an interval; `field` says their unit.
  static func number(_ markup: String, name: String, field: String? = nil) -> TableColumn {
    TableColumn(markup, name: name, fields: [field ?? name])
  }
}
