internal import Records
internal import Foundation

/// The page of a folder: each video with its first chosen frames, which are in its own page already.
struct KeyframeIndex: Sendable {
  private let pages: [(video: String, page: String)]

  /// An index of the pages of videos, by their paths.
  init(_ pages: [(video: String, page: String)]) { self.pages = pages }

  /// The page as text.
  var html: String {
    let title = "Keyframes of \(pages.count) video\(pages.count == 1 ? "" : "s")"
    let list = pages.map { Self.entry($0.video, String(data: Self.read($0.page), encoding: .utf8)) }
    return HTML.page(
      title, style: Self.style,
      body: "<header><h1>\(title)</h1></header><ul class=\"films\">\(list.joined())</ul>",
      command: "opd keyframes")
  }

  private static func read(_ path: String) -> Data {
    FileManager.default.contents(atPath: path) ?? Data()
  }

  private static func entry(_ video: String, _ page: String?) -> String {
    let target = (video + ".html").addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
    let shots = pictures(in: page ?? "").map { "<img src=\"\($0)\" alt=\"\" loading=\"lazy\">" }
    let title = text(in: page ?? "", between: "<h1>", and: "</h1>") ?? HTML.escaped(video)
    return """
      <li><a href="\(HTML.escaped(target ?? ""))"><span class="shots">\(shots.joined())</span>\
      \(title)</a></li>
      """
  }

  /// The first pictures that a page of `KeyframePage` carries in its style.
  private static func pictures(in page: String) -> [String] {
    page.split(separator: "{background-image:url(").dropFirst().prefix(4).compactMap { part in
      part.firstIndex(of: ")").map { String(part[..<$0]) }
    }
  }

  private static func text(in page: String, between start: String, and end: String) -> String? {
    guard let first = page.range(of: start),
      let last = page.range(of: end, range: first.upperBound..<page.endIndex)
    else { return nil }
    return String(page[first.upperBound..<last.lowerBound])
  }

  private static let style = """
    .films{list-style:none;padding:0;display:grid;gap:18px;
    grid-template-columns:repeat(auto-fill,minmax(min(300px,100%),1fr))}
    .films a{display:block;text-decoration:none;color:inherit;background:var(--card);
    border:1px solid var(--rule);border-radius:10px;padding:10px 12px;overflow-wrap:anywhere}
    .films .shots{display:grid;grid-template-columns:repeat(4,1fr);gap:4px;margin-bottom:8px}
    .films img{width:100%;aspect-ratio:16/9;object-fit:cover;border-radius:4px}

    """
}
