internal import Foundation
package import Plugins
internal import Records
internal import Tasks

/// What a command that looks at something may be pointed at in place of a configuration file.
package enum ConfigurationPlace {
  /// The configuration of a file, of the run in a folder, or the shortest that reads the data in a folder.
  ///
  /// - Parameters:
  ///   - path: A file, or a folder of a run, or one of data whose layout its files tell.
  ///   - overrides: Changes, as `ConfigurationFile.load(_:overrides:)` takes them.
  /// - Returns: The configuration with its changes; of data, with everything but the data left to default.
  /// - Throws: `LaboratoryError.unknownFolder`, or what is wrong with the file.
  package static func load(
    _ path: String, overrides: [String] = []
  ) throws -> ConfigurationValue {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return try ConfigurationFile.load(path, overrides: overrides)
    }
    if isRun(path) {
      let file = RunDirectory(path).file("config.yaml")
      return try ConfigurationFile.load(file, overrides: overrides).locatingArms()
    }
    guard let layout = layouts.first(where: { names.contains($0.file) }) else {
      throw LaboratoryError.unknownFolder(path: path, files: layouts.map(\.file))
    }
    let folder = ConfigurationValue(.string(path), source: .init(file: path))
    return try ConfigurationFile.changed(
      .map(["data": .map([layout.data: .map(["path": folder])])]), by: overrides)
  }

  /// Whether a path is the folder of a run.
  package static func isRun(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: RunDirectory(path).file("config.yaml"))
  }

  /// The data sets that are a folder, each with a file that no other has.
  private static let layouts = [
    (data: "qvhighlights", file: QVHighlights.Options().annotations),
    (data: "salads50", file: Salads50.features),
  ]
}
