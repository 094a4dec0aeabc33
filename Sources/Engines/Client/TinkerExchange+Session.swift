#if Engines
extension TinkerExchange {
  /// The base models of a server.
  func capabilities() async throws -> [String] {
    let operation = "get_server_capabilities"
    let answer = try await send(
      HTTPRequest(operation: operation, seconds: parameters.answerSeconds))
    guard let models = try value(of: answer, operation)["supported_models"]?.list else {
      throw EngineError.malformed(operation: operation, reason: "it names no models")
    }
    return models.compactMap { $0["model_name"]?.text }
  }

  /// How the server wants training passes: an empty one in JSON is refused by both dialects, for different reasons.
  func dialect() async throws -> TinkerDialect {
    let operation = "forward_backward"
    do {
      _ = try await json(operation, .object([]))
    } catch EngineError.refused(_, let status, _) where status == 415 {
      return .protobuf
    } catch EngineError.refused(_, let status, _) where status == 422 || status == 400 {
      return .json
    }
    throw EngineError.malformed(operation: operation, reason: "it accepts an empty request")
  }

  /// Opens a session.
  func createSession() async throws -> String {
    let operation = "create_session"
    let answer = try await json(
      operation,
      .object(of: [
        ("tags", .array([.string("opd")])), ("user_metadata", .null),
        ("sdk_version", .string("opd")), ("type", .string(operation)),
      ]))
    guard let session = answer["session_id"]?.text else {
      throw EngineError.malformed(operation: operation, reason: "it names no session")
    }
    return session
  }

  /// Says that the session is still wanted.
  func heartbeat(_ session: String) async throws {
    _ = try await json(
      "session_heartbeat",
      .object(of: [("session_id", .string(session)), ("type", .string("session_heartbeat"))]))
  }

  /// Waits for what an earlier request promised.
  ///
  /// - Returns: The answer, in JSON or protobuf.
  /// - Throws: `EngineError`.
  func result(of promise: JSONValue, _ operation: String) async throws -> HTTPAnswer {
    guard let id = promise["request_id"]?.text else {
      throw EngineError.malformed(operation: operation, reason: "it promises nothing")
    }
    let request = HTTPRequest(
      operation: "retrieve_future",
      body: JSONValue.object(of: [("request_id", .string(id))]).bytes(),
      accept: "application/x-protobuf, application/json", seconds: parameters.answerSeconds,
      mayBePending: true)
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(parameters.operationSeconds)
    // Over all polls: a server that fails, keeps silent and fails again is asked no more often than one that fails at once.
    var failures = 0
    while true {
      let answer = try await poll(request, of: operation, failures: &failures)
      if try !isPending(answer, operation) { return answer }
      if !answer.isLate { failures = 0 }
      guard clock.now < deadline else {
        throw EngineError.tooSlow(operation: operation, seconds: parameters.operationSeconds)
      }
      // A server that says at once that it is not ready yet is not asked in a circle.
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// One wait; errors name the operation that is waited for.
  private func poll(
    _ request: HTTPRequest, of operation: String, failures: inout Int
  ) async throws -> HTTPAnswer {
    do {
      return try await send(request, failures: &failures)
    } catch EngineError.refused(_, let status, let message) {
      throw EngineError.refused(operation: operation, status: status, message: message)
    } catch EngineError.unreachable(_, let attempts, let reason) {
      throw EngineError.unreachable(operation: operation, attempts: attempts, reason: reason)
    }
  }

  /// Whether an answer says "not yet", by its status or in words.
  private func isPending(_ answer: HTTPAnswer, _ operation: String) throws -> Bool {
    if answer.isLate || answer.status == 408 { return true }
    guard !answer.contentType.contains("protobuf"), answer.body.count < 4096 else { return false }
    return try value(of: answer, operation)["type"]?.text == "try_again"
  }
}
#endif
