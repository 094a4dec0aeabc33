/// Small pieces of a page.
package enum HTML {
  /// A page that needs nothing but itself.
  ///
  /// - Parameters:
  ///   - title: What the title bar says.
  ///   - style: What is added to the common style sheet.
  ///   - body: Markup.
  ///   - script: What makes it livelier; the page must be readable without.
  ///   - command: The command that wrote it.
  /// - Returns: The whole page.
  package static func page(
    _ title: String, style: String = "", body: String, script: String = "", command: String
  ) -> String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(escaped(title))</title>
    <style>\(ReportStyle.css)\(style)</style></head>
    <body><main>
    \(body)<footer>Written by <code>\(command)</code>.</footer>
    </main>\(script.isEmpty ? "" : "<script>\(script)</script>")</body></html>

    """
  }

  /// Text that cannot be taken for markup.
  package static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  /// A section with a heading and one sentence on how to read it; nothing where there is nothing to show.
  package static func section(_ id: String, _ title: String, _ reading: String, _ body: String)
    -> String
  {
    guard !body.isEmpty else { return "" }
    return """
      <section id="\(id)"><h2>\(title)</h2><p class="reading">\(reading)</p>
      \(body)
      </section>

      """
  }

  /// Links to the sections of a page that have something to show.
  package static func contents(of body: String) -> String {
    let links = body.matches(of: /<section id="([a-z0-9-]+)"><h2>([^<]*)<\/h2>/).map {
      "<a href=\"#\($0.1)\">\($0.2)</a>"
    }
    guard links.count > 1 else { return "" }
    return "<nav class=\"contents\" aria-label=\"Contents\">\(links.joined())</nav>"
  }

  /// A table in a box that scrolls sideways on narrow screens; cells are markup.
  ///
  /// - Parameters:
  ///   - header: What stands above each column.
  ///   - rows: The cells of each row.
  ///   - kind: Its class.
  ///   - caption: What it shows; markup.
  ///   - naming: The column whose cells name their rows.
  /// - Returns: Markup.
  package static func table(
    _ header: [String], _ rows: [[String]], kind: String = "", caption: String = "",
    naming: Int = 0
  ) -> String {
    table(
      header.map { TableColumn($0) }, rows.map { $0.map { TableCell($0) } }, kind: kind,
      caption: caption, naming: naming)
  }

  /// A table in a box that scrolls sideways on narrow screens, with what copies of it have in place of markup.
  package static func table(
    _ header: [TableColumn], _ rows: [[TableCell]], kind: String = "", caption: String = "",
    naming: Int = 0
  ) -> String {
    let title = caption.isEmpty ? "" : "<caption><span>\(caption)</span></caption>"
    let head = header.map { "<th scope=\"col\"\($0.attributes)>\($0.markup)</th>" }.joined()
    let body = rows.map { row in
      let cells = row.enumerated().map { column, cell in
        column == naming
          ? "<th scope=\"row\"\(cell.attributes)>\(cell.markup)</th>"
          : "<td\(cell.attributes)>\(cell.markup)</td>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    return
      "<div class=\"scroll\"><table class=\"\(kind)\">\(title)<thead><tr>\(head)</tr></thead><tbody>"
      + body.joined(separator: "\n") + "</tbody></table></div>"
  }

  /// A place in a drawing, with a digit after the point.
  package static func place(_ value: Double) -> String { Quantity.decimals(value, 1) }
}
