internal import Core
internal import Records
internal import Foundation
internal import Statistics

/// How a comparison is printed.
package enum ComparisonFormat: String, Sendable, CaseIterable {
  /// Aligned columns for a terminal.
  case text
  /// Everything, for programs.
  case json
  /// Tables for a README.
  case markdown
  /// One line an arm, for a spreadsheet.
  case csv
}

extension Comparison {
  /// The comparison as text, ending in a line feed.
  package func formatted(_ format: ComparisonFormat) -> String {
    switch format {
    case .text: plainText
    case .json: json
    case .markdown: markdown
    case .csv: armTable(for: .csv).csv
    }
  }

  /// What "match" means in a heading.
  var denominator: String {
    guard let match, let matchedCost else { return "at each run's last evaluation" }
    return "at equal \(match.unit): \(Quantity.cost(matchedCost, match))"
  }

  private var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Encoding a tree of numbers and texts cannot fail once the special numbers are texts.
    return ((try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}") + "\n"
  }

  private var plainText: String {
    var parts = [
      [leader, verdict].compactMap { $0 }.joined(separator: "\n"), "\(metric) \(denominator)",
      armTable(for: .text).aligned,
    ]
    if !contrasts.isEmpty { parts.append(contrastTable.aligned) }
    for asked in asked { parts += [asked.table.aligned, asked.verdicts] }
    if let target { parts += [targetTitle(target), targetTable.aligned] }
    if contrasts.count > 1 {
      parts.append(contrasts.map(\.verdict).filter { $0 != verdict }.joined(separator: "\n"))
    }
    parts.append((notes + [legend]).joined(separator: "\n"))
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private var markdown: String {
    var parts = [
      [leader.map { "\($0) " }, verdict].compactMap { $0 }.joined().bold,
      "`\(metric)` \(denominator).", armTable(for: .text).markdown,
    ]
    if !contrasts.isEmpty { parts.append(contrastTable.markdown) }
    parts += asked.map(\.table.markdown)
    if let target { parts += [targetTitle(target), targetTable.markdown] }
    parts.append((notes + [legend]).map { "- \($0)" }.joined(separator: "\n"))
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// What intervals imagine drawn anew beside seeds, where questions are known.
  var questionUnits: String? { arms.lazy.compactMap(\.questions.units).first }

  /// How the numbers were made.
  var legend: String {
    let units = questionUnits.map { "seeds and \($0 == "videos" ? "whole videos" : $0)" } ?? "seeds"
    let contrast =
      contrasts.isEmpty
      ? ""
      : " Differences: mean over paired seeds; p after Holm, the larger of Student's test and the"
        + " permutation test, random signs of \(questionUnits ?? "seeds"); probability that a run"
        + " improves, and the difference these seeds would show after Holm with a probability of 0.8."
        + " Fewer than \(Verdict.fewestSeeds) seeds give no verdict."
    return "Intervals: Student's 95 % over \(units); IQM is the mean of the middle half.\(contrast)"
  }

  private func armTable(for format: ComparisonFormat) -> TextTable {
    let titles = columns.map { Metric($0).title }
    let first = [Metric(metric).title, "", "95 %"]
    let about = format == .csv ? ArmColumn.forPrograms(of: self) : ArmColumn.forPeople(of: self)
    var table = TextTable(
      header: about.map(\.title) + first + titles + ["tokens", "FLOPs", "time", "runs"])
    if format == .csv {
      table.header =
        about.map(\.title) + [metric, "summary", "lower", "upper"] + titles
        + ["rollout_tokens", "flops", "seconds", "runs_done", "runs"]
    }
    table.rows = arms.map { arm in
      let names = about.map { $0.cell(arm) }
      guard format != .csv else { return names + arm.fields(columns) }
      var cells = names + arm.cells(columns)
      if bound(over: arm) != nil { cells[0] += " (under a bound)" }
      return cells
    }
    if format != .csv {
      table.rows += bounds.map { $0.cells(beside: about.count, of: table.header.count) }
    }
    return table
  }

  private var contrastTable: TextTable {
    TextTable(
      header: ["against \(baseline ?? "")"] + Contrast.header,
      rows: contrasts.map { [$0.arm] + $0.cells })
  }
}

extension AskedContrasts {
  fileprivate var table: TextTable {
    TextTable(
      header: [title, "against"] + Contrast.header,
      rows: contrasts.map { [$0.arm, $0.baseline] + $0.cells })
  }

  fileprivate var verdicts: String { contrasts.map(\.verdict).joined(separator: "\n") }
}

extension Comparison {
  private func targetTitle(_ target: Double) -> String {
    "What \(Metric(metric).title) \(Quantity.metric(target)) costs, mean over the runs that reach it with its 95 % interval;"
      + " area: mean height of the learning curve over its steps."
  }

  private var targetTable: TextTable {
    TextTable(
      header: ["arm", "reached", "steps", "rollout tokens", "FLOPs", "time", "area"],
      rows: targetCosts.map { row in
        [row.arm, "\(row.reached)/\(row.runs)"]
          + CostMeasure.allCases.map { measure in
            row.cost(measure).map { Quantity.amount($0, measure) + row.range(measure) } ?? "–"
          } + [row.area.map(Quantity.metric) ?? "–"]
      })
  }
}

extension TargetCost {
  /// Between which costs the mean lies, in brackets.
  fileprivate func range(_ measure: CostMeasure) -> String {
    guard let interval = intervals[measure.rawValue] else { return "" }
    let ends = [interval.lower, interval.upper].map { Quantity.amount($0, measure) }
    return " [\(ends[0]), \(ends[1])]"
  }
}

extension String {
  fileprivate var bold: String { "**\(self)**" }
}

extension ComparedArm {
  /// For people.
  fileprivate func cells(_ columns: [String]) -> [String] {
    let result = [value.map { Quantity.metric($0.value) } ?? "–", summary.rawValue, interval]
    let others = columns.map { name in further[name].map(Quantity.metric) ?? "–" }
    let costs = [
      tokens.map(Quantity.count) ?? "–", flops.map(Quantity.flops) ?? "–",
      seconds.map(Quantity.duration) ?? "–", "\(done)/\(total)",
    ]
    return result + others + costs
  }

  /// The interval in brackets, or a dash where a single seed gives none.
  var interval: String {
    guard let value, scores.count > 1 else { return "–" }
    return "[\(Quantity.metric(value.lower)), \(Quantity.metric(value.upper))]"
  }

  /// For programs: all digits, nothing where nothing was measured.
  fileprivate func fields(_ columns: [String]) -> [String] {
    let others: [Double?] = columns.map { further[$0] }
    let numbers: [Double?] = [value?.lower, value?.upper] + others + [tokens, flops, seconds]
    return [value.map { "\($0.value)" } ?? "", summary.rawValue]
      + numbers.map { number in number.map { "\($0)" } ?? "" } + ["\(done)", "\(total)"]
  }
}

extension Contrast {
  /// The interval of the difference in brackets, or a dash where a single seed gives none.
  var interval: String {
    guard let difference, pairs > 1 else { return "–" }
    return "[\(Quantity.signed(difference.lower)), \(Quantity.signed(difference.upper))]"
  }

  fileprivate static let header = [
    "difference", "95 %", "p (Holm)", "p (perm.)", "P(better)", "visible from", "seeds",
  ]

  fileprivate var cells: [String] {
    [
      difference.map { Quantity.signed($0.value) } ?? "–", interval,
      correctedPValue.map(Quantity.pColumn) ?? "–",
      permutationPValue.map(Quantity.pColumn) ?? "–",
      probabilityOfImprovement.map { Quantity.decimals($0, 2) } ?? "–",
      minimumDetectableEffect.map(Quantity.metric) ?? "–", "\(pairs)",
    ]
  }
}

extension Bound {
  /// A row of so many cells, as many of them before the value as tell arms apart.
  fileprivate func cells(beside names: Int, of count: Int) -> [String] {
    [name] + [String](repeating: "", count: names - 1) + [Quantity.metric(value)]
      + [String](repeating: "", count: count - names - 1)
  }
}
