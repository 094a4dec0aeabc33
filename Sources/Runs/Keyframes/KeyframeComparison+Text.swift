internal import Records
internal import Statistics
internal import TAD

extension KeyframeComparison {
  /// The rows as a table in columns.
  package var text: String { headline + "\n\n" + table.aligned }

  /// The rows as a table of Markdown.
  package var markdown: String { headline + "\n\n" + table.markdown }

  /// What was compared.
  private var headline: String { "\(dataset): \(queries) queries" }

  private var table: TextTable {
    let reads = rows.contains { $0.reader != nil }
    let learns = rows.contains { $0.student != nil }
    var header = ["selector", "K", "query", "KFR", "SHR", "UKSS", "gap", "as uniform", "MFLOP"]
    for (name, isThere) in [("reader", reads), ("student", learns)] where isThere {
      header += ["\(name) mIoU", "± seeds", "R1@0.5", "R1@0.7", "against uniform"]
    }
    var table = TextTable(header: header)
    table.rows = rows.map { row in
      var cells = [
        row.selector, "\(row.budget)", row.looksAtQuery ? "reads" : "blind",
        Quantity.metric(row.windows.keyframeRate), Quantity.metric(row.windows.hitRate),
        Quantity.metric(row.windows.unified), Quantity.decimals(row.coverage, 2),
        Quantity.decimals(row.agreement, 2), Quantity.decimals(row.flops / 1e6, 3),
      ]
      if reads { cells += Self.cells(row.reader) }
      if learns { cells += Self.cells(row.student) }
      return cells
    }
    return table
  }

  private static func cells(_ answers: Answers?) -> [String] {
    guard let answers else { return ["–", "–", "–", "–", "–"] }
    let gain = answers.gain.map {
      "\(Quantity.signed($0.value)) [\(Quantity.signed($0.lower)), \(Quantity.signed($0.upper))]"
    }
    return [
      Quantity.metric(answers.mIoU), answers.deviation.map(Quantity.metric) ?? "–",
      Quantity.metric(answers.recall5), Quantity.metric(answers.recall7), gain ?? "–",
    ]
  }
}
