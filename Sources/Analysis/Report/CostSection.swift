internal import Records
internal import Statistics

/// Where the operations and the time of each arm went.
struct CostSection: Sendable {
  let source: ReportSource

  /// The ledger's entries, in the order in which a run pays for them.
  static let entries = [
    ("rollout", "rollout"), ("student", "student"), ("teacher", "teacher"),
    ("reference", "reference"), ("selection", "selection"), ("evaluation", "evaluation"),
    ("teacherTraining", "teacher training"),
  ]

  var html: String {
    let rows = [("flops", "FLOPs"), ("seconds", "time")].flatMap { key, unit in
      source.shown.compactMap { row($0, key, unit) }
    }
    guard !rows.isEmpty else { return "" }
    let legend = Self.entries.enumerated().map { place, entry in
      "<span class=\"arm\"><i class=\"swatch l\(place)\"></i>\(entry.1)</span>"
    }
    return HTML.section(
      "cost", "Where the cost went",
      "The ledger of each arm, mean over its finished runs; bars of one kind share a scale.",
      "<p class=\"legend\">\(legend.joined(separator: " "))</p>"
        + HTML.table(
          [
            "arm", "of", TableColumn("parts", name: "parts", fields: Self.entries.map(\.1)),
            .number("total", name: "total"),
          ], rows, kind: "cost",
          caption: "What each arm spent, in the parts above."))
  }

  private func row(_ arm: String, _ key: String, _ unit: String) -> [TableCell]? {
    guard let parts = parts(arm, key) else { return nil }
    let largest = source.shown.compactMap { self.parts($0, key)?.reduce(0, +) }.max() ?? 0
    let total = parts.reduce(0, +)
    guard largest > 0 else { return nil }
    let pieces = parts.enumerated().map { place, part in
      let width = HTML.place(100 * part / largest)
      let title = "\(Self.entries[place].1) \(Quantity.percent(part / max(total, 1e-300))) %"
      return "<i class=\"swatch l\(place)\" style=\"width:\(width)%\" title=\"\(title)\"></i>"
    }
    return [
      TableCell(source.label(arm), text: arm),
      // Copies for programs have plain numbers: here is their unit.
      TableCell(unit, text: key == "seconds" ? "time (s)" : unit),
      TableCell(
        "<span class=\"stack\" role=\"img\" aria-label=\"\(shares(parts))\">\(pieces.joined())</span>",
        text: shares(parts), numbers: parts),
      TableCell(self.total(parts, key), numbers: [total]),
    ]
  }

  /// The parts of a bar for readers who cannot see it.
  private func shares(_ parts: [Double]) -> String {
    let total = max(parts.reduce(0, +), 1e-300)
    return zip(Self.entries, parts).filter { $1 > 0 }
      .map { "\($0.1) \(Quantity.percent($1 / total)) %" }.joined(separator: ", ")
  }

  /// The sum of a bar's parts with its unit.
  func total(_ parts: [Double], _ key: String) -> String {
    let total = parts.reduce(0, +)
    return key == "flops" ? Quantity.flops(total) : Quantity.duration(total)
  }

  /// What an arm's ledgers say of each entry, mean over its runs.
  func parts(_ arm: String, _ key: String) -> [Double]? {
    let ledgers = source.archive.runs(of: arm).compactMap(\.ledger)
    guard !ledgers.isEmpty else { return nil }
    return Self.entries.map { entry in
      mean(ledgers.map { $0.numbers["\(key)/\(entry.0)"] ?? 0 })
    }
  }
}
