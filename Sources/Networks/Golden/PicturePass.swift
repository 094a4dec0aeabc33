internal import Core
internal import Tensors

/// A model with pictures at work on one prompt: the tower and the decoder on one tape, so that gradients reach both.
struct PicturePass<Scalar: Real> {
  let model: VisionModel
  let decoder: Decoder<Scalar>
  let tower: VisionTower<Scalar>
  let input: VisionInput<Scalar>
  private let weights: Weights<Scalar>

  /// - Throws: `CheckpointError.key` where the model has no decoder.
  init(
    _ model: VisionModel, _ parameters: Parameters<Scalar>, _ input: VisionInput<Scalar>
  ) throws {
    guard let shape = model.configuration.decoder else {
      throw CheckpointError.key("text_config", expected: "a decoder", file: model.path)
    }
    self.model = model
    self.input = input
    decoder = Decoder(shape)
    tower = VisionTower(model.configuration.vision, in: model.layout)
    weights = Weights(parameters, for: .training)
  }

  /// Runs the tower, then `body` with its rows.
  func run<Result>(
    _ body: (_ hidden: Variable, _ rows: Variable, Tape<Scalar>) throws -> Result
  ) throws -> Result {
    try Tape<Scalar>().run(weights) { tape in
      let hidden = try tower.hidden(input, on: tape)
      return try body(hidden, try tower.rows(hidden, input.layout, on: tape), tape)
    }
  }

  /// The logits that predict each token of a response, row-major.
  func logits(_ prompt: PromptRows, _ response: [Token]) throws -> [Scalar] {
    var result: [Scalar] = []
    try run { _, rows, tape in
      let branch = Branch(prompt: prompt, responses: [response])
      decoder.pass([branch], on: tape, differentiating: false, pictures: rows) { _, _, logits in
        result = (0..<logits.count).map { logits[$0] }
      }
    }
    return result
  }

  /// The mean negative log-probability of a response, and its gradient in every parameter.
  func loss(
    _ prompt: PromptRows, _ response: [Token]
  ) throws -> (loss: Double, gradient: Parameters<Scalar>) {
    var gradient = Parameters<Scalar>(zeros: model.layout)
    var sums = gradient.values
    var loss = 0.0
    let width = decoder.configuration.vocabularySize
    try Tape<Scalar>().run(weights, addingGradientTo: &sums) { tape in
      let hidden = try tower.hidden(input, on: tape)
      let rows = try tower.rows(hidden, input.layout, on: tape)
      let branch = Branch(prompt: prompt, responses: [response])
      decoder.pass([branch], on: tape, differentiating: true, pictures: rows) { _, _, logits in
        loss = Self.differentiate(&logits, response, width: width)
      }
    }
    gradient.values = sums
    return (loss, gradient)
  }

  /// The most likely continuation, token after token.
  func greedy(_ prompt: PromptRows, length: Int) throws -> [Token] {
    var prompt = prompt
    prompt.features = try run { _, rows, tape in tape.values(rows).map { Float($0) } }
    return Tape<Scalar>().run(weights) { tape in
      decoder.sample(
        [prompt], seeds: [[Seed(0)]], temperature: 0, ends: [], maximumLength: length, on: tape)
    }[0][0].tokens
  }

  private static func differentiate(
    _ logits: inout MutableSpan<Scalar>, _ response: [Token], width: Int
  ) -> Double {
    _ = Rows.logSoftmax(&logits, width: width, temperature: 1)
    let weight = 1 / Double(response.count)
    let loss = response.enumerated().reduce(0.0) {
      $0 - Double(logits[$1.offset * width + $1.element]) * weight
    }
    for index in 0..<logits.count {
      let isTaken = response[index / width] == index % width
      logits[index] = (Scalar.exponential(logits[index]) - (isTaken ? 1 : 0)) * Scalar(weight)
    }
    return loss
  }
}

/// Reference values of a response to a prompt with pictures.
struct GoldenResponse: Decodable {
  var response: [Int]
  var response_logits: [[Double]]
  var loss: Double
  var gradients: [String: GoldenTensor]
  var greedy: [Int]

  /// Compares logits, loss, gradients and the most likely tokens.
  func compare<Scalar: Real>(
    _ name: String, _ pass: PicturePass<Scalar>, _ prompt: PromptRows
  ) throws -> [GoldenResult] {
    let tolerance = GoldenTolerance.of(Scalar.self)
    let logits = try pass.logits(prompt, response)
    let (own, gradient) = try pass.loss(prompt, response)
    let scale = Self.scale(response_logits)
    return [
      Self.logits(name + "/response logits", logits, response_logits),
      GoldenResult(
        name + "/loss", error: (own - loss).magnitude, tolerance: tolerance.logits * scale),
      GoldenResult(
        name + "/greedy", isTrue: try pass.greedy(prompt, length: greedy.count) == greedy),
    ]
      + gradients.sorted { $0.key < $1.key }.map { tensor, expected in
        let own = pass.model.tensor(tensor, in: gradient)
        return GoldenResult(
          "\(name)/gradient of \(tensor)", error: own.map { expected.distance($0) } ?? .infinity,
          tolerance: tolerance.gradients)
      }
  }

  /// How far rows of logits are from those expected.
  static func logits<Scalar: Real>(
    _ name: String, _ own: [Scalar], _ expected: [[Double]]
  ) -> GoldenResult {
    let all = Array(expected.joined())
    let error =
      own.count == all.count
      ? zip(own, all).reduce(0.0) { largestError($0, (Double($1.0) - $1.1).magnitude) } : .infinity
    return GoldenResult(
      name, error: error, tolerance: GoldenTolerance.of(Scalar.self).logits * scale(expected))
  }

  /// The root mean square, at least 1: errors are measured by it.
  private static func scale(_ rows: [[Double]]) -> Double {
    let all = rows.joined()
    guard !all.isEmpty else { return 1 }
    return max(1, (all.reduce(0) { $0 + $1 * $1 } / Double(all.count)).squareRoot())
  }
}
