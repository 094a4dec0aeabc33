internal import Plugins
internal import Core

/// Plug-ins, as `opd plugins` shows them.
struct PluginListing {
  /// The plug-ins in the order of registration.
  let plugins: [PluginDescription]

  init(_ plugins: [PluginDescription]) { self.plugins = plugins }

  /// The kinds, each once, in the order of their first plug-in.
  var kinds: [String] {
    var seen: Set<String> = []
    return plugins.map(\.kind).filter { seen.insert($0).inserted }
  }

  /// The plug-ins of one kind, or those of a name.
  ///
  /// - Parameters:
  ///   - kind: What to list; everything if left out.
  ///   - name: Which plug-in of that kind, or of any kind; without a kind it may also be that of a kind. All if left out.
  /// - Returns: The shorter list.
  /// - Throws: `CommandLineError` if there is none.
  func chosen(kind: String?, name: String?) throws(CommandLineError) -> PluginListing {
    guard let kind else { return try name.map(called) ?? self }
    let ofKind = plugins.filter { $0.kind == kind }
    guard !ofKind.isEmpty else {
      throw .unknownKind(kind, nearest: nearestName(to: kind, in: kinds), known: kinds)
    }
    guard let name else { return PluginListing(ofKind) }
    let named = ofKind.filter { $0.name == name }
    let names = ofKind.map(\.name)
    guard !named.isEmpty else {
      throw .unknownPlugin(
        name, kind: kind, nearest: nearestName(to: name, in: names), known: names)
    }
    return PluginListing(named)
  }

  /// The plug-ins of a name, of whatever kind; where there is none, those of the kind of that name.
  private func called(_ name: String) throws(CommandLineError) -> PluginListing {
    let found = [plugins.filter { $0.name == name }, plugins.filter { $0.kind == name }]
    guard let chosen = found.first(where: { !$0.isEmpty }) else {
      let nearest = nearestName(to: name, in: plugins.map(\.name) + kinds)
      throw .unknownName(name, nearest: nearest, kinds: kinds)
    }
    return PluginListing(chosen)
  }

  /// The list for reading.
  ///
  /// - Parameters:
  ///   - detailed: Whether each parameter is listed with its meaning.
  ///   - columns: Where long lines are broken; nowhere if left out.
  /// - Returns: The plug-ins by kind, a line each, or more.
  func text(detailed: Bool, columns: Int? = nil) -> String {
    kinds.map { kind in
      let lines = plugins.filter { $0.kind == kind }.map {
        detailed ? details($0, columns) : line($0)
      }
      return ([kind] + lines).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private func line(_ plugin: PluginDescription) -> String {
    let width = plugins.map(\.name.count).max() ?? 0
    return "  \(padded(plugin.name, to: width))  \(plugin.summary)"
  }

  private func details(_ plugin: PluginDescription, _ columns: Int?) -> String {
    let width = plugin.parameters.map(\.name.count).max() ?? 0
    let lines = plugin.parameters.map { parameter in
      let values = [parameter.values, parameter.unit].filter { !$0.isEmpty }
      let text =
        "\(parameter.documentation) "
        + (values.isEmpty ? "" : "(\(values.joined(separator: ", "))) ")
        + "Default: \(parameter.defaultValue.text)."
      let indent = String(repeating: " ", count: width + 6)
      let broken = columns.map { Self.broken(text, at: max(24, $0 - width - 7)) } ?? [text]
      return "    \(padded(parameter.name, to: width))  " + broken.joined(separator: "\n" + indent)
    }
    return (["  \(plugin.name): \(plugin.summary)"] + lines).joined(separator: "\n")
  }
}

extension PluginListing {
  /// A text in lines of so many characters at most, but for longer words.
  private static func broken(_ text: String, at width: Int) -> [String] {
    text.split(separator: " ").reduce(into: [String]()) { lines, word in
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
  }
}

/// The text with spaces behind it.
func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
