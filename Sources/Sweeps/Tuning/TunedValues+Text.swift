internal import Plugins
internal import Records

extension TunedValues {
  /// Everything that was tried, as a table for a person, and where more should be.
  package var text: String {
    var table = TextTable(header: ["case", "value", metric, "each run", ""])
    table.rows = cases.flatMap { tuned in
      tuned.values.map { value in
        [
          tuned.name, value.words, value.mean.map(Quantity.metric) ?? "–",
          value.scores.map(Quantity.metric).joined(separator: " "), tuned.remark(on: value),
        ]
      }
    }
    let seeds = seeds.map(String.init).joined(separator: ", ")
    let legend = "Means over the arms of a case and seeds \(seeds), on the part 'tune' of the data."
    return ([table.aligned, legend] + cases.flatMap(\.edges)).joined(separator: "\n")
  }
}

extension TunedCase {
  fileprivate func remark(on value: TunedValue) -> String {
    if value.set == set { return "chosen" }
    if value.failed > 0 { return "\(value.failed) failed" }
    return value.share < 1 ? "left after \(value.share) of its steps" : ""
  }
}

extension TunedValue {
  /// What it changes, in the words of a command line.
  fileprivate var words: String {
    self.set.pairs.map { "\($0.key)=\($0.value.text)" }.joined(separator: " ")
  }
}

extension SweepFile {
  /// What a reader should know of the sweep's settings before it is run; `nil` where there is nothing to choose.
  package var note: String? {
    if let tuned {
      return "Settings of \(tuned.cases.map(\.name).joined(separator: ", ")) from \(tuned.path)"
    }
    return tuning == nil ? nil : "Settings are those of the file: nothing was chosen with --tune."
  }
}
