internal import Core
internal import Foundation
package import Plugins
internal import Records
internal import Storage

/// The settings that were chosen for the cases of a sweep, with where they come from.
///
/// They stand in a file beside the sweep's: `full.tuned.yaml` beside `full.yaml`, or in the one that its key `tuned` names. A sweep
/// applies them to each case after its rules and before `set`; those of a case that has changed since are refused.
package struct TunedValues: Sendable, Hashable {
  /// The command that chose them.
  package var command: String
  /// The version of the program.
  package var program: String
  /// The metric that decided, on the part `tune` of the data.
  package var metric: String
  /// The seeds that were tried.
  package var seeds: [Int]
  /// What was chosen, in the order of the sweep.
  package var cases: [TunedCase]
  /// Where they were read.
  var path = ""

  /// What a case is set to.
  func changes(of name: String) -> ConfigurationMap {
    cases.first { $0.name == name }?.set ?? ConfigurationMap()
  }

  /// The file beside a sweep's.
  package static func path(beside sweep: String) -> String {
    let url = URL(filePath: sweep)
    let name = url.deletingPathExtension().lastPathComponent + ".tuned.yaml"
    return url.deletingLastPathComponent().appending(path: name).relativePath
  }
}

/// What was chosen for a case.
package struct TunedCase: Sendable, Hashable {
  /// Its name.
  package var name: String
  /// What it is set to, by dotted key.
  package var set: ConfigurationMap
  /// A digest of the configurations of its arms, this applied.
  var configuration: String
  /// Everything that was tried.
  package var values: [TunedValue]
  /// A sentence for each number beyond which nothing was tried.
  package var edges: [String]
}

extension TunedValues {
  /// Writes them, whole or not at all.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func write(to path: String) throws {
    let head =
      "# Chosen on data that is not reported on; `opd sweep` applies it to every case. The command writes it anew.\n"
    try AtomicFile.write(head + ConfigurationFile.text(of: configuration), to: path)
  }

  private var configuration: ConfigurationValue {
    var chosen = ConfigurationMap()
    for tuned in cases { chosen[tuned.name] = tuned.value }
    return .map([
      "command": ConfigurationValue(.string(command)),
      "program": ConfigurationValue(.string(program)),
      "metric": ConfigurationValue(.string(metric)),
      "seeds": ConfigurationValue(.list(seeds.map { ConfigurationValue(.integer($0)) })),
      "cases": ConfigurationValue(.map(chosen)),
    ])
  }

  /// Reads them.
  ///
  /// - Throws: `ConfigurationError`, `ConfigurationFileError`, or `SweepError` for a file that holds something else.
  init(_ path: String) throws {
    let written = try ConfigurationFile.read(path)
    guard let cases = written["cases"]?.map, let seeds = written["seeds"]?.list else {
      throw SweepError.unusable(
        written, file: path, "it holds no tuned values", "Write it with `opd sweep FILE --tune`.")
    }
    self.init(
      command: written["command"]?.string ?? "", program: written["program"]?.string ?? "",
      metric: written["metric"]?.string ?? "", seeds: seeds.compactMap(\.integer),
      cases: try cases.pairs.map { try TunedCase($0.key, $0.value, file: path) }, path: path)
  }
}

extension TunedCase {
  fileprivate var value: ConfigurationValue {
    .map([
      "set": ConfigurationValue(.map(set)),
      "configuration": ConfigurationValue(.string(configuration)),
      "values": ConfigurationValue(.list(values.map(\.value))),
    ])
  }

  fileprivate init(_ name: String, _ written: ConfigurationValue, file: String) throws {
    guard let set = written["set"]?.map, let configuration = written["configuration"]?.string else {
      throw SweepError.unusable(
        written, file: file, "the tuned values of '\(name)' cannot be read",
        "Write the file anew with `opd sweep FILE --tune`.")
    }
    self.init(
      name: name, set: set, configuration: configuration,
      values: written["values"]?.list?.map(TunedValue.init) ?? [], edges: [])
  }
}

extension TunedValue {
  fileprivate var value: ConfigurationValue {
    var result = ConfigurationMap()
    result["set"] = ConfigurationValue(.map(set))
    result["mean"] = mean.map { ConfigurationValue(.real($0)) }
    result["scores"] = ConfigurationValue(.list(scores.map { ConfigurationValue(.real($0)) }))
    if failed > 0 { result["failed"] = ConfigurationValue(.integer(failed)) }
    if share < 1 { result["share"] = ConfigurationValue(.real(share)) }
    return ConfigurationValue(.map(result))
  }

  fileprivate init(_ written: ConfigurationValue) {
    set = written["set"]?.map ?? ConfigurationMap()
    scores = written["scores"]?.list?.compactMap(\.real) ?? []
    failed = written["failed"]?.integer ?? 0
    share = written["share"]?.real ?? 1
  }
}
