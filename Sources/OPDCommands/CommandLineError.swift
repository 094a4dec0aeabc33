internal import Core

/// What can be wrong with a command line beyond what its grammar says.
enum CommandLineError: ExplainedError, Hashable {
  /// A first word that is no subcommand.
  case unknownSubcommand(String, nearest: String?, known: [String])
  /// A kind of plug-in that does not exist.
  case unknownKind(String, nearest: String?, known: [String])
  /// A plug-in that does not exist.
  case unknownPlugin(String, kind: String, nearest: String?, known: [String])
  /// A name that neither a plug-in nor a kind of plug-in has.
  case unknownName(String, nearest: String?, kinds: [String])
  /// No key has a text in its name.
  case unknownKey(String, nearest: String?)
  /// Checks of the machine that failed.
  case checksFailed([String])

  var happened: String {
    switch self {
    case .unknownSubcommand(let word, _, _): "There is no command 'opd \(word)'."
    case .unknownKind(let kind, _, _): "There is no kind of plug-in called '\(kind)'."
    case .unknownPlugin(let name, let kind, _, _): "There is no \(kind) called '\(name)'."
    case .unknownName(let name, _, _): "Neither a plug-in nor a kind of them is called '\(name)'."
    case .unknownKey(let text, _): "No key has '\(text)' in its name."
    case .checksFailed(let names):
      "\(names.count == 1 ? "A check" : "\(names.count) checks") of this machine failed: "
        + "\(names.joined(separator: ", "))."
    }
  }

  var remedy: String {
    switch self {
    case .unknownSubcommand(_, let nearest, let known):
      nearest.map { "Did you mean 'opd \($0)'?" }
        ?? "The commands are \(known.joined(separator: ", "))."
    case .unknownKind(_, let nearest, let known), .unknownPlugin(_, _, let nearest, let known):
      nearest.map { "Did you mean '\($0)'?" }
        ?? (known.isEmpty ? "There are none." : "There are \(known.joined(separator: ", ")).")
    case .unknownName(_, let nearest, let kinds):
      nearest.map { "Did you mean '\($0)'?" } ?? "The kinds are \(kinds.joined(separator: ", "))."
    case .unknownKey(_, let nearest):
      nearest.map { "Did you mean '\($0)'?" } ?? "Write `opd help keys` for all of them."
    case .checksFailed: "Do what the lines marked 'fail' say, then run `opd doctor` again."
    }
  }

  var exitStatus: ExitStatus {
    if case .checksFailed = self { .failed } else { .usage }
  }
}
