internal import Core
internal import Foundation
internal import Records
internal import Video

extension StudentAnswer {
  /// The answer as a page that needs nothing but itself.
  ///
  /// - Throws: `VideoError` where the pictures of a video file cannot be read.
  package func page() async throws -> String {
    var page = AnswerPage(answer: self, shots: [:])
    if let pictures {
      page.shots = try await VideoThumbnails.jpegs(
        of: pictures.path, frames: pictures.frames, longestSide: 320)
    }
    return page.html
  }
}

/// What was asked, what was answered, and which frames were looked at.
struct AnswerPage {
  let answer: StudentAnswer
  /// JPEG files by the number of their frame in the video file.
  var shots: [Int: [UInt8]]

  var html: String {
    HTML.page(
      answer.question, style: Self.style, body: header + timeline + frames + numbers,
      command: "opd answer")
  }

  private var header: String {
    let place = answer.video.map { "\(HTML.escaped($0)) · \(Quantity.short(answer.duration)) s" }
    return """
      <header><p class="eyebrow">\(place ?? "a question about a text")</p>
      <h1>\(HTML.escaped(answer.question))</h1>
      <p class="price"><b>\(HTML.escaped(said(answer.greedy)))</b></p></header>

      """
  }

  private func said(_ reading: StudentAnswer.Reading) -> String {
    reading.isAnswer ? reading.text : "no answer: “\(reading.text)”"
  }

  // MARK: When

  private var timeline: String {
    let stretches = [
      ("greedy", answer.greedy.stretches, "greedy"),
      ("least risk", answer.minimumRisk.stretches, "risk"),
      ("right", answer.truthStretches, "truth"),
    ]
    guard answer.video != nil, stretches.contains(where: { !$0.1.isEmpty }) else { return "" }
    let tracks = stretches.filter { !$0.1.isEmpty }.map { name, stretches, kind in
      track(name, stretches.map { bar($0, kind) }.joined(), stretches.map(\.text))
    }
    let marks = answer.frames.map { "<b style=\"left:\(share($0))%\"></b>" }.joined()
    let looked = track("frames", marks, ["\(answer.frames.count) of \(answer.framesOfVideo)"])
    return HTML.section(
      "when", "When", "Each bar is the whole video; the marks are the frames looked at.",
      "<div class=\"when\">\(tracks.joined())\(looked)\(hours)</div>")
  }

  private func track(_ name: String, _ inside: String, _ words: [String]) -> String {
    """
    <div class="lane"><label>\(name)</label><div class="rail">\(inside)</div>\
    <span>\(HTML.escaped(words.joined(separator: ", ")))</span></div>

    """
  }

  private func bar(_ stretch: Interval, _ kind: String) -> String {
    let width = Quantity.decimals(100 * stretch.length / max(answer.duration, 1e-9), 2)
    return "<i class=\"\(kind)\" style=\"left:\(share(stretch.start))%;width:\(width)%\"></i>"
  }

  private var hours: String {
    let times = (0...4).map { Double($0) / 4 * answer.duration }
    let labels = times.map { "<em>\(Quantity.short($0)) s</em>" }.joined()
    return
      "<div class=\"lane\"><label></label><div class=\"hours\">\(labels)</div><span></span></div>"
  }

  private func share(_ time: Double) -> String {
    Quantity.decimals(min(100, max(0, 100 * time / max(answer.duration, 1e-9))), 2)
  }

  // MARK: What was seen

  private var frames: String {
    guard answer.video != nil, !answer.frames.isEmpty else { return "" }
    let all = zip(answer.frames, answer.pictures?.frames.map { shots[$0] } ?? [])
    let pictures = all.map { time, bytes in
      let source = bytes.map { Data($0).base64EncodedString() } ?? ""
      return """
        <figure class="shot\(isInside(time) ? " inside" : "")"><img alt="the frame at \
        \(Quantity.short(time)) s" src="data:image/jpeg;base64,\(source)"><figcaption>\
        \(Quantity.decimals(time, 1)) s</figcaption></figure>
        """
    }
    let times = answer.frames.map { time in
      "<span class=\"time\(isInside(time) ? " inside" : "")\">\(Quantity.decimals(time, 1)) s</span>"
    }
    return HTML.section(
      "frames", "Frames looked at",
      (answer.selector == "all" ? "All frames" : "Chosen by \(HTML.escaped(answer.selector))")
        + "; those inside of the greedy answer are marked.",
      "<div class=\"shots\">\((pictures.isEmpty ? times : pictures).joined(separator: "\n"))</div>")
  }

  private func isInside(_ time: Double) -> Bool {
    answer.greedy.stretches.contains { $0.start <= time && time <= $0.end }
  }

  // MARK: Numbers

  private var numbers: String {
    let isJudged = answer.greedy.quality != nil || answer.minimumRisk.quality != nil
    let named = [
      (answer.greedy.method, answer.greedy),
      ("least risk, " + answer.minimumRisk.method, answer.minimumRisk),
    ]
    let readings = named.map { name, reading in
      let quality = reading.quality.map(Quantity.metric) ?? "–"
      return [name, HTML.escaped(said(reading))] + (isJudged ? [quality] : [])
        + [Quantity.decimals(reading.seconds, 3)]
    }
    let right = answer.truth.map { ["right", HTML.escaped($0)] + (isJudged ? ["1"] : []) + [""] }
    let table = HTML.table(
      ["reading", "answer"] + (isJudged ? ["quality"] : []) + ["seconds"], readings + right,
      kind: "readings")
    let facts =
      "\(answer.promptTokens) rows read and \(answer.answerTokens) tokens written; frames chosen in "
      + "\(Quantity.decimals(answer.selectionSeconds, 3)) s, features ready in \(Quantity.decimals(answer.featureSeconds, 3)) s. "
      + "Run <code>\(HTML.escaped(answer.run))</code>."
    return HTML.section("numbers", "In numbers", facts, table)
  }

  private static let style = """
    .lane{display:flex;align-items:center;gap:10px;margin:7px 0;font-size:14px}
    .lane label{width:78px;flex:none;color:var(--soft)}.lane span{width:150px;flex:none;
    font-variant-numeric:tabular-nums}
    .rail{position:relative;flex:1;height:18px;border-radius:5px;background:var(--rule);overflow:hidden}
    .rail i{position:absolute;top:0;bottom:0;border-radius:4px;min-width:3px}
    .rail .greedy{background:var(--c1)}.rail .risk{background:var(--c2)}
    .rail .truth{background:rgb(var(--good))}
    .rail b{position:absolute;top:3px;bottom:3px;width:2px;margin-left:-1px;background:var(--ink)}
    .hours{flex:1;display:flex;justify-content:space-between}
    .hours em{font-style:normal;font-size:12px;color:var(--soft);font-variant-numeric:tabular-nums}
    .shots{display:flex;flex-wrap:wrap;gap:10px}
    .shot{width:160px;padding:0;overflow:hidden}.shot img{display:block;width:100%;height:auto}
    .shot figcaption{margin:0;padding:3px 8px;font-variant-numeric:tabular-nums}
    .shot.inside{border-color:var(--c1);box-shadow:0 0 0 1.5px var(--c1)}
    .time{padding:2px 9px;border:1px solid var(--rule);border-radius:12px;background:var(--card);
    font-size:14px;font-variant-numeric:tabular-nums}.time.inside{border-color:var(--c1);color:var(--c1)}
    .readings td:nth-child(2),.readings th:nth-child(2){text-align:left;white-space:normal;width:60%}
    @media (max-width:600px){.lane{flex-wrap:wrap;gap:2px 8px}.lane label{width:auto}
    .lane span{width:auto;margin-left:auto;order:1}.rail,.hours{flex:1 0 100%;order:2}
    .shot{width:calc(50% - 5px)}}
    @media print{.rail i,.rail b{print-color-adjust:exact;-webkit-print-color-adjust:exact}}

    """
}
