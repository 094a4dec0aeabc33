internal import Records
internal import Foundation
internal import TAD

/// The chosen frames of a video as a page: the variation curve, and below it what each selector chose.
struct KeyframePage: Sendable {
  private let video: VideoKeyframes
  private let pictures: [Int: [UInt8]]

  /// A page with pictures of the chosen frames by their number; none for features alone.
  init(_ video: VideoKeyframes, pictures: [Int: [UInt8]]) {
    self.video = video
    self.pictures = pictures
  }

  /// The page as text.
  var html: String {
    let strips = video.selections.enumerated().map { place, choice in
      KeyframeStrip(choice: choice, color: place % 8 + 1, video: video, hasPictures: hasPictures)
        .html
    }
    return HTML.page(
      title, style: KeyframePageStyle.css + pictureStyles,
      body: header + KeyframeCurve(video).html
        + HTML.section(
          "chosen", "Chosen frames",
          "Each bar is the whole video; a mark is a chosen frame at its time, on the same scale as the"
            + " curve. A dot beside the time says that the frame is an apex, or begins a scene.",
          strips.joined())
        + HTML.section(
          "numbers", "In numbers", "What each selector found, and what its scan cost.", table)
        + agreement, command: "opd keyframes")
  }

  private var title: String {
    let counts = Set(video.selections.map(\.keyframes.count)).sorted().map { "\($0)" }
    return "\(counts.joined(separator: " or ")) of \(video.frames) frames of \(video.video)"
  }

  private var header: String {
    """
    <header><p class="eyebrow">\(Quantity.duration(video.duration)) · \(video.frames) frames · \
    \(Quantity.short(video.rate)) frames a second</p><h1>\(HTML.escaped(title))</h1></header>
    """
  }

  private var hasPictures: Bool { !pictures.isEmpty }

  /// Every picture once, however many selectors chose it.
  private var pictureStyles: String {
    pictures.sorted { $0.key < $1.key }.map { frame, bytes in
      ".f\(frame){background-image:url(data:image/jpeg;base64,\(Data(bytes).base64EncodedString()))}"
    }.joined(separator: "\n")
  }

  private var table: String {
    let hasCuts = video.selections.contains { $0.cutRecall != nil }
    let hasWindows = video.selections.contains { $0.windows != nil }
    var header = ["selector", "frames", "largest gap ÷ uniform’s"]
    if hasCuts { header.append("cuts found") }
    if hasWindows { header += ["KFR", "SHR", "UKSS"] }
    header += ["frames scanned", "MFLOP"]
    let rows = video.selections.enumerated().map { place, choice in
      var cells = [
        Self.label(choice, place % 8 + 1), "\(choice.keyframes.count)",
        Quantity.decimals(choice.coverage, 2),
      ]
      if hasCuts { cells.append(choice.cutRecall.map { Quantity.percent($0) + " %" } ?? "–") }
      if hasWindows {
        let scores = choice.windows.map { [$0.keyframeRate, $0.hitRate, $0.unified] }
        cells += (scores ?? []).map(Quantity.metric)
      }
      return cells + [
        "\(choice.cost.framesScanned)", Quantity.decimals(choice.cost.flops / 1e6, 2),
      ]
    }
    return HTML.table(header, rows)
  }

  private var agreement: String {
    guard video.selections.count > 1 else { return "" }
    let rows = zip(video.selections, video.agreement).enumerated().map { place, pair in
      [Self.label(pair.0, place % 8 + 1)] + pair.1.map { Quantity.decimals($0, 2) }
    }
    return HTML.section(
      "agreement", "Agreement",
      "Frames that two selectors share, over frames that either chose (Jaccard).",
      HTML.table(
        [""] + video.selections.map { HTML.escaped($0.selector) }, rows, kind: "matrix"))
  }

  /// A selector with its colour.
  static func label(_ choice: VideoKeyframes.Choice, _ color: Int) -> String {
    "<span class=\"arm c\(color)\"><i class=\"swatch\"></i>\(HTML.escaped(choice.selector))</span>"
  }
}

/// What the page of keyframes adds to the style of a report.
enum KeyframePageStyle {
  static let css = """
    .curve{position:relative;height:190px;background:var(--card);border:1px solid var(--rule);
    border-radius:10px;overflow:hidden}
    .curve svg{position:absolute;inset:14px 0 8px;width:100%;height:calc(100% - 22px)}
    .curve path{fill:none;stroke:var(--soft);stroke-width:1.3;vector-effect:non-scaling-stroke}
    .curve .plane{position:absolute;inset:14px 0 8px}
    .curve i{position:absolute;width:9px;height:9px;border-radius:50%;transform:translate(-50%,50%);
    border:1.5px solid var(--c1);background:var(--card)}.curve i.kept{background:var(--c1)}
    .cut{position:absolute;top:0;bottom:0;width:0;border-left:1.5px dashed rgb(var(--good))}
    .window{position:absolute;top:0;bottom:0;background:rgb(var(--good)/.13)}
    .hours{position:relative;height:22px;font-size:12px;color:var(--soft);
    font-variant-numeric:tabular-nums}
    .hours span{position:absolute;transform:translateX(-50%);top:2px;white-space:nowrap}
    .keys{display:flex;flex-wrap:wrap;gap:4px 20px;font-size:13px;color:var(--soft);margin:6px 0 0}
    .keys i{position:static;display:inline-block;transform:none;width:9px;height:9px;margin-right:6px;
    border-radius:50%;border:1.5px solid var(--c1);vertical-align:middle}.keys i.kept{background:var(--c1)}
    .keys b{display:inline-block;width:0;height:13px;border-left:1.5px dashed rgb(var(--good));
    margin-right:8px;vertical-align:middle}
    .strip{margin:0 0 30px}.strip h3{margin:0 0 8px;display:flex;flex-wrap:wrap;gap:4px 12px;
    align-items:baseline}.strip .facts{font-weight:400;font-size:13.5px;color:var(--soft)}
    .bar2{position:relative;height:16px;background:var(--rule);border-radius:4px;overflow:hidden}
    .bar2 i{position:absolute;top:0;bottom:0;width:3px;margin-left:-1.5px;background:var(--c)}
    .wires{display:block;width:100%;height:22px}
    .wires path{fill:none;stroke:var(--c);stroke-width:1.2;opacity:.6;vector-effect:non-scaling-stroke}
    .lane{position:relative;box-sizing:content-box;height:0}
    .shot{position:absolute;top:0;transform:translateX(-50%);padding:0 2px;text-align:center;
    font-size:11.5px;line-height:17px;color:var(--soft);font-variant-numeric:tabular-nums}
    .shot em{display:block;background-size:cover;background-position:center;border-radius:4px;
    border:1.5px solid var(--c)}
    .shot.apex span::before{content:"●";color:var(--c);font-size:8px;margin-right:3px;
    vertical-align:1px}
    .times{font-size:13px;color:var(--soft);margin:6px 0 0;font-variant-numeric:tabular-nums}
    @media (max-width:700px){.wires{display:none}.lane{display:flex;flex-wrap:wrap;gap:6px;
    padding:0!important;height:auto;margin-top:6px}
    .shot{position:static;transform:none;width:calc(33.3% - 4px)!important;padding:0;font-size:13px}
    .curve{height:150px}.hours span:nth-child(even){display:none}}
    @media print{.shot em,.bar2 i{print-color-adjust:exact;-webkit-print-color-adjust:exact}}

    """
}
