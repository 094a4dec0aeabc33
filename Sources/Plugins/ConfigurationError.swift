package import Core

/// What can be wrong with a configuration.
package enum ConfigurationError: ExplainedError, Hashable {
  /// A key that nothing reads.
  case unknownKey(path: String, source: ConfigurationSource?, nearest: String?, known: [String])
  /// A value of another kind than is read there.
  case wrongType(path: String, expected: String, found: String, source: ConfigurationSource?)
  /// A word that is not one of the choices.
  case unknownChoice(
    path: String, found: String, choices: [String], source: ConfigurationSource?)
  /// A value that its key does not take.
  case outOfRange(ValueFault, source: ConfigurationSource?)
  /// A key without which nothing can be done.
  case missingKey(path: String, source: ConfigurationSource?)
  /// A value that was read but cannot be used.
  case unusable(path: String, reason: String, source: ConfigurationSource?)
  /// A plug-in that is not registered.
  case unknownPlugin(
    kind: String, name: String, nearest: String?, known: [String], source: ConfigurationSource?)
  /// A value that does not name one plug-in.
  case notAPlugin(kind: String, found: String, source: ConfigurationSource?)
  /// A plug-in registered twice.
  case duplicatePlugin(kind: String, name: String)
  /// A plug-in that has to reach somebody first, where there is no time for it.
  case needsConnection(kind: String, name: String)

  /// A wrong configuration is wrong usage.
  package var exitStatus: ExitStatus { .usage }

  /// What happened.
  package var happened: String {
    switch self {
    case .unknownKey(let path, let source, _, _):
      "\(place(source))nothing reads the key '\(path)'."
    case .wrongType(let path, let expected, let found, let source):
      "\(place(source))'\(path)' must be \(expected), but is \(found)."
    case .unknownChoice(let path, let found, _, let source):
      "\(place(source))'\(path)' cannot be '\(found)'."
    case .outOfRange(let fault, let source):
      "\(place(source))'\(fault.path)' must be \(fault.expected), but is \(fault.found)."
    case .missingKey(let path, let source):
      "\(place(source))the key '\(path)' is missing."
    case .unusable(let path, let reason, let source):
      "\(place(source))'\(path)' cannot be used: \(reason)."
    case .unknownPlugin(let kind, let name, _, _, let source):
      "\(place(source))there is no \(kind) named '\(name)'."
    case .notAPlugin(let kind, let found, let source):
      "\(place(source))a \(kind) was expected, but \(found) was found."
    case .duplicatePlugin(let kind, let name):
      "Two plug-ins register the \(kind) '\(name)'."
    case .needsConnection(let kind, let name):
      "The \(kind) '\(name)' has to be connected to before it can be used."
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .unknownKey(_, _, let nearest?, _): "Did you mean '\(nearest)'?"
    case .unknownKey(let path, _, nil, let known) where known.isEmpty:
      "Remove '\(path)': no keys are read there."
    case .unknownKey(_, _, nil, let known): "The keys read there are \(list(known))."
    case .wrongType(let path, let expected, _, _): "Write \(expected) at '\(path)'."
    case .unknownChoice(_, let found, let choices, _):
      nearestName(to: found, in: choices).map { "Did you mean '\($0)'?" }
        ?? "It can be \(list(choices))."
    case .outOfRange(let fault, _): fault.remedy
    case .missingKey(let path, _): "Add '\(path)'; it has no default."
    case .unusable(let path, _, _): "Change '\(path)'."
    case .unknownPlugin(_, _, let nearest?, _, _): "Did you mean '\(nearest)'?"
    case .unknownPlugin(let kind, _, nil, let known, _):
      known.isEmpty ? "No \(kind) is registered at all." : "There are \(list(known))."
    case .notAPlugin(let kind, _, _):
      "Write 'name', '{name: {parameter: value}}' or '{\(kind): name, parameter: value}'."
    case .duplicatePlugin: "Rename one of them."
    case .needsConnection(let kind, _):
      "Choose a \(kind) of this program here; a program or service can be named in runs."
    }
  }

  private func place(_ source: ConfigurationSource?) -> String {
    source.map { "\($0.text): " } ?? "In the configuration, "
  }

  private func list(_ names: [String]) -> String {
    names.sorted().map { "'\($0)'" }.joined(separator: ", ")
  }
}

extension ConfigurationSource {
  /// The place of a value, or of what surrounds it.
  static func of(_ value: ConfigurationValue, within outer: ConfigurationSource?)
    -> ConfigurationSource?
  {
    value.source ?? outer
  }
}
