internal import Records
package import Plugins
internal import Core
package import TAD

/// A selector as somebody named it.
package struct KeyframeChoice: Sendable {
  /// What results call it: its name, and the parameters that were written.
  package let label: String

  /// Its name with all its parameters.
  package let configuration: ConfigurationValue

  /// The selector.
  package let selector: any KeyframeSelector

  /// How many frames it was told to keep; `nil` where it was told a share, or nothing.
  var budget: Int? { configuration.map?.pairs.first?.value["budget"]?.integer }

  /// Whether it looks at a query.
  package var looksAtQuery: Bool { selector.looksAtQuery }
}

/// How many frames are asked for.
package enum KeyframeCount: Sendable, Hashable {
  /// K frames.
  case budget(Int)
  /// A share δ of the frames.
  case ratio(Double)
}

extension Laboratory {
  /// A selector that needs no data set.
  ///
  /// - Parameters:
  ///   - text: As in a configuration: `tad`, or `{tad: {window: 5}}`.
  ///   - count: How many frames it keeps, where it has such a parameter and the text does not say.
  /// - Returns: The selector.
  /// - Throws: `ConfigurationError` with the nearest name; what the selector refuses; `ProcessError` where it is a program
  ///   that does not start.
  package func keyframeChoice(_ text: String, count: KeyframeCount) async throws -> KeyframeChoice {
    let written = try ConfigurationFile.parse(text, file: "--selector")
    let (label, configuration) = try keyframeConfiguration(written, count: count)
    let context = try RunContext.withoutData(self, seed: Seed(0))
    return KeyframeChoice(
      label: label, configuration: configuration,
      selector: try await selectors.connect(configuration, at: "selector", in: context))
  }

  /// The selectors that keep as many frames as they are told to, and need to be told nothing else.
  package var budgetedSelectors: [String] {
    get throws {
      try selectors.describe().filter { plugin in
        let names = plugin.parameters.map(\.name)
        return names.contains("budget") && !names.contains("command")
      }.map(\.name)
    }
  }

  /// The label and the complete configuration of a selector at a count.
  func keyframeConfiguration(
    _ written: ConfigurationValue, count: KeyframeCount
  ) throws -> (label: String, configuration: ConfigurationValue) {
    var resolved = try selectors.resolved(written, at: "selector")
    guard let name = resolved.map?.keys.first else { return ("", resolved) }
    if resolved[name]?["budget"]?.isNull == true, resolved[name]?["ratio"]?.isNull == true {
      switch count {
      case .budget(let frames): resolved[name]?["budget"] = ConfigurationValue(.integer(frames))
      case .ratio(let share): resolved[name]?["ratio"] = ConfigurationValue(.real(share))
      }
    }
    let parameters = (written[name]?.map?.pairs ?? []).map { "\($0.key)=\($0.value.text)" }
    return (([name] + parameters).joined(separator: " "), resolved)
  }
}
