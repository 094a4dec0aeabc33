internal import Storage

/// How a run or a sweep learns that it is to save and end.
package struct Interruption: Sendable {
  /// Called when work begins: before, the process ends at once.
  package var begin: @Sendable () -> Void
  /// The number of the signal by which it was asked to end; `nil` if it was not.
  package var signal: @Sendable () -> Int32?

  /// A way to learn it.
  package init(
    begin: @escaping @Sendable () -> Void = {}, signal: @escaping @Sendable () -> Int32?
  ) {
    self.begin = begin
    self.signal = signal
  }

  /// Nobody asks.
  package static let never = Interruption { nil }

  /// By SIGINT or SIGTERM to this process; the same one twice ends it at once.
  package static let bySignals = Interruption(
    begin: { TerminationRequest.observe() }, signal: { TerminationRequest.signal })
}
