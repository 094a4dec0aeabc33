package import Plugins
internal import Sweeps

/// Keys that belong together.
package struct KeySection: Sendable {
  /// Where they stand: `run`, `stages[]`, `sweep`, or the kind and the name of a plug-in.
  package let title: String
  /// What that is.
  package let summary: String
  /// The keys in the order in which a configuration is written out.
  package let rows: [KeyReference.Row]

  /// Keys that belong together.
  package init(title: String, summary: String, rows: [KeyReference.Row]) {
    (self.title, self.summary, self.rows) = (title, summary, rows)
  }
}

extension Laboratory {
  /// Every key of a run, of its stages, of a sweep and of the plug-ins that have any.
  ///
  /// - Throws: What encoding the defaults throws.
  package func keySections() throws -> [KeySection] {
    let run = try KeyReference.everyRow(of: RunConfiguration.self)
    let isOfStage = { (row: KeyReference.Row) in row.path.hasPrefix("stages[].") }
    return [
      KeySection(
        title: "run", summary: "the configuration of a run", rows: run.filter { !isOfStage($0) }),
      KeySection(
        title: "stages[]", summary: "one stage of training", rows: run.filter(isOfStage)),
      KeySection(
        title: "sweep", summary: "the file of a sweep",
        rows: try KeyReference.rows(of: SweepKeys.self)),
    ] + (try pluginSections())
  }

  /// The keys of every plug-in that has any, structures with theirs.
  private func pluginSections() throws -> [KeySection] {
    try catalogues.flatMap { catalogue in
      try catalogue.everyRow().filter { !$0.rows.isEmpty }.map {
        KeySection(title: "\(catalogue.kind) \($0.name)", summary: $0.summary, rows: $0.rows)
      }
    }
  }

  /// Keys that are declared but cannot be set, or the other way round; empty when all is well.
  ///
  /// - Throws: What encoding the defaults throws.
  public func undeclared() throws -> [String] {
    try KeyReference.undeclared(in: RunConfiguration.self)
      + KeyReference.undeclared(in: SweepKeys.self) + catalogues.flatMap { try $0.undeclared() }
  }
}
