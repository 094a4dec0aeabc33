internal import Core
internal import Records
internal import Foundation
internal import Statistics
internal import Storage

/// A sweep, an arm or a run as one self-contained page: no network, readable without its script, light and dark, fit for
/// printing.
package enum Report {
  /// Writes the page of runs that may still be going.
  ///
  /// - Parameters:
  ///   - folders: Each the folder of a sweep, of an arm or of a run.
  ///   - path: The file to write, whole or not at all.
  ///   - metric: The metric that decides, by its name in `metrics.jsonl`.
  ///   - baseline: The arm the others are compared to; the sweep's first one if `nil`.
  /// - Throws: `ComparisonError`, or `StorageError` if the page cannot be written.
  package static func write(
    _ folders: [String], to path: String, metric: String? = nil, baseline: String? = nil
  ) async throws {
    let page = try await html(of: folders, metric: metric, baseline: baseline)
    try AtomicFile.write(page, to: path)
  }

  /// The page as text.
  ///
  /// - Parameters:
  ///   - folders: Each the folder of a sweep, of an arm or of a run.
  ///   - metric: The metric that decides, by its name in `metrics.jsonl`.
  ///   - baseline: The arm the others are compared to; the sweep's first one if `nil`.
  ///   - live: What stands above the report of runs that are watched.
  /// - Returns: The page.
  /// - Throws: `ComparisonError`.
  package static func html(
    of folders: [String], metric: String? = nil, baseline: String? = nil, live: String? = nil
  ) async throws -> String {
    let archive = try await RunArchive.read(folders, detail: .everything)
    var comparison = try Comparison(archive, match: nil, metric: metric, baseline: baseline)
    for factor in comparison.variedFactors where comparison.arms.count > 2 {
      try comparison.ask(effectOf: factor)
    }
    return ReportPage(ReportSource(archive: archive, comparison: comparison)).html(live: live)
  }
}

/// What every section of a report draws from.
struct ReportSource: Sendable {
  /// The runs.
  let archive: RunArchive
  /// What they say.
  let comparison: Comparison
  /// What arms are called.
  let names: ArmNames

  /// What a report of some runs draws from.
  init(archive: RunArchive, comparison: Comparison) {
    self.archive = archive
    self.comparison = comparison
    names = ArmNames(archive.arms)
  }

  /// The metric that decides.
  var metric: Metric { Metric(comparison.metric) }

  /// The best of what is reached without learning.
  var floor: Bound? {
    comparison.bounds.filter(\.isFloor).max { metric.isBetter($1.value, than: $0.value) }
  }

  /// The baseline, or the only arm.
  var reference: String? { comparison.baseline ?? archive.arms.first }

  /// The arms that are drawn: the baseline and the best others, since more than twelve lines cannot be told apart.
  var shown: [String] {
    let scored = comparison.arms.filter { $0.value != nil && $0.name != reference }
    let best = scored.sorted { metric.isBetter($0.level, than: $1.level) }.prefix(11).map(\.name)
    return archive.arms.filter { $0 == reference || best.contains($0) }
  }

  /// The number of an arm's colour; the baseline's is 0, which is grey, and from 9 on colours return dashed.
  func color(_ arm: String) -> Int {
    guard arm != comparison.baseline else { return 0 }
    let others = archive.arms.filter { $0 != comparison.baseline }
    return (others.firstIndex(of: arm) ?? 0) % 16 + 1
  }

  /// An arm's name as markup that may break between the parts of which it is made.
  func name(_ arm: String) -> String {
    HTML.escaped(names[arm]).replacing("+", with: "<wbr>+").replacing("=", with: "=<wbr>")
  }

  /// An arm's name beside its colour.
  func label(_ arm: String) -> String {
    "<span class=\"arm\" data-arm=\"\(HTML.escaped(arm))\" title=\"\(HTML.escaped(arm))\"><i class=\"swatch c\(color(arm))\"></i><span>\(name(arm))</span></span>"
  }

  /// The colours of some arms, or nothing where there is only one.
  func legend(_ arms: [String]) -> String {
    guard arms.count > 1 else { return "" }
    return "<p class=\"legend\">\(arms.map(label).joined(separator: " "))</p>"
  }
}

extension ComparedArm {
  /// The value, or not a number.
  var level: Double { value?.value ?? .nan }
}
