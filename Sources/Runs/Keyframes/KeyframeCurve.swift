internal import Records
internal import Analysis
internal import Core
internal import TAD

/// How much each frame differs from the one before, over the time of the video, with its apexes.
struct KeyframeCurve: Sendable {
  private let video: VideoKeyframes
  private let duration: Double
  private let highest: Double

  /// The most apexes that are marked besides those that were kept.
  private static let apexLimit = 40
  /// In how many parts the curve is drawn at most; of each the largest value counts, so that no peak is lost.
  private static let parts = 1000

  /// The curve of a video.
  init(_ video: VideoKeyframes) {
    self.video = video
    duration = max(video.duration, 1e-9)
    highest = max(video.evidence.variation.max() ?? 0, 1e-12)
  }

  var html: String {
    let evidence = video.evidence
    let windows = (evidence.truth?.intervals ?? []).map { window in
      "<b class=\"window\" style=\"left:\(x(window.start))%;"
        + "width:\(HTML.place(100 * window.length / duration))%\"></b>"
    }
    let cuts = evidence.cutTimes.map { "<b class=\"cut\" style=\"left:\(x($0))%\"></b>" }
    let key = cuts.isEmpty ? "" : "<span><b></b>true cut</span>"
    return HTML.section(
      "curve", "Variation",
      "How much each frame differs from the one before: 1 − cosine of its patches, averaged;"
        + " the highest is \(Quantity.decimals(highest, 3)).",
      """
      <div class="curve">\((windows + cuts).joined())<svg viewBox="0 0 1000 100" \
      preserveAspectRatio="none" role="img" aria-label="Variation over time"><path d="\(path)"/></svg>
      <div class="plane">\(apexes)</div></div>\(Self.hours(duration))
      <p class="keys"><span><i class="kept"></i>apex that was kept</span><span><i></i>other apex\
      </span>\(key)</p>
      """)
  }

  private func x(_ time: Double) -> String { Quantity.decimals(100 * time / duration, 2) }

  private var path: String {
    let times = video.evidence.times
    let values = video.evidence.variation
    let size = max(1, (values.count + Self.parts - 1) / Self.parts)
    let points = stride(from: 0, to: values.count, by: size).map { start in
      let part = start..<min(start + size, values.count)
      let best = part.max { values[$0] < values[$1] } ?? start
      return "\(HTML.place(1000 * times[best] / duration)),"
        + HTML.place(100 - 100 * values[best] / highest)
    }
    return "M" + points.joined(separator: " ")
  }

  private var apexes: String {
    let values = video.evidence.variation
    let kept = Set(
      video.selections.flatMap { $0.keyframes.filter(\.apex).map(\.index) })
    let all = TAD.apexes(of: values, window: 3)
    let largest = all.sorted { values[$0] > values[$1] }.prefix(Self.apexLimit)
    return Set(largest).union(kept).sorted().map { frame in
      let isKept = kept.contains(frame) ? " class=\"kept\"" : ""
      let time = video.evidence.times[frame]
      return "<i\(isKept) title=\"frame \(frame), \(Quantity.decimals(time, 3)) s\" style=\""
        + "left:\(x(time))%;bottom:\(Quantity.decimals(100 * values[frame] / highest, 1))%\"></i>"
    }.joined()
  }

  /// The times below a drawing as wide as the video is long.
  private static func hours(_ duration: Double) -> String {
    let ticks = AxisTicks(0...duration, count: 8).values.filter {
      $0 > 0.03 * duration && $0 < 0.97 * duration
    }
    let spans = ticks.map {
      "<span style=\"left:\(Quantity.decimals(100 * $0 / duration, 2))%\">\(Quantity.duration($0))"
        + "</span>"
    }
    return "<div class=\"hours\">\(spans.joined())</div>"
  }
}
