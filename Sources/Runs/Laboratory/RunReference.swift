internal import Core
internal import Foundation
internal import Plugins
internal import Records

/// A part of a run whose word depends on weights that its configuration only points at.
protocol WeighedPart {
  /// A digest of them, part of the run's identity.
  var weights: String { get }
}

/// How a part of a run names another run: by its folder, or in a sweep by its arm.
enum RunReference {
  /// What is read of that run.
  static func files(_ run: String?) -> [String] {
    run.map { [$0 + "/config.yaml", $0 + "/checkpoints"] } ?? []
  }

  /// The keys of such a part.
  ///
  /// - Parameter what: What that run's student does, the end of a sentence.
  /// - Returns: `run` and `arm`.
  static func keys(_ what: String) -> [String: KeyDeclaration] {
    [
      "run": .text("the folder of a finished run, whose student \(what)"),
      "arm": .text("in a sweep, the arm whose student of the same seed \(what)"),
    ]
  }

  /// The folder that was named.
  ///
  /// - Throws: `LaboratoryError.mandatory`.
  static func folder(_ run: String?) throws -> String {
    guard let run else {
      throw LaboratoryError.mandatory(
        key: "run", why: "the student is that of a run, and only a sweep's runs know 'arm'")
    }
    return run
  }
}

extension ConfigurationValue {
  /// The configuration of a run of a sweep with the folders of the runs that it names by their arms: siblings of the folder from
  /// whose `config.yaml` it was read, so that a sweep may be moved.
  func locatingArms() throws -> ConfigurationValue {
    try namedArms.reduce(self) { result, arm in
      guard value(at: arm.place + ["run"])?.string == nil,
        let file = value(at: arm.place + ["arm"])?.source?.file, file.hasSuffix("/config.yaml")
      else { return result }
      let sweep = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
      let run = sweep.appending(path: "\(arm.name)/seed-\(self["seed"]?.integer ?? 0)")
      let path = arm.place + ["run"]
      return try ConfigurationOverride(
        argument: path.joined(separator: "."), path: path,
        value: ConfigurationValue(.string(run.relativePath))
      ).applied(to: result)
    }
  }
}
