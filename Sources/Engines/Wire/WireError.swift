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
  package var happened: String { "An answer of the training server cannot be read: \(reason)." }

  /// What is wrong with it, as the part of a sentence.
  package var reason: String {
    switch self {
    case .malformed(let what, let reason): "its \(what) has \(reason)"
    case .unsupported(let what, let reason): "its \(what) has \(reason), which is not understood"
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
