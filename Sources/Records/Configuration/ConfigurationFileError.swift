package import Core

/// What can be wrong with a configuration file or with what a command line changes in it.
package enum ConfigurationFileError: ExplainedError, Hashable {
  /// There is no such file; `place` is where it is named, if a file names it.
  case missing(path: String, place: String? = nil, nearest: String? = nil)
  /// The file describes a sweep where one run is wanted.
  case isSweep(path: String)
  /// The text is not YAML.
  case malformed(path: String, line: Int?, reason: String)
  /// Nothing is written in the file.
  case empty(path: String)
  /// What is written there is not keys with values.
  case notKeys(path: String, found: String)
  /// A map is merged into another one by the key `<<`.
  case merging(path: String, line: Int?)
  /// A file builds on itself; `place` is where the circle closes.
  case cyclicBase(chain: [String], place: String)
  /// An argument does not follow the grammar.
  case malformedOverride(argument: String, reason: String)
  /// An argument changes something below a value that has nothing below it.
  case nothingBelow(argument: String, path: String, found: String)
  /// An argument removes what is not there.
  case nothingToRemove(argument: String, nearest: String?)
  /// An argument adds what is there already.
  case alreadyThere(argument: String, path: String)

  /// A wrong configuration is wrong usage.
  package var exitStatus: ExitStatus { .usage }

  /// What happened.
  package var happened: String {
    switch self {
    case .missing(let path, let place, _):
      place.map { "\($0): there is no configuration '\(path)'." }
        ?? "There is no configuration '\(path)'."
    case .isSweep(let path): "'\(path)' is a sweep, not the configuration of a run."
    case .malformed(let path, let line, let reason):
      "\(path)\(line.map { ":\($0)" } ?? ""): this is not YAML: \(reason)."
    case .empty(let path): "\(path): nothing is written there."
    case .notKeys(let path, let found): "\(path): there are no keys in it, but \(found)."
    case .merging(let path, let line):
      "\(path)\(line.map { ":\($0)" } ?? ""): '<<' does not merge maps here."
    case .cyclicBase(let chain, let place):
      "\(place): '\(chain.first ?? "")' builds on itself: \(chain.joined(separator: " → "))."
    case .malformedOverride(let argument, let reason):
      "The argument '\(argument)' cannot be read: \(reason)."
    case .nothingBelow(let argument, let path, let found):
      "The argument '\(argument)' changes something below '\(path)', which is \(found)."
    case .nothingToRemove(let argument, _):
      "The argument '\(argument)' removes a key that is not there."
    case .alreadyThere(let argument, let path):
      "The argument '\(argument)' adds '\(path)', which is there already."
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .missing(_, _, let nearest): nearest.map { "Did you mean '\($0)'?" } ?? "Check the path."
    case .isSweep:
      "Carry it out with `opd sweep`; the folder of each of its runs has a config.yaml."
    case .malformed(_, nil, _): "Correct the file."
    case .malformed: "Correct that line."
    case .empty: "Write a configuration, as `opd init` does, or {} for all defaults."
    case .notKeys: "Write a key and its value on each line, as `opd init` does."
    case .merging: "Write the keys out, or build on a file with 'base'."
    case .cyclicBase: "Remove one of the 'base' or 'extends' entries."
    case .malformedOverride: "Write key=value, +new=value or ~gone."
    case .nothingBelow(_, let path, _): "Set '\(path)' as a whole."
    case .nothingToRemove(_, let nearest?): "Did you mean '~\(nearest)'?"
    case .nothingToRemove: "Leave the argument out."
    case .alreadyThere(_, let path): "Write '\(path)=…' without the plus sign to change it."
    }
  }
}
