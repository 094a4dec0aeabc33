#if Engines
/// Weights that a server samples from: a model as it was.
package struct TinkerSampler: Sendable, Hashable {
  /// How requests name it.
  package enum Source: Sendable, Hashable {
    case session(String)
    case path(String)
  }

  package var source: Source
}

/// How responses are drawn.
package struct SampleSettings: Sendable, Hashable {
  /// Responses a prompt.
  package var count = 1
  package var maximumLength = 16
  package var temperature = 1.0
  package var seed: Int?
  /// Tokens that end a response; they are part of it.
  package var stop: [Int] = []
  /// Whether log π of the prompt's tokens is wanted.
  package var scoresPrompt = false
  /// Likeliest tokens wanted at each position of the prompt.
  package var top = 0

  package init() {}
}

extension TinkerClient {
  /// Keeps a model's weights for sampling, once an update.
  ///
  /// - Throws: `EngineError`.
  package func sampler(of model: TinkerModel) async throws -> TinkerSampler {
    let operation = "save_weights_for_sampler"
    let number = Int64(nextSampler())
    let promise = try await exchange.json(
      operation,
      .object(of: [
        ("model_id", .string(model.id)), ("sampling_session_seq_id", .integer(number)),
        ("seq_id", .integer(number)), ("type", .string(operation)),
      ]), repeating: .whereNothingWasDone, model: model.id)
    let answer = try await finished(promise, operation)
    if let session = answer["sampling_session_id"]?.text {
      return TinkerSampler(source: .session(session))
    }
    guard let path = answer["path"]?.text else {
      throw EngineError.malformed(operation: operation, reason: "it names no sampler")
    }
    return TinkerSampler(source: .path(path))
  }

  /// Writes responses to one prompt.
  ///
  /// - Throws: `EngineError`.
  package func sample(
    _ sampler: TinkerSampler, _ prompt: [WireChunk], _ settings: SampleSettings
  ) async throws -> SampleAnswer {
    let operation = "asample"
    let promise = try await exchange.json(operation, request(sampler, prompt, settings))
    let answer = try await exchange.result(of: promise, operation)
    return try read(operation) {
      answer.contentType.contains("protobuf")
        ? try SampleAnswer(protobuf: answer.body[...])
        : try SampleAnswer(json: exchange.value(of: answer, operation))
    }
  }

  private func request(
    _ sampler: TinkerSampler, _ prompt: [WireChunk], _ settings: SampleSettings
  ) -> JSONValue {
    let parameters = JSONValue.object(of: [
      ("max_tokens", .integer(Int64(settings.maximumLength))),
      ("seed", settings.seed.map { .integer(Int64($0)) }),
      ("temperature", .real(settings.temperature)),
      (
        "stop",
        settings.stop.isEmpty ? nil : .array(settings.stop.map { .integer(Int64($0)) })
      ),
    ])
    let source: [(String, JSONValue?)] =
      switch sampler.source {
      case .session(let id):
        [("sampling_session_id", .string(id)), ("seq_id", .integer(Int64(nextSample())))]
      case .path(let path): [("model_path", .string(path))]
      }
    return .object(
      of: [
        ("num_samples", .integer(Int64(settings.count))), ("prompt", modelInput(prompt)),
        ("sampling_params", parameters),
        ("prompt_logprobs", settings.scoresPrompt ? .bool(true) : nil),
        ("topk_prompt_logprobs", settings.top > 0 ? .integer(Int64(settings.top)) : nil),
      ] + source)
  }
}
#endif
