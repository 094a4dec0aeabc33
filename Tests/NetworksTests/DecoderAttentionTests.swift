import Core
import Tensors
import Testing

@testable import Networks

@Suite("What an answer looks at")
struct DecoderAttentionTests {
  private let decoder = Decoder<Double>(
    DecoderConfiguration(
      vocabularySize: 11, layers: 3, width: 10, heads: 4, keyValueHeads: 2, headWidth: 6, hidden: 7,
      features: 5, positions: 64))

  private func looks(
    _ prompt: PromptRows, _ answer: [Token], queries: Double
  ) -> [[[Double]]] {
    var parameters = Parameters<Double>(zeros: decoder.configuration.layout)
    var generator = Seed(3).generator()
    for entry in decoder.configuration.layout.entries {
      let factor = entry.name.hasSuffix(".query") ? queries : 1
      for i in entry.offset..<entry.offset + entry.count {
        parameters.values[i] = factor * 0.4 * generator.normal()
      }
    }
    return Tape<Double>().run(Weights(parameters, for: .inference)) {
      decoder.attention(to: prompt, of: answer, on: $0)
    }
  }

  private var features: [Float] {
    var generator = Seed(4).generator()
    return (0..<20).map { _ in Float(generator.normal()) }
  }

  @Test("is everything alike where queries ask for nothing: 1 over the rows that a token sees")
  func uniform() {
    let prompt = PromptRows(features: features, featureRows: 4, tokens: [1, 2, 3])
    let looks = looks(prompt, [4, 5, 6], queries: 0)
    #expect(looks.count == 3)
    for layer in looks {
      for (token, shares) in layer.enumerated() {
        #expect(shares.count == 4)
        #expect(shares.allSatisfy { abs($0 - 1 / Double(7 + token)) < 1e-12 })
      }
    }
  }

  @Test("is the same for a beginning of an answer, layer by layer, the last one too")
  func beginnings() {
    let prompt = PromptRows(features: features, featureRows: 4, tokens: [1, 2])
    let whole = looks(prompt, [4, 5, 6], queries: 3)
    let short = looks(prompt, [4], queries: 3)
    #expect(short == whole.map { [$0[0]] })
    #expect(Set(whole.flatMap { $0[0].map { ($0 * 1e9).rounded() } }).count == 12)
  }

  @Test("follows the frames where they stand behind the question")
  func placed() {
    let before = PromptRows(
      tokens: [1, 2, 0, 0, 0, 0], places: [2, 3, 4, 5], features: features,
      spots: (0..<6).map { RotarySpot(text: $0) })
    let looks = looks(before, [4, 5], queries: 0)
    #expect(looks.allSatisfy { $0[0].allSatisfy { abs($0 - 1.0 / 6) < 1e-12 } })
  }
}
