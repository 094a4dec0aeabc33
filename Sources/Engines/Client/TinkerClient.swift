#if Engines
import Core
import Foundation
import Synchronization

/// How training passes are written.
package enum TinkerDialect: String, Sendable, Hashable, Codable {
  /// JSON, with an operation of its own for forward passes (`skyrl-tx` 0.3.0).
  case json
  /// Protobuf, forward passes by a flag (`skyrl` 0.4.0).
  case protobuf
}

/// Speaks with one Tinker-compatible training server.
///
/// Requests are tried again with growing pauses where that cannot do a thing twice; a write whose fate is unknown is tried
/// again only on a server that was measured to make equal numbers one write. The session is kept alive until `close`.
package final class TinkerClient: Sendable {
  package let parameters: TinkerParameters
  /// How the server speaks; found when connecting.
  package let dialect: TinkerDialect
  /// The base models the server says it has.
  package let bases: [String]
  package let session: String

  let exchange: TinkerExchange
  private let state = Mutex(State())

  private struct State {
    var sequences: [String: Int] = [:]
    var samplers = 0
    var samples = 0
    var repeatsAreOneWrite = false
    /// Where saved states are, by the path that was to be expected.
    var saved: [String: String] = [:]
    var heartbeat: Task<Void, Never>?
  }

  /// Connects: asks what the server is, opens a session and keeps it alive.
  ///
  /// - Throws: `EngineError`.
  package static func connect(_ parameters: TinkerParameters) async throws -> TinkerClient {
    let exchange = try TinkerExchange(parameters)
    let bases = try await exchange.capabilities()
    let dialect = try await exchange.dialect()
    let session = try await exchange.createSession()
    let client = TinkerClient(exchange, dialect, bases, session)
    client.startHeartbeat()
    return client
  }

  private init(
    _ exchange: TinkerExchange, _ dialect: TinkerDialect, _ bases: [String], _ session: String
  ) {
    parameters = exchange.parameters
    self.exchange = exchange
    self.dialect = dialect
    self.bases = bases
    self.session = session
  }

  deinit { close() }

  /// Lets the session die.
  package func close() {
    state.withLock { $0.heartbeat }?.cancel()
  }

  /// Whether two writes with one number were measured to be one write.
  package var repeatsAreOneWrite: Bool {
    get { state.withLock { $0.repeatsAreOneWrite } }
    set { state.withLock { $0.repeatsAreOneWrite = newValue } }
  }

  /// How a write to a model may be tried again.
  var writing: TinkerExchange.Repetition { repeatsAreOneWrite ? .always : .whereNothingWasDone }

  /// The number of the next write to a model, from 1.
  func nextSequence(of model: String) -> Int {
    state.withLock {
      $0.sequences[model, default: 0] += 1
      return $0.sequences[model, default: 1]
    }
  }

  /// Where a state is that this client saved.
  func saved(_ path: String) -> String? { state.withLock { $0.saved[path] } }

  func noteSaved(_ path: String, at place: String) { state.withLock { $0.saved[path] = place } }

  func nextSampler() -> Int {
    state.withLock {
      $0.samplers += 1
      return $0.samplers
    }
  }

  func nextSample() -> Int {
    state.withLock {
      $0.samples += 1
      return $0.samples
    }
  }

  /// From a task of its own: a learner that computes for minutes must not lose its model.
  private func startHeartbeat() {
    let task = Task.detached { [exchange, session, parameters] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(parameters.heartbeatSeconds))
        guard !Task.isCancelled else { return }
        // A failure shows in the next operation; the next heartbeat may pass.
        try? await exchange.heartbeat(session)
      }
    }
    state.withLock { $0.heartbeat = task }
  }
}
#endif
