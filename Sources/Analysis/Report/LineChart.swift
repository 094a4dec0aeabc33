internal import Records

/// Lines with bands, drawn in SVG.
struct LineChart: Sendable {
  /// One line.
  struct Series: Sendable {
    /// What it stands for.
    var name: String
    /// The number of its colour.
    var color: Int
    /// Its points, in order of x.
    var points: [Point]
    /// Thin lines behind it, such as one a seed.
    var seeds: [[Place]] = []
  }

  /// A place without a band.
  struct Place: Sendable, Hashable {
    var x: Double
    var y: Double
  }

  /// A point with the ends of its band, which are y where there is none.
  struct Point: Sendable, Hashable {
    var x: Double
    var y: Double
    var lower: Double
    var upper: Double
  }

  /// The lines.
  var series: [Series]
  /// What the chart shows, for readers who cannot see it.
  var title: String
  /// What runs to the right.
  var horizontal: String
  /// How a place on the horizontal axis is written.
  var format: @Sendable (Double) -> String
  /// A level that is drawn as a dashed line, such as what is reached without learning.
  var level: Double?
  /// What bands are: "95 % over seeds".
  var band = ""
  /// Width and height in units of the drawing.
  var size = (width: 760.0, height: 360.0)

  private var margin: (left: Double, right: Double, top: Double, bottom: Double) {
    (54, 26, 12, 54)
  }

  /// The drawing, or nothing where no line has a point.
  var svg: String {
    let points = series.flatMap(\.points)
    let heights = series.flatMap(\.seeds).flatMap { $0.map(\.y) }
    guard let left = points.map(\.x).min(), let right = points.map(\.x).max(),
      let low = (points.map(\.lower) + heights).min(),
      let high = (points.map(\.upper) + heights).max()
    else { return "" }
    let across = AxisTicks(left...right, count: 5)
    let up = AxisTicks(min(low, level ?? low)...max(high, level ?? high), count: 4)
    let frame = Frame(
      x: left...max(right, left.nextUp), y: up.range, size: size,
      margin: (margin.left, margin.right, margin.top, margin.bottom))
    let lines = series.map { line($0, frame) }.joined()
    return """
      <svg class="chart" viewBox="0 0 \(HTML.place(size.width)) \(HTML.place(size.height))" \
      role="img" data-band="\(HTML.escaped(band))" aria-label="\(HTML.escaped(title + ends))">\(grid(across, up, frame))\(floor(frame))\(lines)</svg>
      """
  }

  /// Where each line ends, for readers who cannot see it.
  private var ends: String {
    let said = series.compactMap { series in
      series.points.last.map { "\(series.name) \(Quantity.level($0.y))" }
    }
    return said.isEmpty ? "" : "; at the end " + said.joined(separator: ", ")
  }

  private func grid(_ across: AxisTicks, _ up: AxisTicks, _ frame: Frame) -> String {
    let right = HTML.place(size.width - margin.right)
    var result = ""
    for value in up.values {
      let y = HTML.place(frame.y(value))
      result += "<line class=\"grid\" x1=\"\(HTML.place(margin.left))\" x2=\"\(right)\""
      result += " y1=\"\(y)\" y2=\"\(y)\"/><text class=\"tick\" text-anchor=\"end\""
      result += " x=\"\(HTML.place(margin.left - 7))\" y=\"\(y)\" dy=\".35em\">"
      result += "\(Quantity.withMinus(Quantity.decimals(value, up.decimals)))</text>"
    }
    for (place, value) in across.values.filter(frame.holds).enumerated() {
      // A label at the edge ends there, lest half of it be cut off.
      let anchor = frame.x(value) > size.width - margin.right - 30 ? "end" : "middle"
      // On a narrow screen every other label is left out.
      let kind = place.isMultiple(of: 2) ? "tick" : "tick odd"
      result +=
        "<text class=\"\(kind)\" text-anchor=\"\(anchor)\" x=\"\(HTML.place(frame.x(value)))\""
      result +=
        " y=\"\(HTML.place(size.height - margin.bottom + 22))\">\(Quantity.withMinus(format(value)))</text>"
    }
    return result + "<text class=\"axis\" text-anchor=\"end\" x=\"\(right)\""
      + " y=\"\(HTML.place(size.height - 5))\">\(HTML.escaped(horizontal)) →</text>"
  }

  private func floor(_ frame: Frame) -> String {
    guard let level else { return "" }
    let y = HTML.place(frame.y(level))
    let right = HTML.place(size.width - margin.right)
    return
      "<line class=\"floor\" x1=\"\(HTML.place(margin.left))\" x2=\"\(right)\" y1=\"\(y)\" y2=\"\(y)\"/>"
  }

  private func line(_ series: Series, _ frame: Frame) -> String {
    let points = series.points
    guard let last = points.last else { return "" }
    func path(_ values: [(Double, Double)]) -> String {
      values.map { "\(HTML.place(frame.x($0.0))),\(HTML.place(frame.y($0.1)))" }
        .joined(separator: " ")
    }
    var result =
      "<g data-arm=\"\(HTML.escaped(series.name))\" data-points=\"\(numbers(points, frame))\">"
    if points.contains(where: { $0.lower < $0.upper }) {
      let around = points.map { ($0.x, $0.upper) } + points.reversed().map { ($0.x, $0.lower) }
      result += "<polygon class=\"band c\(series.color)\" points=\"\(path(around))\"/>"
    }
    for seed in series.seeds where seed.count > 1 {
      result += "<polyline class=\"seed c\(series.color)\""
      result += " points=\"\(path(seed.map { ($0.x, $0.y) }))\"/>"
    }
    result +=
      "<polyline class=\"line c\(series.color)\" points=\"\(path(points.map { ($0.x, $0.y) }))\">"
    result += "<title>\(HTML.escaped(series.name))</title></polyline>"
    return result + "<circle class=\"dot c\(series.color)\" r=\"3.5\""
      + " cx=\"\(HTML.place(frame.x(last.x)))\" cy=\"\(HTML.place(frame.y(last.y)))\"/></g>"
  }

  /// Each point's place and what stands there, for those who point at it: `x,y,text` with `;` between.
  private func numbers(_ points: [Point], _ frame: Frame) -> String {
    points.map { point in
      let band =
        point.lower < point.upper
        ? " [\(Quantity.level(point.lower)), \(Quantity.level(point.upper))]" : ""
      return "\(HTML.place(frame.x(point.x))),\(HTML.place(frame.y(point.y)))"
        + ",\(Quantity.level(point.y))\(band) at \(HTML.escaped(format(point.x)))"
    }.joined(separator: ";")
  }
}

/// Where numbers lie in a drawing.
private struct Frame {
  var x: ClosedRange<Double>
  var y: ClosedRange<Double>
  var size: (width: Double, height: Double)
  var margin: (left: Double, right: Double, top: Double, bottom: Double)

  func holds(_ value: Double) -> Bool { x.contains(value) }

  func x(_ value: Double) -> Double {
    let share = (value - x.lowerBound) / (x.upperBound - x.lowerBound)
    return margin.left + share * (size.width - margin.left - margin.right)
  }

  func y(_ value: Double) -> Double {
    let share = (value - y.lowerBound) / (y.upperBound - y.lowerBound)
    return size.height - margin.bottom - share * (size.height - margin.top - margin.bottom)
  }
}
