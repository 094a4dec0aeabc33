#if Engines
import Foundation

/// A scratch model and a way to read its gradient from outside.
///
/// Adam without memory (both betas 0) and with ε = 10⁴ far above any gradient moves weights by (rate / ε) · g: plain gradient
/// descent. After a step so small that log π changes by a few hundredths of a nat, that change is proportional to the gradient
/// but for its square, which a step and one back give away: the ratio of two changes is the ratio of two gradients.
struct ProbeBench: Sendable {
  static let epsilon = 1e4
  /// The change aimed at, nats.
  ///
  /// In SmolLM2-135M on SkyRL 0.3.0 log π is known to 10⁻⁴ nats, and a step of 0.01 and one back differ by 9 %, of 0.02 by
  /// 21 %. Without the square, steps of 0.01 and 0.02 agree within 0.1 %, one of 0.04 is 14 % short: twice a gradient is
  /// therefore looked for at half the rate.
  static let change = 0.02

  let client: TinkerClient
  var model: TinkerModel
  /// What every model is asked about: whoever passed the probe knows these twelve tokens, and perhaps no others.
  ///
  /// A text that needs more makes an engine answer NaN or with an error, by what it does outside its vocabulary.
  static let texts = [
    ScoredResponse(prompt: [.tokens([3, 4, 5, 6])], response: [7, 8, 9]),
    ScoredResponse(prompt: [.tokens([6, 5])], response: [10, 4, 11]),
  ]
  /// The response whose middle token is trained, and one that is not trained but counts in means.
  private(set) var trained = texts[0]
  /// Whether the model wrote what is trained.
  var isOwnText: Bool { trained != Self.texts[0] }
  let bystander = texts[1]
  /// The token that is trained, of three.
  static let active = 1

  /// Learning rate at which log π changes by `change`.
  var rate = 1e-2
  /// Alternates, so that the model stays where it is.
  private var sign = 1.0
  private var before: [Double]?

  init(_ client: TinkerClient, _ model: TinkerModel) {
    self.client = client
    self.model = model
  }

  /// Trains what the model itself writes, where it writes something.
  ///
  /// To a language model the twelve tokens are nonsense of log π −21: on SmolLM2 the rate that moved one of them by 0.02 nats
  /// moved its neighbour by 5, and a step of 0.01 and one back differ by 9 % (by 1 % in what it wrote). The first tokens of a
  /// text and those near log π 0 were no better, so three near −2 are looked for after some others.
  mutating func readOwnText() async {
    var settings = SampleSettings()
    (settings.count, settings.maximumLength, settings.seed) = (8, 20, 11)
    guard let sampler = try? await client.sampler(of: model),
      let answer = try? await client.sample(sampler, trained.prompt, settings)
    else { return }
    var best = Double.infinity
    for sequence in answer.sequences {
      let scores = sequence.logProbabilities ?? []
      guard scores.count == sequence.tokens.count else { continue }
      for start in stride(from: 8, through: scores.count - 3, by: 1) {
        let distance = scores[start..<start + 3].map { abs(Double($0) + 2) }.max() ?? .infinity
        guard distance < best else { continue }
        best = distance
        trained = ScoredResponse(
          prompt: Self.texts[0].prompt + [.tokens(Array(sequence.tokens[..<start]))],
          response: Array(sequence.tokens[start..<start + 3]))
      }
    }
  }

  /// How a response enters a pass.
  struct Part: Sendable {
    var response: ScoredResponse
    /// 1 where a token counts.
    var weights: [Float] = [0, 1, 0]
    /// The token that is trained.
    var token = ProbeBench.active
    /// The advantage of the token that is trained, or of every token.
    var advantage = 0.0
    var trainsAll = false
    /// What the importance ratio is.
    var ratio = 1.0
    var loss = "importance_sampling"
  }

  /// The trained response.
  func target(
    _ advantage: Double = 1, weights: [Float] = [0, 1, 0], ratio: Double = 1,
    loss: String = "importance_sampling"
  ) -> Part {
    Part(
      response: trained, weights: weights, advantage: advantage, ratio: ratio, loss: loss)
  }

  /// The trained response with an advantage on a token of it.
  func target(at token: Int) -> Part {
    var part = target()
    (part.token, part.weights) = (token, (0..<3).map { $0 == token ? 1 : 0 })
    return part
  }

  /// A response of three tokens without advantages.
  var others: Part { Part(response: bystander, weights: [1, 1, 1]) }

  /// log π of the trained response's tokens, nats.
  mutating func score() async throws -> [Double] {
    try await score(trained, model)
  }

  func score(_ response: ScoredResponse, _ model: TinkerModel) async throws -> [Double] {
    let answer = try await client.pass(
      model, [response.datum(rank: 0)], loss: "cross_entropy", .forward)
    guard let row = try client.read("forward", { try answer.field("logprobs") }).first?.reals,
      row.count >= response.response.count
    else { throw EngineError.malformed(operation: "forward", reason: "log-probabilities missing") }
    return row.suffix(response.response.count).map { Double($0) }
  }

  /// Sends a pass; advantages have the sign of this measurement.
  @discardableResult
  mutating func pass(
    _ parts: [Part], _ direction: PassDirection = .forwardBackward
  ) async throws -> PassAnswer {
    var data: [WireDatum] = []
    for part in parts { data.append(try await datum(part)) }
    return try await client.pass(
      model, data, loss: parts.first?.loss ?? "importance_sampling", direction)
  }

  mutating func datum(_ part: Part) async throws -> WireDatum {
    let isImportance = part.loss == "importance_sampling"
    // Weights of a cross-entropy cannot be turned round: some servers divide by their sum.
    if !isImportance { sign = 1 }
    if before == nil { before = try await score() }
    // Without an advantage the old policy does not matter.
    var old = part.response == trained ? before ?? [] : [0, 0, 0]
    old[part.token] -= log(part.ratio)
    let advantage = Float(part.advantage * sign)
    var advantages = old.map { _ in part.trainsAll ? advantage : 0 }
    advantages[part.token] = advantage
    var datum = part.response.datum(
      rank: 0,
      isImportance ? [("logprobs", old.map { Float($0) }), ("advantages", advantages)] : [])
    let padding = [Float](repeating: 0, count: (datum["weights"]?.count ?? 0) - part.weights.count)
    datum.lossInputs[1].tensor = WireTensor(padding + part.weights)
    return datum
  }

  /// The change of log π by a step after passes without its second order, as if every advantage were positive.
  ///
  /// With a the first order of a step and q half its second, there is a + q; the gradient there is another, and the way back is
  /// a + 3q, another step on a + 5q.
  mutating func response(to passes: [[Part]], rates: Double = 1) async throws -> [Double] {
    let first = try await oneResponse(to: passes, rates: rates)
    let second = try await oneResponse(to: passes, rates: rates)
    let isBack = passes.first?.first?.loss == "importance_sampling"
    return zip(first, second).map { isBack ? (3 * $0 - $1) / 2 : (5 * $0 - $1) / 4 }
  }

  /// The same by one step alone, which shows what an earlier pass left behind.
  mutating func oneResponse(to passes: [[Part]], rates: Double = 1) async throws -> [Double] {
    for parts in passes { try await pass(parts) }
    return try await step(rates: rates)
  }

  /// One step without memory and the change of log π that it made.
  mutating func step(rates: Double = 1) async throws -> [Double] {
    let old: [Double]
    if let before { old = before } else { old = try await score() }
    var adam = AdamStep(learningRate: rate * rates)
    (adam.beta1, adam.beta2, adam.epsilon) = (0, 0, Self.epsilon)
    _ = try await client.step(model, adam)
    let new = try await score()
    before = new
    defer { sign = -sign }
    return zip(new, old).map { ($0 - $1) * sign }
  }

  /// An ordinary step of Adam that moves the model for good.
  ///
  /// - Parameter advantage: Of every token; where it changes, Adam's memory shows.
  /// - Throws: `EngineError`.
  mutating func move(_ advantage: Double = 1) async throws {
    before = nil
    sign = 1
    var part = target(advantage, weights: [1, 1, 1])
    part.trainsAll = true
    try await pass([part])
    _ = try await client.step(model, AdamStep(learningRate: 0.02))
    before = nil
  }

  /// Forgets what was scored, after something else changed the model.
  mutating func forget() { before = nil }
}
#endif
