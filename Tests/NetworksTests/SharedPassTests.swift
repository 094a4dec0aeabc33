import Core
import Tensors
import Testing

@testable import Networks

@Suite("A pass on all threads", .serialized)
struct SharedPassTests {
  /// Wide enough that every step of a pass is cut.
  private var shape: DecoderConfiguration {
    var shape = DecoderConfiguration(
      vocabularySize: 1500, layers: 2, width: 160, heads: 6, keyValueHeads: 3, headWidth: 32,
      hidden: 400, features: 0, positions: 512)
    var variations = DecoderVariations()
    variations.hasBiases = true
    variations.hasHeadNorms = true
    shape.variations = variations
    return shape
  }

  private func random(_ layout: ParameterLayout) -> Parameters<Float> {
    var generator = Seed(1).generator()
    var parameters = Parameters<Float>(zeros: layout)
    for index in parameters.values.indices {
      parameters.values[index] = 0.1 * Float(generator.normal())
    }
    return parameters
  }

  private func tokens(_ count: Int, _ stream: Int) -> [Token] {
    (0..<count).map { ($0 * 7919 + stream * 104_729) % 1500 }
  }

  /// What `body` gives on 1, 2 and 4 threads, twice each.
  private func onThreads<Result>(_ body: () throws -> Result) rethrows -> [Result] {
    let kept = Parallel.threads
    defer { Parallel.threads = kept }
    return try [1, 2, 4, 4, 2].map { threads in
      Parallel.threads = threads
      return try body()
    }
  }

  @Test("over one prompt with answers has the same logits and gradients on 1, 2 and 4 threads")
  func trained() {
    let decoder = Decoder<Float>(shape)
    let weights = Weights(random(shape.layout), for: .training)
    let branch = Branch(
      prompt: PromptRows(tokens: tokens(150, 1)), responses: [tokens(40, 2), tokens(9, 3)])
    let found = onThreads {
      var values: [Float] = []
      var gradient = [Float](repeating: 0, count: shape.layout.count)
      Tape<Float>().run(weights, addingGradientTo: &gradient) { tape in
        decoder.pass([branch], on: tape, differentiating: true) { _, _, logits in
          for index in 0..<logits.count { values.append(logits[index]) }
          _ = Rows.logSoftmax(&logits, width: 1500, temperature: 1)
        }
      }
      return [values, gradient]
    }
    #expect(found[0][1].contains { $0 != 0 })
    #expect(found.allSatisfy { $0 == found[0] })
  }

  @Test("samples the same tokens with the same bits on 1, 2 and 4 threads", arguments: [1, 9])
  func sampled(answers: Int) {
    let decoder = Decoder<Float>(shape)
    let weights = Weights(random(shape.layout), for: .inference)
    let found = onThreads {
      Tape<Float>().run(weights) {
        decoder.sample(
          [PromptRows(tokens: tokens(300, 4))], seeds: [(0..<answers).map { Seed(UInt64($0)) }],
          temperature: 1, filter: SamplingFilter(topP: 0.9), ends: [], maximumLength: 12, on: $0)
      }
    }
    #expect(found.allSatisfy { $0 == found[0] })
  }

  @Test(
    "over one picture has the same bits on 1, 2 and 4 threads",
    arguments: [VisionConfiguration.Family.siglip, .idefics3])
  func looked(family: VisionConfiguration.Family) throws {
    var shape = VisionConfiguration(
      family: family, layers: 2, width: 96, heads: 3, hidden: 200, patch: 4, activation: .tanhGELU)
    shape.side = 16
    if family == .siglip {
      (shape.activation, shape.pools) = (.gelu, true)
    } else {
      (shape.merge, shape.outputs) = (2, 64)
    }
    var layout = ParameterLayout()
    shape.append(to: &layout)
    let weights = Weights(random(layout), for: .inference)
    let values: [Float] = (0..<12_288).map { index in Float(index * 7919 % 1009) / 500 - 1 }
    let tower = VisionTower<Float>(shape, in: layout)
    let found = try onThreads {
      try Tape<Float>().run(weights) { tape in
        tape.values(
          try tower.hidden(
            VisionInput(values, .tiles(count: 1, height: 64, width: 64)), on: tape))
      }
    }
    #expect(found.allSatisfy { $0 == found[0] } && found[0].allSatisfy { $0.isFinite })
  }
}
