internal import Core
package import Records
internal import Statistics
internal import Storage

/// One drawing of a report as a file of its own, for a page that is not the report.
package enum Figure: String, Sendable, CaseIterable {
  /// The metric against what was spent, a line an arm.
  case curves
  /// Where each arm ended, a dot on its interval.
  case arms
  /// What each arm spent its operations or its time on, a bar an arm.
  case costs
}

extension Report {
  /// Writes one drawing as a self-contained SVG file, light and dark.
  ///
  /// - Parameters:
  ///   - figure: Which.
  ///   - folders: Each the folder of a sweep, of an arm or of a run.
  ///   - path: The file to write, whole or not at all.
  ///   - metric: The metric that decides, by its name in `metrics.jsonl`.
  ///   - baseline: The arm that is grey; the sweep's first one if `nil`.
  ///   - measure: What curves run along, and what costs are of: operations, or else time.
  /// - Throws: `ComparisonError`, or `StorageError` if the file cannot be written.
  package static func write(
    _ figure: Figure, of folders: [String], to path: String, metric: String? = nil,
    baseline: String? = nil, by measure: CostMeasure = .flops
  ) async throws {
    let archive = try await RunArchive.read(folders, detail: .everything)
    let comparison = try Comparison(archive, match: nil, metric: metric, baseline: baseline)
    let source = ReportSource(archive: archive, comparison: comparison)
    let drawing: Drawing =
      switch figure {
      case .arms: IntervalChart(source: source).drawing
      case .curves:
        CurvesSection(
          source: source,
          curves: MeanCurves(archive, arms: source.shown, metric: comparison.metric)
        ).drawing(by: measure)
      case .costs: CostSection(source: source).drawing(by: measure)
      }
    try AtomicFile.write(drawing.file, to: path)
  }
}

/// Markup that fills a box, to be wrapped as a file.
struct Drawing: Sendable {
  /// The width of every drawing, in its own units.
  static let width = 760.0

  /// What the drawing shows, for readers who cannot see it.
  var title: String
  /// Its height in units.
  var height: Double
  /// SVG.
  var body: String

  /// The drawing as an SVG file that brings its colours and letters along.
  var file: String {
    let size = "0 0 \(HTML.place(Self.width)) \(HTML.place(height))"
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="\(size)" role="img">
      <title>\(HTML.escaped(title))</title>
      <style>\(ReportStyle.colors)
      text{font:13px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:var(--ink);
      font-variant-numeric:tabular-nums}
      .grid{stroke:var(--rule);stroke-width:1}.tick,.axis{fill:var(--soft);font-size:11.5px}
      .line{fill:none;stroke:var(--c);stroke-width:2.2;stroke-linejoin:round}
      .seed{fill:none;stroke:var(--c);stroke-width:.9;opacity:.4}.band{fill:var(--c);opacity:.15}.dot,.swatch{fill:var(--c)}.paper{fill:var(--card)}
      .floor{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:3 3}
      .reach{stroke:var(--c);stroke-width:4;stroke-linecap:round;opacity:.38}</style>
      <rect class="paper" width="100%" height="100%"/>
      \(body)
      </svg>

      """
  }
}

extension CurvesSection {
  /// The curves along one cost beneath the names of their arms.
  func drawing(by measure: CostMeasure) -> Drawing {
    let chart = chart(measure)
    let legend = FigureLegend(source.shown.map { ($0, "c\(source.color($0))") })
    // The page's drawing scales with its column; this one has a place of its own.
    let box =
      "<svg x=\"0\" y=\"\(HTML.place(legend.height))\" width=\"\(HTML.place(chart.size.width))\""
      + " height=\"\(HTML.place(chart.size.height))\""
    return Drawing(
      title: chart.title, height: legend.height + chart.size.height,
      body: legend.svg + chart.svg.replacing("<svg class=\"chart\"", with: box))
  }
}

extension CostSection {
  /// A bar an arm, in the parts of its ledger.
  func drawing(by measure: CostMeasure) -> Drawing {
    let key = measure == .flops ? "flops" : "seconds"
    let bars = source.shown.compactMap { arm in parts(arm, key).map { (arm: arm, parts: $0) } }
    let legend = FigureLegend(Self.entries.enumerated().map { ($1.1, "l\($0)") })
    let left = 24 + 7.6 * Double(bars.map(\.arm.count).max() ?? 0)
    let scale =
      (Drawing.width - 96 - left) / max(1e-300, bars.map { $0.parts.reduce(0, +) }.max() ?? 0)
    let rows = bars.enumerated().map { place, bar in
      let y = legend.height + 20 + 27 * Double(place)
      var x = left
      var row = "<text x=\"14\" y=\"\(HTML.place(y))\">\(HTML.escaped(bar.arm))</text>"
      for (entry, part) in bar.parts.enumerated() where part > 0 {
        row += "<rect class=\"swatch l\(entry)\" x=\"\(HTML.place(x))\" y=\"\(HTML.place(y - 13))\""
        row += " width=\"\(HTML.place(part * scale))\" height=\"17\"/>"
        x += part * scale
      }
      return row + "<text text-anchor=\"end\" x=\"\(HTML.place(Drawing.width - 12))\""
        + " y=\"\(HTML.place(y))\">\(total(bar.parts, key))</text>"
    }
    return Drawing(
      title: "What each arm spent its \(key == "flops" ? "operations" : "time") on",
      height: legend.height + 20 + 27 * Double(bars.count), body: legend.svg + rows.joined())
  }
}

/// Names beside their colours, in lines.
private struct FigureLegend {
  private(set) var svg = ""
  private(set) var height: Double

  init(_ entries: [(name: String, color: String)]) {
    var x = 14.0
    var y = 24.0
    for entry in entries {
      let width = 34 + 7.6 * Double(entry.name.count)
      if x + width > Drawing.width {
        x = 14
        y += 22
      }
      svg +=
        "<rect class=\"swatch \(entry.color)\" x=\"\(HTML.place(x))\" y=\"\(HTML.place(y - 10))\""
      svg += " width=\"11\" height=\"11\" rx=\"3\"/><text x=\"\(HTML.place(x + 17))\""
      svg += " y=\"\(HTML.place(y))\">\(HTML.escaped(entry.name))</text>"
      x += width
    }
    height = y + 14
  }
}

/// Every arm's value on its interval, one line an arm.
struct IntervalChart: Sendable {
  let source: ReportSource

  private var arms: [ComparedArm] { source.comparison.arms.filter { $0.value != nil } }

  /// The drawing.
  var drawing: Drawing {
    let estimates = arms.compactMap(\.value)
    let floor = source.floor.map { [$0.value] } ?? []
    let low = (estimates.map(\.lower) + floor).min() ?? 0
    let high = (estimates.map(\.upper) + floor).max() ?? 1
    let ticks = AxisTicks(low...max(low, high), count: 5)
    let left = 24 + 7.6 * Double(arms.map(\.name.count).max() ?? 0)
    let frame = IntervalFrame(range: ticks.range, left: left, right: Drawing.width - 66)
    let bottom = 16 + 27 * Double(arms.count)
    let rows = arms.enumerated().map { row($1, frame, y: 28 + 27 * Double($0)) }
    let metric = HTML.escaped(source.metric.title)
    return Drawing(
      title: "\(source.metric.title) of each arm with its 95 % interval", height: bottom + 44,
      body: grid(ticks, frame, bottom) + bound(frame, bottom) + rows.joined()
        + "<text class=\"axis\" text-anchor=\"end\" x=\"\(HTML.place(frame.right))\""
        + " y=\"\(HTML.place(bottom + 38))\">\(metric) →</text>")
  }

  private func grid(_ ticks: AxisTicks, _ frame: IntervalFrame, _ bottom: Double) -> String {
    ticks.values.map { value in
      let x = frame.x(value)
      return "<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"12\" y2=\"\(HTML.place(bottom))\"/>"
        + "<text class=\"tick\" text-anchor=\"middle\" x=\"\(x)\" y=\"\(HTML.place(bottom + 18))\">"
        + "\(Quantity.withMinus(Quantity.decimals(value, max(1, ticks.decimals))))</text>"
    }.joined()
  }

  /// A dashed line at what is reached without learning.
  private func bound(_ frame: IntervalFrame, _ bottom: Double) -> String {
    guard let floor = source.floor else { return "" }
    let x = frame.x(floor.value)
    return "<line class=\"floor\" x1=\"\(x)\" x2=\"\(x)\" y1=\"12\" y2=\"\(HTML.place(bottom))\"/>"
      + "<text class=\"tick\" x=\"14\" y=\"\(HTML.place(bottom + 38))\">"
      + "- - \(HTML.escaped(floor.name)): \(Quantity.level(floor.value))</text>"
  }

  private func row(_ arm: ComparedArm, _ frame: IntervalFrame, y: Double) -> String {
    guard let value = arm.value else { return "" }
    let color = source.color(arm.name)
    let middle = HTML.place(y - 4)
    return "<text x=\"14\" y=\"\(HTML.place(y))\">\(HTML.escaped(arm.name))</text>"
      + "<line class=\"reach c\(color)\" x1=\"\(frame.x(value.lower))\" y1=\"\(middle)\""
      + " x2=\"\(frame.x(value.upper))\" y2=\"\(middle)\"/>"
      + "<circle class=\"dot c\(color)\" r=\"5\" cx=\"\(frame.x(value.value))\" cy=\"\(middle)\"/>"
      + "<text text-anchor=\"end\" x=\"\(HTML.place(Drawing.width - 12))\" y=\"\(HTML.place(y))\">"
      + "\(Quantity.level(value.value))</text>"
  }
}

/// Where values lie between the names and the numbers.
private struct IntervalFrame {
  let range: ClosedRange<Double>
  let left: Double
  let right: Double

  func x(_ value: Double) -> String {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return HTML.place(left + share * (right - left))
  }
}
