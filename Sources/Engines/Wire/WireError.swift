#if Engines
import Core

/// Why bytes from a server are not the message they should be.
package enum WireError: ExplainedError, Hashable {
  /// A message breaks the rules of its encoding or of its schema.
  case malformed(what: String, reason: String)
  /// A message uses a part of the interface that this client does not read.
  case unsupported(what: String, reason: String)
}

extension WireError {
  /// What happened.
  package var happened: String {
    switch self {
    case .malformed(let what, let reason):
      "A \(what) from the server cannot be read: it has \(reason)."
    case .unsupported(let what, let reason):
      "A \(what) from the server has \(reason), which is not read."
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .malformed:
      "See that the address is that of a Tinker-compatible server and that nothing between cuts its answers."
    case .unsupported:
      "Use a version of the server that was measured; `scripts/engine.sh` pins them."
    }
  }
}
#endif
