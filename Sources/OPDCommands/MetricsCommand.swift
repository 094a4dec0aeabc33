package import ArgumentParser
internal import Records
internal import Foundation
internal import Core
internal import Runs

/// `opd metrics`: what the numbers a run writes mean.
package struct MetricsCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Print the dictionary of metrics: unit, estimator, direction, weight.",
    discussion: """
      Example:
        opd metrics | grep teacher
      """)

  @Option(
    help: "How they are printed; as JSON a list of {name, unit, estimator, direction, weight}.")
  var format: PrintedFormat = .text

  /// What parses a command line without arguments.
  package init() {}

  /// Prints the dictionary.
  package func run() async throws {
    let metrics = MetricDictionary.all + (try Laboratory.standard()).taskMetrics
    print(try format == .json ? jsonText(metrics) : Self.table(metrics))
  }

  /// One line a metric, in columns.
  static func table(_ metrics: [MetricDefinition]) -> String {
    let header = ["metric", "unit", "better", "averaged over", "estimator"]
    let rows = metrics.map {
      [$0.name, $0.unit, $0.direction.rawValue, $0.weight.rawValue, $0.estimator]
    }
    return columns([header] + rows)
  }
}

/// Lines of cells under one another, each column as wide as its widest cell.
func columns(_ rows: [[String]]) -> String {
  let count = rows.map(\.count).max() ?? 0
  let widths = (0..<count).map { column in
    rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    zip(row, widths).enumerated().map { index, cell in
      index == row.count - 1 ? cell.0 : padded(cell.0, to: cell.1)
    }.joined(separator: "  ")
  }.joined(separator: "\n")
}

/// A value as JSON for people and programs: indented, keys in order.
func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
