internal import Foundation

/// A cell of a table: how it looks, and what a copy of the table has in its place.
package struct TableCell: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// What is seen.
  package var markup: String
  /// What stands in a copy for people; the letters of the markup if `nil`.
  package var text: String?
  /// What stands in a copy for programs, a number each of the column's `fields`; empty where that is text.
  package var numbers: [Double?]

  /// A cell that is copied as it is read.
  package init(stringLiteral markup: String) { self.init(markup) }

  /// A cell.
  package init(_ markup: String, text: String? = nil, numbers: [Double?] = []) {
    self.markup = markup
    self.text = text
    self.numbers = numbers
  }

  /// The same as attributes of an element.
  var attributes: String {
    let copy = text.map { " data-text=\"\(HTML.escaped($0))\"" } ?? ""
    guard !numbers.isEmpty else { return copy }
    return copy + " data-numbers=\"\(numbers.map(Self.plain).joined(separator: "|"))\""
  }

  /// A number without a unit or a group of digits; twelve digits are more than any run has.
  private static func plain(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "" }
    return value == value.rounded() && abs(value) < 1e15
      ? "\(Int(value))" : String(format: "%.12g", value)
  }
}

/// The heading of a column: how it looks, and what a copy of the table calls the column.
package struct TableColumn: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// What is seen.
  package var markup: String
  /// What a copy calls it, the letters of the markup if `nil`; a column without a name, such as one of drawings, is not copied.
  package var name: String?
  /// What a copy for programs calls the numbers of each cell, with their units; one column each.
  package var fields: [String]

  /// A heading that is copied as it is read.
  package init(stringLiteral markup: String) { self.init(markup) }

  /// A heading.
  package init(_ markup: String, name: String? = nil, fields: [String] = []) {
    self.markup = markup
    self.name = name
    self.fields = fields
  }

  /// A column that is there to be looked at.
  package static func drawn(_ markup: String) -> TableColumn { TableColumn(markup, name: "") }

  /// The same as attributes of an element.
  var attributes: String {
    let copy = name.map { " data-text=\"\(HTML.escaped($0))\"" } ?? ""
    guard !fields.isEmpty else { return copy }
    return copy + " data-fields=\"\(HTML.escaped(fields.joined(separator: "|")))\""
  }
}
