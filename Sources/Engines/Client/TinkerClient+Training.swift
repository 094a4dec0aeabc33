#if Engines
/// A model in training on a server.
package struct TinkerModel: Sendable, Hashable {
  package var id: String
  package var base: String
  package var rank: Int
}

/// The settings of one step of Adam; the server keeps its moments.
package struct AdamStep: Sendable, Hashable, Codable {
  package var learningRate: Double
  package var beta1 = 0.9
  package var beta2 = 0.95
  package var epsilon = 1e-8
  package var weightDecay = 0.0

  package init(learningRate: Double) { self.learningRate = learningRate }
}

extension TinkerClient {
  /// Makes a model: an adapter of a base.
  ///
  /// - Throws: `EngineError`.
  package func createModel(base: String, rank: Int, seed: Int) async throws -> TinkerModel {
    let operation = "create_model"
    // A second model is no harm: it is unloaded with its session.
    let promise = try await exchange.json(
      operation,
      .object(of: [
        ("session_id", .string(session)), ("base_model", .string(base)),
        (
          "lora_config",
          .object(of: [("rank", .integer(Int64(rank))), ("seed", .integer(Int64(seed)))])
        ),
      ]))
    let answer = try await finished(promise, operation)
    guard let id = answer["model_id"]?.text ?? promise["model_id"]?.text else {
      throw EngineError.malformed(operation: operation, reason: "it names no model")
    }
    if let made = answer["lora_config"]?["rank"]?.integer, made != Int64(rank) {
      throw EngineError.malformed(operation: operation, reason: "its rank is \(made), not \(rank)")
    }
    return TinkerModel(id: id, base: base, rank: rank)
  }

  /// Frees a model's place on the server.
  package func unload(_ model: TinkerModel) async throws {
    let operation = "unload_model"
    let promise = try await exchange.json(
      operation, .object(of: [("model_id", .string(model.id)), ("type", .string(operation))]))
    _ = try await finished(promise, operation)
  }

  /// Runs datums forward, and backward unless told not to; gradients add up until the next step.
  ///
  /// - Parameters:
  ///   - model: The model that reads them.
  ///   - data: Inputs, targets and what the loss needs.
  ///   - loss: The server's name of the loss.
  ///   - direction: Whether a gradient is left behind.
  /// - Returns: What was found, for each datum in order.
  /// - Throws: `EngineError`.
  package func pass(
    _ model: TinkerModel, _ data: [WireDatum], loss: String, _ direction: PassDirection
  ) async throws -> PassAnswer {
    let request = PassRequest(
      modelID: model.id, sequence: nextSequence(of: model.id), data: data, loss: loss,
      direction: direction)
    return try await passAnswer(await promise(of: request), count: data.count)
  }

  /// Sends a pass; the server answers with the number of what it promises.
  func promise(of request: PassRequest) async throws -> JSONValue {
    let operation =
      dialect == .json && request.forwardOnly ? "forward" : "forward_backward"
    let message = HTTPRequest(
      operation: operation,
      body: dialect == .json ? request.json.bytes() : request.protobuf,
      contentType: dialect == .json ? "application/json" : "application/x-protobuf",
      seconds: exchange.parameters.answerSeconds)
    let repetition = request.forwardOnly ? .always : writing
    let answer = try await exchange.send(message, repeating: repetition, model: request.modelID)
    return try exchange.value(of: answer, operation)
  }

  func passAnswer(_ promise: JSONValue, count: Int) async throws -> PassAnswer {
    let operation = "forward_backward"
    let answer = try await exchange.result(of: promise, operation)
    return try read(operation) {
      let found =
        answer.contentType.contains("protobuf")
        ? try PassAnswer(protobuf: answer.body[...])
        : try PassAnswer(json: exchange.value(of: answer, operation))
      // The number of datums comes from outside too.
      let counted = found.records.reduce(into: 0) { $0 &+= $1.count }
      guard counted == count else {
        throw WireError.malformed(what: "pass", reason: "\(counted) results of \(count) datums")
      }
      return found
    }
  }

  /// One step of Adam with the gradients since the last, which are then forgotten.
  ///
  /// - Returns: What the server measured, by its own names.
  /// - Throws: `EngineError`.
  package func step(_ model: TinkerModel, _ adam: AdamStep) async throws -> [String: Double] {
    let operation = "optim_step"
    let settings = JSONValue.object(of: [
      ("learning_rate", .real(adam.learningRate)), ("beta1", .real(adam.beta1)),
      ("beta2", .real(adam.beta2)), ("eps", .real(adam.epsilon)),
      ("weight_decay", .real(adam.weightDecay)),
    ])
    let promise = try await exchange.json(
      operation,
      .object(of: [
        ("model_id", .string(model.id)),
        ("seq_id", .integer(Int64(nextSequence(of: model.id)))), ("adam_params", settings),
      ]), repeating: writing, model: model.id)
    let answer = try await finished(promise, operation)
    let metrics = answer["metrics"]?.members ?? []
    return Dictionary(
      metrics.compactMap { member in member.value.double.map { (member.name, $0) } }
    ) {
      first, _ in first
    }
  }

  /// Waits for an answer in JSON.
  func finished(_ promise: JSONValue, _ operation: String) async throws -> JSONValue {
    try exchange.value(of: await exchange.result(of: promise, operation), operation)
  }

  /// Reads an answer; what is wrong with it is said with the operation's name.
  func read<Answer>(_ operation: String, _ body: () throws -> Answer) throws -> Answer {
    do {
      return try body()
    } catch let error as WireError {
      throw EngineError.malformed(operation: operation, reason: error.reason)
    }
  }
}
#endif
