#if Engines
package import Core

/// A student whose weights are on a training server: what a learner needs, one operation each.
///
/// The mathematics of an objective stays here: the server is asked for log-probabilities (`score`), slopes of the loss are
/// computed elsewhere, and go back as advantages of an importance ratio of one (`accumulate`). The gradient is then the sum
/// over targets of slope × ∇log π, whatever the server's own reduction, which was measured.
package struct TinkerStudent: Sendable {
  package let client: TinkerClient
  package let abilities: StudentAbilities
  package private(set) var model: TinkerModel
  /// Updates made.
  package private(set) var updates = 0

  private var sampler: TinkerSampler?
  private var pending = WorkCount()
  private var abandoned: String?

  /// A student with a new adapter.
  ///
  /// - Throws: `EngineError`, also where the reduction was not measured.
  package init(_ client: TinkerClient, _ abilities: StudentAbilities) async throws {
    guard abilities.reduction != nil else {
      throw EngineError.missingAbility(wanted: "training", measured: "sampling and scoring alone")
    }
    client.repeatsAreOneWrite = abilities.repeatsAreOneWrite
    self.client = client
    self.abilities = abilities
    model = try await Self.newModel(client)
  }

  private static func newModel(_ client: TinkerClient) async throws -> TinkerModel {
    let parameters = client.parameters
    return try await client.createModel(
      base: parameters.base, rank: parameters.rank, seed: parameters.adapterSeed)
  }

  /// Writes responses to prompts, all of them in flight up to a bound, each prompt with a seed of its own.
  ///
  /// - Parameters:
  ///   - prompts: What is read.
  ///   - names: What tells prompts apart, for their seeds; one a prompt.
  ///   - settings: How responses are drawn; its seed is not used.
  ///   - seed: From which the prompts' seeds derive by their names.
  /// - Returns: One answer a prompt, in order.
  /// - Throws: `EngineError`.
  package mutating func sample(
    _ prompts: [[WireChunk]], named names: [String], _ settings: SampleSettings, seed: Seed
  ) async throws -> [SampleAnswer] {
    guard settings.temperature == 1 || abilities.followsTemperature else {
      throw EngineError.missingAbility(
        wanted: "sampling at temperature \(settings.temperature)", measured: "temperature 1")
    }
    try checkImages(prompts)
    let current: TinkerSampler
    if let sampler { current = sampler } else { current = try await client.sampler(of: model) }
    sampler = current
    let client = client
    return try await concurrently(prompts.count, limit: client.parameters.inFlight) { index in
      var own = settings
      // 31 bits: servers read seeds as 32-bit numbers with a sign.
      own.seed = Int(seed.derived(names[index], 0).value >> 33)
      return try await client.sample(current, prompts[index], own)
    }
  }

  /// log π of each target, at temperature 1.
  ///
  /// - Returns: One list a response, in it one row a position, in it one value a target; nats.
  /// - Throws: `EngineError`.
  package func score(_ responses: [ScoredResponse]) async throws -> [[[Double]]] {
    try check(responses)
    let data = responses.flatMap { response in
      (0..<response.width).map { response.datum(rank: $0) }
    }
    guard !data.isEmpty else { return [] }
    // A loss must be named; forward passes compute it and throw it away.
    let answer = try await client.pass(model, data, loss: "cross_entropy", .forward)
    let rows = try client.read("forward") { try answer.field("logprobs") }
    var next = 0
    return try responses.map { response in
      defer { next += response.width }
      let columns = try (0..<response.width).map { rank in
        try logProbabilities(rows[next + rank], of: response)
      }
      return response.targets.indices.map { position in columns.map { $0[position] } }
    }
  }

  /// Whether no gradient waits for a step.
  var isBetweenUpdates: Bool { abandoned == nil && pending == WorkCount() }

  /// Starts again with a new adapter that has done nothing.
  mutating func replaceModel(updates: Int) async throws {
    model = try await Self.newModel(client)
    self.updates = updates
    sampler = nil
    pending = WorkCount()
    abandoned = nil
  }

  private func logProbabilities(_ row: WireTensor, of response: ScoredResponse) throws -> [Double] {
    guard let values = row.reals?.suffix(response.response.count),
      values.count == response.response.count,
      values.allSatisfy({ $0.isFinite && $0 <= 1e-3 })
    else {
      throw EngineError.malformed(
        operation: "forward", reason: "a log-probability that is missing, not finite or above 0")
    }
    return values.map { Double($0) }
  }

  private func check(_ responses: [ScoredResponse]) throws {
    if let abandoned { throw EngineError.abandoned(model: model.id, reason: abandoned) }
    guard responses.allSatisfy(\.isRectangular) else {
      throw EngineError.malformed(
        operation: "forward", reason: "a response of ours has no tokens or ragged targets")
    }
    try checkImages(responses.map(\.prompt))
  }

  /// Servers drop pictures without a word; the student then learns from text alone.
  private func checkImages(_ prompts: [[WireChunk]]) throws {
    guard !abilities.images, prompts.contains(where: { $0.contains(where: \.isImage) }) else {
      return
    }
    throw EngineError.missingAbility(wanted: "images", measured: "text alone")
  }
}

extension TinkerStudent {
  /// Adds the gradient of Σ slope · log π(target) to that of the update.
  ///
  /// - Parameters:
  ///   - responses: As they were scored.
  ///   - logProbabilities: What `score` said of them, with these weights.
  ///   - slopes: ∂loss/∂log π of each, shaped alike.
  ///   - total: Responses and their tokens in the whole update, each once a target; a mean over them is undone.
  /// - Throws: `EngineError`; the model is then abandoned.
  package mutating func accumulate(
    _ responses: [ScoredResponse], logProbabilities: [[[Double]]], slopes: [[[Double]]],
    of total: UpdateSize
  ) async throws {
    try check(responses)
    guard let reduction = abilities.reduction, !responses.isEmpty else { return }
    let pass = UpdateSize(of: responses).count
    let data = zip(responses, zip(logProbabilities, slopes)).flatMap { response, values in
      let factor = reduction.factor(
        own: response.response.count, pass: pass, update: total.count)
      return (0..<response.width).map { rank in
        response.datum(
          rank: rank,
          [
            ("logprobs", values.0.map { Float($0[rank]) }),
            ("advantages", values.1.map { Float(-$0[rank] * factor) }),
          ])
      }
    }
    do {
      _ = try await client.pass(model, data, loss: "importance_sampling", .forwardBackward)
    } catch {
      abandoned = "a pass failed half way"
      throw error
    }
    pending = pending + pass
  }

  /// One step with what was accumulated.
  ///
  /// - Returns: What the server measured, by its own names.
  /// - Throws: `EngineError`; the model is then abandoned.
  package mutating func update(_ adam: AdamStep, of total: UpdateSize) async throws
    -> [String: Double]
  {
    try check([])
    guard pending == total.count else {
      abandoned = "its update has \(pending.sequences) of \(total.count.sequences) sequences"
      throw EngineError.abandoned(model: model.id, reason: abandoned ?? "")
    }
    sampler = nil
    pending = WorkCount()
    do {
      let metrics = try await client.step(model, adam)
      updates += 1
      return metrics
    } catch {
      abandoned = "a step failed half way"
      throw error
    }
  }
}

/// How much an update holds: a mean of the server can only be undone when it is known.
package struct UpdateSize: Sendable, Hashable {
  let count: WorkCount

  /// The size of responses, each counted once a target.
  package init(of responses: [ScoredResponse]) {
    count = responses.reduce(WorkCount()) { sum, response in
      sum
        + WorkCount(
          sequences: response.width, tokens: response.width * response.response.count)
    }
  }
}
#endif
