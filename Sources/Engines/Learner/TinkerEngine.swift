#if Engines
import Core
import Student

/// A student on a training server as a learner asks it.
actor TinkerEngine: StudentEngine {
  /// What is the same for a student and the references made of it.
  struct Setting: Sendable {
    let client: TinkerClient
    let abilities: StudentAbilities
    let prompts: PromptReader
    var pictures = PictureSettings()
    /// `nil` where the model sees no pictures.
    var videos: (any FilmedVideos)?
    let tokenizer: any Tokenizer
    let book: CostBook
    /// What the pictures of prompts took that were read.
    let pictureTokens = PictureTokens()

    /// What the model reads of a prompt: tokens, and the frames in view as pictures where it sees.
    func input(_ prompt: Prompt) async throws -> [WireChunk] {
      let read = try prompts.read(prompt)
      let shown = try await videos?.pictures(of: prompt) ?? []
      pictureTokens.remember(shown.reduce(0) { $0 + pictures.tokens(of: $1) }, of: prompt)
      let images = shown.map {
        WireChunk.image(
          WireImage(data: $0.bytes, format: "jpeg", expectedTokens: pictures.tokens(of: $0)))
      }
      return read.flatMap { part -> [WireChunk] in
        switch part {
        case .tokens(let tokens): [.tokens(tokens)]
        case .frames: images
        case .text: []
        }
      }.filter { $0.length > 0 }.mergingTokens
    }
  }

  let setting: Setting
  /// What a frozen student is loaded from when it is first asked.
  private let origin: TinkerCheckpoint?
  var student: TinkerStudent?

  /// Responses a pass: few enough that no answer is large, many enough that a server fills its batch.
  private static let responsesPerPass = 64

  init(_ setting: Setting, frozenAt origin: TinkerCheckpoint? = nil) {
    self.setting = setting
    self.origin = origin
  }

  nonisolated var costs: LearnerCosts { setting.book.total }

  nonisolated func length(of prompt: Prompt) -> Int {
    let words = (try? setting.prompts.read(prompt).tokens.count) ?? 0
    return words + setting.pictureTokens.known(of: prompt)
  }

  /// The student; a new adapter where nothing has been done yet.
  func ready() async throws -> TinkerStudent {
    if let student { return student }
    var made = try await TinkerStudent(setting.client, setting.abilities)
    if let origin { try await made.restore(origin, .weights) }
    student = made
    return made
  }

  func sample(
    _ prompts: [Prompt], _ settings: SamplingSettings, _ seed: Seed
  ) async throws -> [RolloutGroup] {
    // What is greedy is not weighed by how likely it was, so the temperature of its scores does not matter.
    if settings.temperature != 0 { try requireTemperatureOne(settings.temperature) }
    var read: [[WireChunk]] = []
    for prompt in prompts { read.append(try await setting.input(prompt)) }
    var wire = SampleSettings()
    wire.count = settings.group
    wire.maximumLength = settings.maximumLength
    wire.temperature = settings.temperature
    wire.stop = settings.ignoresEnd ? [] : setting.tokenizer.ends.sorted()
    var own = try await ready()
    defer { student = own }
    let answers = try await own.sample(
      read, named: prompts.map(\.stream), wire, seed: seed)
    let groups = try zip(prompts, answers).map { prompt, answer in
      try RolloutGroup(
        prompt,
        answer.sequences.map {
          SampledResponse(tokens: $0.tokens, logProbabilities: $0.logProbabilities ?? [])
        }, settings, setting.tokenizer, operation: "asample")
    }
    setting.book.sampled(
      requests: prompts.count, prompts: read.reduce(0) { $0 + $1.length },
      answers: groups.reduce(0) { $0 + $1.rollouts.reduce(0) { $0 + $1.tokens.count } })
    return groups
  }

  /// Servers give log π at temperature 1 alone.
  private func requireTemperatureOne(_ temperature: Double) throws(EngineError) {
    guard temperature == 1 else {
      throw .missingAbility(
        wanted: "log-probabilities at temperature \(temperature)", measured: "temperature 1")
    }
  }

  func score(
    _ responses: [TargetedResponse], temperature: Double
  ) async throws -> [[[Double]]] {
    try requireTemperatureOne(temperature)
    let wire = try await scored(responses)
    let own = try await ready()
    var result: [[[Double]]] = []
    for part in Self.passes(wire.count) {
      result += try await own.score(Array(wire[part]))
    }
    setting.book.scored(
      requests: Self.passes(wire.count).count, tokens: wire.reduce(0) { $0 + $1.passTokens })
    return zip(responses, result).map { response, rows in
      zip(response.targets, rows).map { Array($1.prefix($0.count)) }
    }
  }

  func logits(_ responses: [TargetedResponse]) async throws -> [[Float]] {
    throw LearnerError.unable(to: "show its logits")
  }

  func train(
    _ responses: [DifferentiatedResponse], _ step: UpdateStep
  ) async throws -> UpdateReport {
    let wire = try await scored(responses.map(\.response))
    let values = try responses.map { try slopes($0) }
    let size = UpdateSize(of: wire)
    var own = try await ready()
    defer { student = own }
    for part in Self.passes(wire.count) {
      try await own.accumulate(
        Array(wire[part]), logProbabilities: values[part].map(\.at),
        slopes: values[part].map(\.slopes), of: size)
    }
    let metrics = try await own.update(step.adam, of: size)
    setting.book.trained(
      requests: Self.passes(wire.count).count + 1, tokens: wire.reduce(0) { $0 + $1.passTokens })
    let norm = metrics.first { $0.key == "norm" || $0.key.hasSuffix("grad_norm") }?.value
    return UpdateReport(norm: norm, isApplied: norm?.isFinite ?? true)
  }

  /// Slopes and log π in as many columns as the wire has; a column that only fills up has slope 0.
  private func slopes(
    _ response: DifferentiatedResponse
  ) throws -> (slopes: [[Double]], at: [[Double]]) {
    guard case .slopes(let slopes, let scores, let temperature) = response.gradient else {
      throw LearnerError.unable(to: "take the gradient of logits")
    }
    try requireTemperatureOne(temperature)
    let width = slopes.map(\.count).max() ?? 0
    func filled(_ rows: [[Double]], _ filling: (Int) -> Double) -> [[Double]] {
      rows.enumerated().map { position, row in
        row + Array(repeating: filling(position), count: width - row.count)
      }
    }
    return (filled(slopes) { _ in 0 }, filled(scores) { scores[$0][0] })
  }

  /// Responses as they are sent: as many targets at each position, the sampled token where there are none.
  private func scored(_ responses: [TargetedResponse]) async throws -> [ScoredResponse] {
    var sent: [ScoredResponse] = []
    for response in responses {
      let width = response.targets.map(\.count).max() ?? 0
      let input = try await setting.input(response.prompt)
      let targets = zip(response.tokens, response.targets).map { token, targets in
        targets + Array(repeating: token, count: width - targets.count)
      }
      sent.append(ScoredResponse(prompt: input, response: response.tokens, targets: targets))
    }
    return sent
  }

  private static func passes(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: responsesPerPass).map {
      $0..<min($0 + responsesPerPass, count)
    }
  }
}
#endif
