#if Engines
import Core

/// Where a student's state is on its server, and how to know it again.
package struct TinkerCheckpoint: Sendable, Hashable, Codable {
  /// What of it is loaded.
  package enum Part: Sendable {
    case everything
    /// The weights without the optimizer's moments.
    case weights
  }

  /// The path from which it is loaded.
  package var path: String
  package var updates: Int
  /// What the restored model must say too, nats.
  package var fingerprint: [Double]
}

extension TinkerStudent {
  /// log π of the texts that the probe reads, nats: what is said of them tells models apart.
  package func fingerprint() async throws -> [Double] {
    try await score(ProbeBench.texts).flatMap { $0.flatMap { $0 } }
  }

  /// Keeps weights and moments on the server.
  ///
  /// The name holds a digest of what is kept, so a name in use is the same state written by an attempt that broke off.
  ///
  /// - Parameter digest: What the state depends on, in hexadecimal: run and step.
  /// - Returns: Where it is.
  /// - Throws: `EngineError`; also in the middle of an update, since gradients are not kept.
  package func save(digest: String) async throws -> TinkerCheckpoint {
    guard isBetweenUpdates else {
      throw EngineError.abandoned(model: model.id, reason: "it is in the middle of an update")
    }
    guard abilities.resumeError.isFinite else {
      throw EngineError.missingAbility(wanted: "going on from a checkpoint", measured: "none")
    }
    let fingerprint = try await fingerprint()
    let path = try await client.save(model, as: "opd-\(digest.prefix(16))-\(updates)")
    return TinkerCheckpoint(path: path, updates: updates, fingerprint: fingerprint)
  }

  /// The adapter as a packed archive, kept on the server under a name first.
  ///
  /// - Throws: `EngineError`.
  package func archive(named name: String) async throws -> [UInt8] {
    _ = try await client.saveSampler(model, as: name)
    return try await client.adapterArchive(model, named: name)
  }

  /// Goes on from a checkpoint, always in a new model: an old one may hold half a gradient.
  ///
  /// - Throws: `EngineError`; also where the restored model speaks differently.
  package mutating func restore(
    _ checkpoint: TinkerCheckpoint, _ part: TinkerCheckpoint.Part = .everything
  ) async throws {
    let old = model
    try await replaceModel(updates: part == .everything ? checkpoint.updates : 0)
    try await client.load(checkpoint.path, into: model, optimizer: part == .everything)
    let found = try await fingerprint()
    let difference = zip(found, checkpoint.fingerprint).map { abs($0 - $1) }.max() ?? .infinity
    // Ten times what two scores of the same tokens differ by: 0 where they repeat to the bit.
    guard found.count == checkpoint.fingerprint.count,
      difference <= 10 * abilities.repeatError
    else {
      throw EngineError.abandoned(
        model: model.id, reason: "restored, it differs by \(difference) nats from what was saved")
    }
    // Its place is wanted; a server that lost the old model already is no worse.
    try? await client.unload(old)
  }
}
#endif
