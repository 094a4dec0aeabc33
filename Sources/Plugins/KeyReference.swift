package import Core

/// The keys of a configuration as a table: what can be set, and what is set when nobody does.
package enum KeyReference {
  /// One key.
  package struct Row: Sendable, Hashable {
    /// Its path, with dots, from where the table begins.
    package var path: String
    /// What it is when nobody sets it.
    package var standard: ConfigurationValue
    /// Which values it takes, in words.
    package var values: String
    /// What its number counts or measures; empty where that is plain.
    package var unit: String
    /// What it means.
    package var text: String

    /// The same as a parameter of a plug-in.
    var parameter: PluginDescription.Parameter {
      PluginDescription.Parameter(
        name: path, defaultValue: standard, documentation: text, values: values, unit: unit)
    }
  }

  /// The keys of a type in the order in which it is written, each structure one row.
  ///
  /// - Throws: What encoding the defaults throws.
  package static func rows(of type: any DefaultedConfiguration.Type) throws -> [Row] {
    try (ConfigurationValue(encoding: type.init()).map?.pairs ?? []).map { pair in
      let key = type.keys[pair.key]
      return Row(
        path: pair.key, standard: pair.value, values: key?.domain.words ?? "",
        unit: key?.unit ?? "", text: key?.text ?? "")
    }
  }

  /// The keys of a type, those of its structures in their place with their paths: `optimizer.beta1`.
  ///
  /// - Parameters:
  ///   - type: Whose keys.
  ///   - prefix: What stands before each path.
  /// - Returns: A row for each key; a structure that is always there has none of its own.
  /// - Throws: As `rows(of:)`.
  package static func everyRow(
    of type: any DefaultedConfiguration.Type, prefix: String = ""
  ) throws -> [Row] {
    try rows(of: type).flatMap { row -> [Row] in
      var own = row
      own.path = prefix + row.path
      guard let inner = structure(type.keys[row.path]?.domain) else { return [own] }
      let below = try everyRow(of: inner.type, prefix: "\(own.path)\(inner.element).")
      // What is there anyway needs no line of its own.
      return row.standard.map == nil ? [own] + below : below
    }
  }

  /// Keys that are declared but cannot be set, or the other way round, at any depth; empty when all is well.
  ///
  /// - Throws: As `rows(of:)`.
  package static func undeclared(in type: any DefaultedConfiguration.Type) throws -> [String] {
    let rows = try rows(of: type)
    let own = Set(rows.map(\.path)).symmetricDifference(type.keys.keys)
    let inner = try type.keys.values.compactMap { structure($0.domain)?.type }
      .flatMap { try undeclared(in: $0) }
    return own.map { "\(type).\($0)" }.sorted() + inner.sorted()
  }

  /// The structure below a key, and how an element of a list of them is written.
  private static func structure(
    _ domain: ValueDomain?
  ) -> (type: any DefaultedConfiguration.Type, element: String)? {
    switch domain {
    case .structure(let type): (type, "")
    case .list(.structure(let type)): (type, "[]")
    default: nil
    }
  }
}
