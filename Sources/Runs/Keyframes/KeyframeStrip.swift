internal import Records
internal import Core
/// What one selector chose: marks on the time line, and pictures below them.
struct KeyframeStrip: Sendable {
  let choice: VideoKeyframes.Choice
  let color: Int
  let video: VideoKeyframes
  let hasPictures: Bool

  /// The most pictures beside each other.
  private static let lane = 10

  var html: String {
    """
    <div class="strip c\(color)"><h3>\(KeyframePage.label(choice, color))\
    <span class="facts">\(HTML.escaped(choice.facts.joined(separator: " · ")))</span></h3>
    <div class="bar2">\(truth)\(marks)</div>\(hasPictures ? shots : times)</div>

    """
  }

  private func share(_ time: Double) -> Double { 100 * time / max(video.duration, 1e-9) }

  private var marks: String {
    choice.keyframes.map { frame in
      "<i style=\"left:\(Quantity.decimals(share(frame.time), 2))%\"></i>"
    }.joined()
  }

  private var truth: String {
    let windows = (video.evidence.truth?.intervals ?? []).map { window in
      "<b class=\"window\" style=\"left:\(Quantity.decimals(share(window.start), 2))%;"
        + "width:\(Quantity.decimals(share(window.length), 2))%\"></b>"
    }
    let cuts = video.evidence.cutTimes.map { time in
      "<b class=\"cut\" style=\"left:\(Quantity.decimals(share(time), 2))%\"></b>"
    }
    return (windows + cuts).joined()
  }

  private var times: String {
    let list = choice.keyframes.map { "\(Quantity.decimals($0.time, 2)) s" }
    return "<p class=\"times\">\(list.joined(separator: " · "))</p>"
  }

  /// The pictures in as many rows as they need, neighbours in time in neighbouring rows.
  private var shots: String {
    let frames = choice.keyframes
    let lanes = max(1, (frames.count + Self.lane - 1) / Self.lane)
    return (0..<lanes).map { lane in
      let own = stride(from: lane, to: frames.count, by: lanes).map { frames[$0] }
      let width = min(12, 100 / Double(max(own.count, 1)))
      let wished = own.map { share($0.time) }
      let places = Self.spread(wished, width: width)
      let wires = lane == 0 ? Self.wires(from: wished, to: places) : ""
      return wires + row(own, places, width: width)
    }.joined()
  }

  private func row(
    _ frames: [VideoKeyframes.Frame], _ places: [Double], width: Double
  ) -> String {
    let shots = zip(frames, places).map { frame, place in
      """
      <div class="shot\(frame.apex ? " apex" : "")" style="left:\(Quantity.decimals(place, 2))%;\
      width:\(Quantity.decimals(width, 2))%" title="frame \(frame.index)">\
      <em class="f\(frame.index)" style="aspect-ratio:\(Self.aspect)"></em>\
      <span>\(Quantity.decimals(frame.time, 2)) s</span></div>
      """
    }
    let height = Quantity.decimals(width / Self.ratio, 2)
    return "<div class=\"lane\" style=\"padding-bottom:calc(\(height)% + 26px)\">"
      + shots.joined() + "</div>"
  }

  /// Pictures are shown in one shape, cut at the edges where theirs is another.
  private static let aspect = "16/9"
  private static let ratio = 16.0 / 9

  /// From marks on the time line to the middles of pictures.
  private static func wires(from wished: [Double], to places: [Double]) -> String {
    let paths = zip(wished, places).map { start, end in
      "<path d=\"M\(HTML.place(10 * start)),0 L\(HTML.place(10 * end)),20\"/>"
    }
    return "<svg class=\"wires\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\""
      + " aria-hidden=\"true\">\(paths.joined())</svg>"
  }

  /// Places as near as possible to the wished ones, `width` apart and within 0 … 100.
  ///
  /// With i·width taken off, places that must not overlap become places that must not decrease: isotonic regression by
  /// pooling neighbours that do.
  ///
  /// - Precondition: `wished` is ascending and there is room for all.
  static func spread(_ wished: [Double], width: Double) -> [Double] {
    var pools: [(sum: Double, count: Int)] = []
    for (index, place) in wished.enumerated() {
      var pool = (sum: place - Double(index) * width, count: 1)
      while let last = pools.last,
        last.sum / Double(last.count) > pool.sum / Double(pool.count)
      {
        pool = (pool.sum + last.sum, pool.count + last.count)
        pools.removeLast()
      }
      pools.append(pool)
    }
    let most = max(width / 2, 100 - width / 2 - Double(wished.count - 1) * width)
    let means = pools.flatMap { pool in
      [Double](repeating: pool.sum / Double(pool.count), count: pool.count)
    }
    return means.enumerated().map { index, mean in
      min(max(mean, width / 2), most) + Double(index) * width
    }
  }
}
