/// Rows and columns of text.
package struct TextTable: Sendable {
  /// The names of the columns.
  package var header: [String]
  /// As many cells a row as there are columns.
  package var rows: [[String]] = []

  /// A table, without rows yet.
  package init(header: [String], rows: [[String]] = []) {
    self.header = header
    self.rows = rows
  }

  /// Columns padded with spaces: the first to the left, the others to the right.
  package var aligned: String {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let gap = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 0 ? cell + gap : "  " + gap + cell
      }
      return line
    }.joined(separator: "\n")
  }

  /// The same with lines that are cut at the width of a terminal; whole where there is none.
  package func aligned(within width: Int?) -> String {
    guard let width else { return aligned }
    return aligned.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.count > width ? line.prefix(max(1, width - 1)) + "…" : line
    }.joined(separator: "\n")
  }

  /// A table of Markdown.
  package var markdown: String {
    let rule = header.indices.map { $0 == 0 ? "---" : "---:" }
    return ([header, rule] + rows).map { row in
      "| " + row.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }.joined(separator: "\n")
  }

  /// Comma-separated values as RFC 4180 has them, ending in a line feed.
  package var csv: String {
    ([header] + rows).map { row in row.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
  }

  private static func quoted(_ cell: String) -> String {
    guard cell.contains(where: { ",\"\n\r".contains($0) }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
