import Foundation
import Core
import Tensors
import Testing

@testable import Networks

/// A small decoder with every shape odd enough to hide nothing.
private let small = DecoderConfiguration(
  vocabularySize: 11, layers: 2, width: 10, heads: 4, keyValueHeads: 2, headWidth: 6, hidden: 7,
  features: 5, positions: 64)

private func randomParameters(
  _ configuration: DecoderConfiguration, seed: UInt64
) -> Parameters<Double> {
  var generator = Seed(seed).generator()
  var parameters = Parameters<Double>(zeros: configuration.layout)
  for i in parameters.values.indices { parameters.values[i] = 0.4 * generator.normal() }
  return parameters
}

private func randomBranches(seed: UInt64) -> [Branch] {
  var generator = Seed(seed).generator()
  func tokens(_ count: Int) -> [Token] { (0..<count).map { _ in generator.integer(below: 11) } }
  func rows(_ features: Int, _ words: Int) -> PromptRows {
    PromptRows(
      features: (0..<features * 5).map { _ in Float(generator.normal()) }, featureRows: features,
      tokens: tokens(words))
  }
  /// Frames that stand at their times, and words after the end of the video.
  func timed(_ positions: [Int]) -> PromptRows {
    var result = rows(positions.count, 2)
    result.featurePositions = positions
    result.firstTokenPosition = 32
    return result
  }
  return [
    Branch(prompt: rows(3, 2), responses: [tokens(4), tokens(1), tokens(2)]),
    Branch(prompt: rows(0, 3), responses: [tokens(3)]),
    Branch(prompt: rows(37, 1), responses: [tokens(2), tokens(5)]),
    Branch(prompt: timed([0, 0, 7, 30]), responses: [tokens(3), tokens(2)]),
  ]
}

/// Σ over responses of Σ_i w_i·logit_i with fixed pseudo-random w, and its gradient w.
private func weightedLogits(
  _ decoder: Decoder<Double>, _ parameters: Parameters<Double>, _ branches: [Branch],
  gradient: inout [Double]
) -> Double {
  var value = 0.0
  let tape = Tape<Double>()
  tape.run(Weights(parameters, for: .training), addingGradientTo: &gradient) { tape in
    decoder.pass(branches, on: tape, differentiating: true) { branch, response, logits in
      var generator = Seed(9).derived("w", branch * 10 + response).generator()
      for i in 0..<logits.count {
        let weight = generator.normal()
        value += weight * logits[i]
        logits[i] = weight
      }
    }
  }
  return value
}

private func copy(_ span: Span<Float>) -> [Float] {
  var result: [Float] = []
  for index in span.indices { result.append(span[index]) }
  return result
}

@Suite("Decoder")
struct DecoderTests {
  @Test("the gradient of every parameter agrees with central differences in Double")
  func gradientCheck() {
    let decoder = Decoder<Double>(small)
    var parameters = randomParameters(small, seed: 1)
    let branches = randomBranches(seed: 2)
    var gradient = [Double](repeating: 0, count: small.layout.count)
    _ = weightedLogits(decoder, parameters, branches, gradient: &gradient)
    var ignored = gradient
    var generator = Seed(3).generator()
    for entry in small.layout.entries {
      for _ in 0..<6 {
        let index = entry.offset + generator.integer(below: entry.count)
        let kept = parameters.values[index]
        let h = 1e-6
        parameters.values[index] = kept + h
        let up = weightedLogits(decoder, parameters, branches, gradient: &ignored)
        parameters.values[index] = kept - h
        let down = weightedLogits(decoder, parameters, branches, gradient: &ignored)
        parameters.values[index] = kept
        let numeric = (up - down) / (2 * h)
        #expect(
          abs(numeric - gradient[index]) <= 2e-6 * max(1, abs(numeric)), "\(entry.name)[\(index)]")
      }
    }
  }

  @Test("packing a prompt once gives the same bits as computing each response alone")
  func packingInvariance() {
    let decoder = Decoder<Float>(small)
    let weights = Weights(
      randomParameters(small, seed: 4).converted(to: Float.self), for: .inference)
    let branches = randomBranches(seed: 5)
    var packed: [[Float]] = []
    let tape = Tape<Float>()
    tape.run(weights) { tape in
      decoder.pass(branches, on: tape, differentiating: false) { _, _, logits in
        packed.append(copy(logits.span))
      }
    }
    var alone: [[Float]] = []
    for branch in branches {
      for response in branch.responses {
        tape.run(weights) { tape in
          decoder.pass(
            [Branch(prompt: branch.prompt, responses: [response])], on: tape,
            differentiating: false
          ) { _, _, logits in alone.append(copy(logits.span)) }
        }
      }
    }
    #expect(packed == alone)
  }

  @Test("the sampler's log-probabilities are the trainer's, to the bit", arguments: [0.6, 1, 1.4])
  func samplerAgreesWithTrainer(temperature: Double) {
    let decoder = Decoder<Float>(small)
    let weights = Weights(
      randomParameters(small, seed: 6).converted(to: Float.self), for: .inference)
    let prompts = randomBranches(seed: 7).map(\.prompt)
    let seeds = prompts.indices.map { p in (0..<5).map { Seed(8).derived("s", 10 * p + $0) } }
    let tape = Tape<Float>()
    let samples = tape.run(weights) {
      decoder.sample(
        prompts, seeds: seeds, temperature: temperature, ends: [0], maximumLength: 20, on: $0)
    }
    #expect(
      samples.joined().contains { $0.ended } && samples.joined().contains { $0.tokens.count > 3 })
    let branches = zip(prompts, samples).map {
      Branch(prompt: $0, responses: $1.map(\.tokens))
    }
    tape.run(weights) { tape in
      decoder.pass(branches, on: tape, differentiating: false) { branch, response, logits in
        let sample = samples[branch][response]
        _ = Rows.logSoftmax(&logits, width: 11, temperature: temperature)
        for (i, token) in sample.tokens.enumerated() {
          #expect(logits[i * 11 + token] == sample.logProbabilities[i])
        }
      }
    }
  }

  @Test("a tape asks the system for memory in its first pass only")
  func steadyState() {
    let decoder = Decoder<Double>(small)
    let weights = Weights(randomParameters(small, seed: 1), for: .training)
    let branches = randomBranches(seed: 2)
    var gradient = [Double](repeating: 0, count: small.layout.count)
    let tape = Tape<Double>()
    var counts: [Int] = []
    for _ in 0..<3 {
      tape.run(weights, addingGradientTo: &gradient) { tape in
        decoder.pass(branches, on: tape, differentiating: true) { _, _, _ in }
      }
      counts.append(tape.allocations)
    }
    #expect(counts[0] > 0 && counts[1] == counts[0] && counts[2] == counts[0])
  }

  /// The logits of one response to a prompt whose features stand at these positions.
  private func logits(positions: [Int], firstToken: Int) -> [Double] {
    let features = (0..<15).map { Float(sin(Double(3 * $0))) }
    let prompt = PromptRows(
      features: features, featureRows: 3, tokens: [4, 2], featurePositions: positions,
      firstTokenPosition: firstToken)
    let weights = Weights(randomParameters(small, seed: 4), for: .inference)
    var result: [Double] = []
    Tape<Double>().run(weights) { tape in
      Decoder<Double>(small).pass(
        [Branch(prompt: prompt, responses: [[1, 5, 3]])], on: tape, differentiating: false
      ) { _, _, logits in
        for index in 0..<logits.count { result.append(logits[index]) }
      }
    }
    return result
  }

  private func distance(_ first: [Double], _ second: [Double]) -> Double {
    zip(first, second).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
  }

  @Test("a row at another position gives other logits; all positions moved alike give the same")
  func positions() {
    let rows = logits(positions: [0, 1, 2], firstToken: 3)
    #expect(distance(rows, logits(positions: [0, 1, 1], firstToken: 3)) > 1e-3)
    #expect(distance(rows, logits(positions: [0, 1, 2], firstToken: 9)) > 1e-3)
    #expect(distance(rows, logits(positions: [20, 21, 22], firstToken: 23)) < 1e-12)
  }
}
