#if Engines
import Core

extension TinkerClient {
  /// Keeps a model's weights and the moments of its optimiser under a name.
  ///
  /// A name that is there already was written by an earlier attempt: names hold a digest of what they hold. One of this
  /// client is not asked for again, since SkyRL 0.3.0 answers a name in use with status 500.
  ///
  /// - Returns: The path from which they are loaded.
  /// - Throws: `EngineError`.
  package func save(_ model: TinkerModel, as name: String) async throws -> String {
    let path = "tinker://\(model.id)/weights/\(name)"
    if let place = saved(path) { return place }
    let place = try await write(model, as: name)
    noteSaved(path, at: place)
    return place
  }

  /// The same, whether or not the name is in use.
  func write(
    _ model: TinkerModel, as name: String, repeating: TinkerExchange.Repetition = .always
  ) async throws -> String {
    let operation = "save_weights"
    do {
      let promise = try await exchange.json(
        operation,
        .object(of: [
          ("model_id", .string(model.id)), ("path", .string(name)), ("type", .string(operation)),
        ]), repeating: repeating, model: model.id)
      let answer = try await finished(promise, operation)
      if let path = answer["path"]?.text, path.hasPrefix("tinker://") { return path }
    } catch EngineError.conflict {}
    return "tinker://\(model.id)/weights/\(name)"
  }

  /// Puts saved weights, and the moments of the optimiser where wanted, into a model that has done nothing yet.
  ///
  /// - Throws: `EngineError`.
  package func load(
    _ path: String, into model: TinkerModel, optimizer: Bool
  ) async throws {
    let operation = "load_weights"
    // Tried again where the server is early: loading twice is loading once.
    let promise = try await exchange.json(
      operation,
      .object(of: [
        ("model_id", .string(model.id)), ("path", .string(path)), ("optimizer", .bool(optimizer)),
        ("seq_id", .integer(Int64(nextSequence(of: model.id)))), ("type", .string(operation)),
      ]), repeating: .whereNothingWasDone, model: model.id)
    _ = try await finished(promise, operation)
  }

  /// Keeps a model's weights for sampling under a name.
  package func saveSampler(_ model: TinkerModel, as name: String) async throws -> TinkerSampler {
    let operation = "save_weights_for_sampler"
    do {
      let promise = try await exchange.json(
        operation,
        .object(of: [
          ("model_id", .string(model.id)), ("path", .string(name)), ("type", .string(operation)),
        ]))
      let answer = try await finished(promise, operation)
      if let path = answer["path"]?.text, path.hasPrefix("tinker://") {
        return TinkerSampler(source: .path(path))
      }
    } catch EngineError.conflict {}
    return TinkerSampler(source: .path("tinker://\(model.id)/sampler_weights/\(name)"))
  }

  /// The adapter of a named sampler as the bytes of a gzipped archive.
  package func adapterArchive(_ model: TinkerModel, named name: String) async throws -> [UInt8] {
    // Not through `archive`, which redirects.
    let operation = "training_runs/\(model.id)/checkpoints/\(name)/download"
    return try await exchange.send(
      HTTPRequest(operation: operation, accept: "*/*", seconds: parameters.answerSeconds)
    ).body
  }
}
#endif
