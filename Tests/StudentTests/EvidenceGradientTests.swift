import Networks
import Foundation
import Core
import Tensors
import Testing

@testable import Student

/// Five frames of two rows with three channels, of which two are shown.
private func prompt(values: [Float], gates: [Double]? = nil) -> Prompt {
  Prompt(
    id: "q", video: "v", query: "", tokens: [3, 1],
    evidence: FrameFeatures(
      values: values, tokensPerFrame: 2, channels: 3, timestamps: [0, 1, 2, 3.5, 4], duration: 5),
    truth: [], keyframes: [1, 3], gates: gates)
}

private let encoder = PromptEncoder(channels: 3, tokensPerFrame: 2, timeOctaves: 2, scale: 0.5)

private let shape = DecoderConfiguration(
  vocabularySize: 7, layers: 2, width: 10, heads: 4, keyValueHeads: 2, headWidth: 6, hidden: 7,
  features: encoder.width, positions: 64)

private func normals(_ count: Int, seed: UInt64) -> [Double] {
  var generator = Seed(seed).generator()
  return (0..<count).map { _ in generator.normal() }
}

/// Numbers of few digits, so that steps of 2⁻¹⁰ and products with gates stay exact in single precision.
private let values = normals(30, seed: 4).map { Float(($0 * 64).rounded() / 64) }

private let gates = [0.75, -1.5]

/// Σ w·logit with fixed w in Double, and its gradient in the evidence.
private func loss(_ prompt: Prompt) throws -> (value: Double, gradient: EvidenceGradient) {
  var parameters = Parameters<Double>(zeros: shape.layout)
  parameters.values = normals(parameters.values.count, seed: 1).map { 0.4 * $0 }
  let branch = Branch(prompt: try encoder.rows(prompt), responses: [[2, 5, 1], [4]])
  let sink = GradientSink<Double>()
  var value = 0.0
  var dropped = parameters.values
  Tape<Double>().run(Weights(parameters, for: .training), addingGradientTo: &dropped) { tape in
    Decoder<Double>(shape).pass([branch], on: tape, differentiating: true, features: sink) {
      _, response, logits in
      let weights = normals(logits.count, seed: UInt64(9 + response))
      for index in 0..<logits.count {
        value += weights[index] * logits[index]
        logits[index] = weights[index]
      }
    }
  }
  return (value, encoder.evidenceGradient(prompt, rows: sink.values))
}

@Suite("The gradient in the frames a student sees")
struct EvidenceGradientTests {
  private static let step = Double(sign: .plus, exponent: -10, significand: 1)

  @Test("finds the rows of frames behind a question that comes first")
  func questionFirst() {
    let words = prompt(values: values, gates: gates)
    var embedded = words
    embedded.queryEmbedding = [1, 2, 3]
    var later = encoder
    later.questionFirst = true
    let rows = normals(4 * encoder.width, seed: 7)
    let query = normals(encoder.width, seed: 8)
    let expected = encoder.evidenceGradient(words, rows: rows)
    #expect(later.evidenceGradient(embedded, rows: query + rows) == expected)
    #expect(later.evidenceGradient(words, rows: rows) == expected)
    #expect(encoder.evidenceGradient(embedded, rows: rows + query) == expected)
  }

  @Test("reaches every number of the kept rows, as central differences say, and no other")
  func keptRows() throws {
    let gradient = try loss(prompt(values: values, gates: gates)).gradient.values
    for index in values.indices {
      func moved(_ step: Double) throws -> Double {
        var moved = values
        moved[index] += Float(step)
        return try loss(prompt(values: moved, gates: gates)).value
      }
      let slope = (try moved(Self.step) - moved(-Self.step)) / (2 * Self.step)
      #expect(abs(slope - gradient[index]) <= 1e-4 * max(1, abs(slope)), "\(index)")
      let isKept = [1, 3].contains(index / 6)
      #expect((gradient[index] != 0) == isKept, "\(index)")
    }
  }

  @Test("reaches the gates of kept frames, as central differences say")
  func keptGates() throws {
    let gradient = try loss(prompt(values: values, gates: gates)).gradient.gates
    #expect(gradient.count == 2)
    for index in gates.indices {
      func moved(_ step: Double) throws -> Double {
        var moved = gates
        moved[index] += step
        return try loss(prompt(values: values, gates: moved)).value
      }
      let slope = (try moved(Self.step) - moved(-Self.step)) / (2 * Self.step)
      #expect(abs(slope - gradient[index]) <= 1e-4 * max(1, abs(slope)) && slope != 0)
    }
  }

  @Test("knows no gates where a prompt has none, and refuses another number of them")
  func withoutGates() throws {
    #expect(try loss(prompt(values: values)).gradient.gates.isEmpty)
    let ones = try loss(prompt(values: values, gates: [1, 1]))
    #expect(try loss(prompt(values: values)).value == ones.value)
    #expect(throws: PromptEncodingError.gates(prompt: "q", expected: 2, received: 1)) {
      try encoder.rows(prompt(values: values, gates: [1]))
    }
  }

  @Test("of the student in Float is that of its decoder")
  func student() throws {
    var weights = Parameters<Float>(zeros: shape.layout)
    weights.values = normals(weights.values.count, seed: 1).map { Float(0.4 * $0) }
    let student = DecoderStudent(
      decoder: shape, encoder: encoder,
      tokenizer: Vocabulary(words: (0..<7).map { "w\($0)" }, end: "w6"), parameters: weights)
    let asked = prompt(values: values, gates: gates)
    let group = RolloutGroup(
      prompt: asked,
      rollouts: [[2, 5, 1], [4]].enumerated().map { slot, tokens in
        Rollout(
          promptID: "q", slot: slot, tokens: tokens,
          logProbabilities: tokens.map { _ in 0 }, finish: .length)
      })
    let found = try student.evidenceGradients([group], loss: WeightedLogits())
    let expected = try loss(asked).gradient
    #expect(found.count == 1)
    for (mine, known) in zip(found[0].values + found[0].gates, expected.values + expected.gates) {
      #expect(abs(mine - known) <= 2e-3 * max(1, abs(known)))
    }
  }
}

/// The loss of `loss(_:)` as a student sees it.
private struct WeightedLogits: ResponseLoss {
  func evaluate<Scalar: Real>(
    group: Int, slot: Int, logits: inout MutableSpan<Scalar>
  ) throws -> LossReport {
    let weights = normals(logits.count, seed: UInt64(9 + slot))
    for index in 0..<logits.count { logits[index] = Scalar(weights[index]) }
    return LossReport()
  }
}
