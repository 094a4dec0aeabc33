internal import Plugins
internal import Records

/// The keys in which arms differ, and what each arm has there.
struct DifferencesSection: Sendable {
  let source: ReportSource

  var html: String {
    let arms = source.shown.compactMap { arm in
      configuration(of: arm).map { (arm: arm, value: $0) }
    }
    guard arms.count > 1 else { return "" }
    let rows = SettingDifferences(arms.map(\.value)).rows.map { row in
      [TableCell("<code>\(HTML.escaped(row.key))</code>", text: row.key)]
        + row.values.map { value in
          value.map { TableCell(HTML.escaped($0), text: $0) }
            ?? TableCell("<span class=\"faint\">–</span>", text: "")
        }
    }
    guard !rows.isEmpty else { return "" }
    return HTML.section(
      "differences", "What differs",
      "The keys of the configuration that are not the same in every arm, as the runs had them. Stages are"
        + " compared by their names; what an arm does not have at all is one row.",
      HTML.table(
        ["key"] + arms.map { TableColumn(source.label($0.arm), name: $0.arm) }, rows,
        kind: "differences", caption: "Keys by arms."))
  }

  /// What one run of an arm was configured as.
  private func configuration(of arm: String) -> ConfigurationValue? {
    source.archive.runs(of: arm).first.flatMap {
      try? ConfigurationFile.read($0.path + "/config.yaml")
    }
  }
}
