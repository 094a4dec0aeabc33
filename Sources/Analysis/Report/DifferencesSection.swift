internal import Plugins
internal import Records

/// The keys in which arms differ, and what each arm has there.
struct DifferencesSection: Sendable {
  let source: ReportSource

  var html: String {
    let arms = source.shown.compactMap { arm in settings(of: arm).map { (arm: arm, values: $0) } }
    guard arms.count > 1 else { return "" }
    let keys = arms.flatMap(\.values.keys).reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
      .keys.sorted().filter { key in Set(arms.map { $0.values[key] }).count > 1 }
    guard !keys.isEmpty else { return "" }
    let rows = keys.map { key in
      ["<code>\(HTML.escaped(key))</code>"]
        + arms.map { arm in arm.values[key].map(HTML.escaped) ?? "<span class=\"faint\">–</span>" }
    }
    return HTML.section(
      "differences", "What differs",
      "The keys of the configuration that are not the same in every arm, as the runs had them.",
      HTML.table(
        ["key"] + arms.map { source.label($0.arm) }, rows,
        kind: "differences", caption: "Keys by arms."))
  }

  /// Every value that one run of an arm had, by its key; the seed and the name aside.
  private func settings(of arm: String) -> [String: String]? {
    guard let run = source.archive.runs(of: arm).first,
      let value = try? ConfigurationFile.read(run.path + "/config.yaml")
    else { return nil }
    var result: [String: String] = [:]
    Self.collect(value, at: [], into: &result)
    return result.filter { !["seed", "name"].contains($0.key) }
  }

  private static func collect(
    _ value: ConfigurationValue, at path: [String], into result: inout [String: String]
  ) {
    if let map = value.map, !map.isEmpty {
      for pair in map.pairs { collect(pair.value, at: path + [pair.key], into: &result) }
    } else if let list = value.list, list.contains(where: { $0.map != nil }) {
      for (place, item) in list.enumerated() {
        collect(item, at: path + ["\(place)"], into: &result)
      }
    } else {
      result[path.joined(separator: ".")] = value.text
    }
  }
}
