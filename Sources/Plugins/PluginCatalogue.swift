/// What can be listed of a registry, whatever its plug-ins make.
package protocol PluginCatalogue: Sendable {
  /// What the plug-ins are, in one word.
  var kind: String { get }

  /// What there is to know about every plug-in, in the order of registration.
  func describe() throws -> [PluginDescription]

  /// The keys of every plug-in, those of structures in their place.
  func everyRow() throws -> [(name: String, summary: String, rows: [KeyReference.Row])]

  /// Keys that are declared but are no parameters, or the other way round.
  func undeclared() throws -> [String]
}

extension Registry: PluginCatalogue {}
