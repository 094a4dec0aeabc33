package import Core

/// Why nobody can be served.
package enum ServerError: ExplainedError, Hashable {
  /// Nobody can listen at an address.
  case address(host: String, port: Int, reason: String)
  /// Other machines would reach the model, and no key is asked for.
  case open(host: String)
  /// The environment variable that should hold the key is empty.
  case key(variable: String)
  /// The student looks at frames, which no completion carries.
  case looksAtVideos(run: String)
  /// A model that reads pictures writes conversations in its own way.
  case ownTemplate(model: String)
  /// The student is elsewhere, or is no decoder.
  case noDecoder(run: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .address(let host, let port, let reason):
      "Nobody can listen at \(host), port \(port): \(reason)."
    case .open(let host): "Other machines would reach \(host), and no key is asked of them."
    case .key(let variable): "The environment variable '\(variable)' holds no key."
    case .looksAtVideos(let run):
      "The student of '\(run)' looks at videos, and a request for a completion carries none."
    case .ownTemplate(let model):
      "'\(model)' reads pictures and writes conversations in its own way."
    case .noDecoder(let run): "The student of '\(run)' is not in this process."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .address:
      "Choose another with --port, or end who listens there; hosts are numbers of IPv4."
    case .open: "Name the environment variable that holds a key with --key-variable."
    case .key: "Export it, or leave out --key-variable."
    case .looksAtVideos: "Ask it with `opd answer`, or serve a student of texts."
    case .ownTemplate: "Leave out --template."
    case .noDecoder: "Ask the server that has it."
    }
  }

  /// A matter of the command line.
  package var exitStatus: ExitStatus { .usage }
}
