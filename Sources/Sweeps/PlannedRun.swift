internal import Core
package import Plugins
internal import Records

/// What is settled about a run before anything is done.
package struct PlannedRun: Sendable {
  /// Its configuration with every default written out.
  package var configuration: ConfigurationValue
  /// The files and folders it reads.
  package var files: [String]

  /// The arms whose students of the same seed it needs.
  var needs: [String] { configuration.namedArms.map(\.name) }

  /// A run with its files.
  package init(_ configuration: ConfigurationValue, files: [String]) {
    self.configuration = configuration
    self.files = files
  }
}
