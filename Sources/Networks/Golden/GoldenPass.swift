internal import Foundation
internal import Core
internal import Tensors

/// Greedy continuations.
struct GoldenGreedy: Decodable {
  var prompts: [[Int]]
  var continuations: [[Int]]
}

/// Reference values of a model on prompts with responses.
struct GoldenPass: Decodable {
  struct Branch: Decodable {
    var prompt: [Int]
    var responses: [[Int]]
  }
  var branches: [Branch]
  var logits: [[[[Double]]]]
  var loss: Double
  /// By temperature, then branch, response and token.
  var log_probabilities: [String: [[[Double]]]]
  var gradients: [String: GoldenTensor]
  var greedy: GoldenGreedy

  /// Whether there is something to compare of every kind.
  var isComplete: Bool {
    !branches.isEmpty && !log_probabilities.isEmpty && !gradients.isEmpty
      && !greedy.continuations.isEmpty && greedy.continuations.allSatisfy { !$0.isEmpty }
      && greedy.continuations.count == greedy.prompts.count
  }

  /// The logits of a response, row-major; none where they are missing or ragged.
  func logits(_ branch: Int, _ response: Int) -> [Double] {
    logits.value(at: branch)?.value(at: response)?.flatMap { $0 } ?? []
  }

  /// The root mean square of the logits: errors are measured by it.
  var scale: Double {
    let all = logits.joined().joined().joined()
    guard !all.isEmpty else { return 1 }
    return max(1, (all.reduce(0) { $0 + $1 * $1 } / Double(all.count)).squareRoot())
  }
}

/// How near a reader in one precision must come to values in double precision.
struct GoldenTolerance {
  /// Of logits, relative to their root mean square.
  let logits: Double
  /// Of gradients, relative to their norm.
  let gradients: Double

  static func of<Scalar: Real>(_: Scalar.Type) -> GoldenTolerance {
    Scalar.self == Double.self
      ? GoldenTolerance(logits: 1e-10, gradients: 1e-10)
      : GoldenTolerance(logits: 2e-5, gradients: 1e-5)
  }
}

/// A model's own values where the reference has some.
struct ComputedPass<Scalar: Real> {
  private(set) var logitError = WorstError()
  private(set) var logProbabilityErrors: [String: WorstError] = [:]
  private(set) var loss = 0.0
  /// The gradient of the loss in every parameter that is trained: the adapters' where there are some.
  private(set) var gradient: Parameters<Scalar>

  /// Runs forward and backward pass.
  init(
    _ configuration: DecoderConfiguration, _ parameters: Parameters<Scalar>,
    adapters: AdapterWeights<Scalar>? = nil, _ golden: GoldenPass
  ) {
    gradient = Parameters(zeros: adapters?.weights.layout ?? configuration.layout)
    let branches = golden.branches.map {
      Branch(prompt: PromptRows(tokens: $0.prompt), responses: $0.responses)
    }
    let count = branches.reduce(0) { $0 + $1.responses.reduce(0) { $0 + $1.count } }
    let decoder = Decoder<Scalar>(configuration)
    var sums = gradient.values
    let weights = Weights(parameters, for: .training)
    func pass(_ tape: Tape<Scalar>) {
      decoder.pass(branches, on: tape, differentiating: true) { branch, response, logits in
        compare(&logits, golden, branch, response, width: configuration.vocabularySize)
        differentiate(
          &logits, branches[branch].responses[response], width: configuration.vocabularySize,
          weight: 1 / Double(count))
      }
    }
    if let adapters {
      Tape<Scalar>().run(weights, adapters: adapters, addingGradientTo: &sums, body: pass)
    } else {
      Tape<Scalar>().run(weights, addingGradientTo: &sums, body: pass)
    }
    gradient.values = sums
  }

  private mutating func compare(
    _ logits: inout MutableSpan<Scalar>, _ golden: GoldenPass, _ branch: Int, _ response: Int,
    width: Int
  ) {
    let own = (0..<logits.count).map { logits[$0] }
    let expected = golden.logits(branch, response)
    if expected.count == own.count {
      for (own, expected) in zip(own, expected) {
        logitError.note((Double(own) - expected).magnitude)
      }
    } else {
      logitError.note(.infinity)
    }
    compare(own, golden, branch, response, width: width)
  }

  private mutating func compare(
    _ own: [Scalar], _ golden: GoldenPass, _ branch: Int, _ response: Int, width: Int
  ) {
    for (name, all) in golden.log_probabilities {
      guard let temperature = Double(name) else {
        logProbabilityErrors[name, default: WorstError()].note(.infinity)
        continue
      }
      var rows = own
      var span = rows.mutableSpan
      _ = Rows.logSoftmax(&span, width: width, temperature: temperature)
      let tokens = golden.branches[branch].responses[response]
      guard let expected = all.value(at: branch)?.value(at: response),
        expected.count == tokens.count
      else {
        logProbabilityErrors[name, default: WorstError()].note(.infinity)
        continue
      }
      for (position, token) in tokens.enumerated() {
        logProbabilityErrors[name, default: WorstError()].note(
          (Double(rows[position * width + token]) - expected[position]).magnitude)
      }
    }
  }

  /// `loss −= w·log p`, and its gradient `w·(p − 1{taken})` in the place of the logits.
  private mutating func differentiate(
    _ logits: inout MutableSpan<Scalar>, _ tokens: [Token], width: Int, weight: Double
  ) {
    _ = Rows.logSoftmax(&logits, width: width, temperature: 1)
    for (position, token) in tokens.enumerated() {
      loss -= Double(logits[position * width + token]) * weight
    }
    for index in 0..<logits.count {
      let isTaken = tokens[index / width] == index % width
      logits[index] = (Scalar.exponential(logits[index]) - (isTaken ? 1 : 0)) * Scalar(weight)
    }
  }
}

extension Array {
  /// What stands at a place, if there is one.
  func value(at place: Int) -> Element? { indices.contains(place) ? self[place] : nil }
}

extension Parameters {
  /// The numbers of the tensor that a checkpoint calls `name`.
  func tensor(_ name: String, _ names: CheckpointNames) -> [Scalar]? {
    for entry in layout.entries {
      let sources = names.sources(entry.name)
      guard let place = sources.firstIndex(of: name) else { continue }
      // Keys and values, gate and up are equal parts of their tensor.
      let share = entry.count / sources.count
      let first = entry.offset + place * share
      return Array(values[first..<first + share])
    }
    return nil
  }
}

extension GoldenPass {
  /// Compares logits, log-probabilities, loss and greedy tokens.
  func compare<Scalar: Real>(
    _ name: String, _ computed: ComputedPass<Scalar>, _ configuration: DecoderConfiguration,
    _ parameters: Parameters<Scalar>, adapters: AdapterWeights<Scalar>? = nil,
    _ tolerances: GoldenTolerance = .of(Scalar.self)
  ) -> [GoldenResult] {
    let tolerance = tolerances.logits * scale
    let name = "\(name)/\(Scalar.self)"
    var results = [
      GoldenResult(name + "/logits", error: computed.logitError.value, tolerance: tolerance),
      GoldenResult(name + "/has all that is compared", isTrue: isComplete),
      GoldenResult(
        name + "/loss", error: (computed.loss - loss).magnitude, tolerance: tolerance),
    ]
    for (temperature, error) in computed.logProbabilityErrors.sorted(by: { $0.key < $1.key }) {
      // Dividing by the temperature divides the errors of the logits, too.
      let factor = max(1, 1 / (Double(temperature) ?? 1))
      results.append(
        GoldenResult(
          name + "/log-probabilities at \(temperature)", error: error.value,
          tolerance: 2 * tolerance * factor))
    }
    return results + [greedy.compare(name, configuration, parameters, adapters: adapters)]
  }
}

extension GoldenGreedy {
  /// Whether the most likely tokens are the reference's.
  func compare<Scalar: Real>(
    _ name: String, _ configuration: DecoderConfiguration, _ parameters: Parameters<Scalar>,
    adapters: AdapterWeights<Scalar>? = nil
  ) -> GoldenResult {
    let decoder = Decoder<Scalar>(configuration)
    let weights = Weights(parameters, for: .inference)
    func sample(_ tape: Tape<Scalar>) -> [[Sample]] {
      decoder.sample(
        prompts.map { PromptRows(tokens: $0) }, seeds: prompts.map { _ in [Seed(0)] },
        temperature: 0, ends: [], maximumLength: continuations.map(\.count).max() ?? 1, on: tape)
    }
    let tape = Tape<Scalar>()
    let samples =
      adapters.map { tape.run(weights, adapters: $0, body: sample) }
      ?? tape.run(weights, body: sample)
    let agrees = zip(samples, continuations).allSatisfy { own, expected in
      Array(own[0].tokens.prefix(expected.count)) == expected
    }
    return GoldenResult(name + "/greedy", isTrue: agrees && !prompts.isEmpty)
  }
}
