import Core
import Tensors
import Testing

@testable import Networks

/// Everything that a plain decoder has not, at once, with odd shapes.
private let varied: DecoderConfiguration = {
  var variations = DecoderVariations()
  variations.hasBiases = true
  variations.hasHeadNorms = true
  variations.hasOwnOutput = true
  variations.rotaryScaling = .yarn(
    .init(factor: 2, original: 8, fast: 4, slow: 1, magnitude: 1.1, isTruncated: true))
  variations.slidingWindow = 5
  variations.slidingLayers = [1]
  return DecoderConfiguration(
    vocabularySize: 11, layers: 3, width: 10, heads: 4, keyValueHeads: 2, headWidth: 6, hidden: 7,
    positions: 96, variations: variations)
}()

/// A decoder whose prompts are read as a whole.
private let prefixed: DecoderConfiguration = {
  var variations = DecoderVariations()
  variations.hasBiases = true
  variations.hasPrefixAttention = true
  return DecoderConfiguration(
    vocabularySize: 11, layers: 3, width: 10, heads: 4, keyValueHeads: 2, headWidth: 6, hidden: 7,
    positions: 96, variations: variations)
}()

/// A decoder whose answers point at frames, read as a whole.
private let pointing: DecoderConfiguration = {
  var shape = prefixed
  shape.variations?.hasPointers = true
  shape.features = 5
  return shape
}()

private func random(_ shape: DecoderConfiguration, seed: UInt64) -> Parameters<Double> {
  var generator = Seed(seed).generator()
  var parameters = Parameters<Double>(zeros: shape.layout)
  for i in parameters.values.indices { parameters.values[i] = 0.4 * generator.normal() }
  return parameters
}

private func branches(seed: UInt64) -> [Branch] {
  var generator = Seed(seed).generator()
  func tokens(_ count: Int) -> [Token] { (0..<count).map { _ in generator.integer(below: 11) } }
  return [
    Branch(prompt: PromptRows(tokens: tokens(3)), responses: [tokens(4), tokens(1), tokens(9)]),
    Branch(prompt: PromptRows(tokens: tokens(37)), responses: [tokens(3)]),
    Branch(prompt: PromptRows(tokens: tokens(16)), responses: [tokens(2), tokens(17)]),
  ]
}

/// Prompts of five features a row; the first words lie between frames or are stretches of them, one lies nowhere.
private func pointed(seed: UInt64) -> [Branch] {
  var generator = Seed(seed).generator()
  return branches(seed: seed).enumerated().map { index, branch in
    var branch = branch
    let rows = 3 + 4 * index
    branch.prompt = PromptRows(
      features: (0..<5 * rows).map { _ in Float(generator.normal()) }, featureRows: rows,
      tokens: branch.prompt.tokens)
    // The first row is no frame, and frames are shown in disorder.
    branch.prompt.targets.order = Array((1..<rows).reversed())
    branch.prompt.targets.places =
      [.init(before: nil, after: 1), .init(before: nil, after: nil)]
      + (2..<5).map { .init(before: min($0, rows) - 1, after: $0 < rows ? $0 : nil) }
      + [
        .init(before: 1, after: rows - 1, inside: 0..<rows - 1),
        .init(before: 1, after: 1, inside: 1..<2),
      ]
    return branch
  }
}

private func logits<Scalar: Real>(
  _ shape: DecoderConfiguration, _ parameters: Parameters<Scalar>, _ branches: [Branch]
) -> [[Scalar]] {
  var result: [[Scalar]] = []
  Tape<Scalar>().run(Weights(parameters, for: .inference)) { tape in
    Decoder<Scalar>(shape).pass(branches, on: tape, differentiating: false) { _, _, logits in
      result.append((0..<logits.count).map { logits[$0] })
    }
  }
  return result
}

/// Σ w·logit with fixed pseudo-random w, and its gradient.
private func weighted(
  _ shape: DecoderConfiguration, _ parameters: Parameters<Double>, _ branches: [Branch],
  gradient: inout [Double]
) -> Double {
  var value = 0.0
  Tape<Double>().run(Weights(parameters, for: .training), addingGradientTo: &gradient) { tape in
    Decoder<Double>(shape).pass(branches, on: tape, differentiating: true) {
      branch, response, logits in
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

extension [Branch] {
  /// Each prompt with its first response alone.
  fileprivate var firstResponses: [Branch] {
    map { Branch(prompt: $0.prompt, responses: [$0.responses[0]]) }
  }
}

@Suite("A decoder with biases, head norms, windows, whole prompts and an output of its own")
struct VariationTests {
  @Test(
    "has gradients that agree with central differences in Double",
    arguments: [varied, prefixed, pointing])
  func gradients(shape: DecoderConfiguration) {
    var parameters = random(shape, seed: 1)
    let branches = shape.features > 0 ? pointed(seed: 2) : branches(seed: 2)
    var gradient = [Double](repeating: 0, count: shape.layout.count)
    _ = weighted(shape, parameters, branches, gradient: &gradient)
    var ignored = gradient
    var generator = Seed(3).generator()
    for entry in shape.layout.entries {
      for _ in 0..<4 {
        let index = entry.offset + generator.integer(below: entry.count)
        let kept = parameters.values[index]
        parameters.values[index] = kept + 1e-6
        let up = weighted(shape, parameters, branches, gradient: &ignored)
        parameters.values[index] = kept - 1e-6
        let down = weighted(shape, parameters, branches, gradient: &ignored)
        parameters.values[index] = kept
        let numeric = (up - down) / 2e-6
        #expect(
          abs(numeric - gradient[index]) <= 5e-6 * max(1, abs(numeric)), "\(entry.name)[\(index)]")
      }
    }
  }

  @Test(
    "reads a prompt as its twin in plain loops does, causal or whole", arguments: [false, true])
  func twin(isWhole: Bool) {
    var shape = prefixed
    shape.variations?.hasPrefixAttention = isWhole ? true : nil
    let parameters = random(shape, seed: 12)
    let twin = VisionTwin(
      shape: VisionConfiguration(
        family: .siglip, layers: 1, width: 8, heads: 2, hidden: 8, patch: 2, activation: .gelu),
      parameters: parameters)
    let embedding = parameters["embedding"]
    for (branch, rows) in zip(
      branches(seed: 13), logits(shape, parameters, branches(seed: 13).firstResponses))
    {
      let prompt = branch.prompt.tokens
      let input = (prompt + branch.responses[0].dropLast()).map {
        Array(embedding[$0 * 10..<($0 + 1) * 10])
      }
      let expected = twin.logits(
        shape, input, input.indices.map { RotarySpot(text: $0) }, prefix: isWhole ? prompt.count : 0
      )
      let last = expected.suffix(branch.responses[0].count).joined()
      #expect(zip(rows, last).allSatisfy { abs($0 - $1) < 1e-11 })
    }
  }

  @Test(
    "gives a response the same bits alone and packed, sampled and scored",
    arguments: [varied, prefixed, pointing])
  func bits(shape: DecoderConfiguration) {
    let parameters = random(shape, seed: 4).converted(to: Float.self)
    let branches = shape.features > 0 ? pointed(seed: 5) : branches(seed: 5)
    let alone = branches.flatMap { branch in
      branch.responses.flatMap {
        logits(shape, parameters, [Branch(prompt: branch.prompt, responses: [$0])])
      }
    }
    #expect(logits(shape, parameters, branches) == alone)
    let seeds = branches.indices.map { p in (0..<3).map { Seed(8).derived("s", 10 * p + $0) } }
    let samples = Tape<Float>().run(Weights(parameters, for: .inference)) {
      Decoder<Float>(shape).sample(
        branches.map(\.prompt), seeds: seeds, temperature: 1, ends: [], maximumLength: 20, on: $0)
    }
    let grown = zip(branches, samples).map {
      Branch(prompt: $0.prompt, responses: $1.map(\.tokens))
    }
    for (rows, sample) in zip(logits(shape, parameters, grown), samples.joined()) {
      var rows = rows
      var span = rows.mutableSpan
      _ = Rows.logSoftmax(&span, width: 11, temperature: 1)
      let own = sample.tokens.enumerated().map { rows[$0.offset * 11 + $0.element] }
      #expect(own == sample.logProbabilities)
    }
  }

  @Test("has for the logit of a time or a stretch how well its frames fit, as plain loops do")
  func pointers() {
    let parameters = random(pointing, seed: 21)
    var named = pointing
    named.variations?.hasPointers = nil
    var plain = Parameters<Double>(zeros: named.layout)
    for entry in named.layout.entries { plain[entry.name] = parameters[entry.name] }
    let branches = pointed(seed: 22)
    let found = logits(pointing, parameters, branches)
    let names = logits(named, plain, branches)
    var next = 0
    for branch in branches {
      let rows = hidden(branch.prompt, named, plain)
      for response in branch.responses {
        let asking = hidden(branch.prompt, named, plain, response: response).suffix(response.count)
        for (row, h) in asking.enumerated() {
          for token in 0..<11 {
            let targets = branch.prompt.targets
            let place = targets.places.indices.contains(token) ? targets.places[token] : nil
            let fit =
              score(h, place?.before.map { rows[$0] }, parameters["pointers"], 0)
              + score(h, place?.after.map { rows[$0] }, parameters["pointers"], 10)
              + (place?.inside ?? 0..<0).reduce(0) {
                $0 + score(h, rows[targets.order[$1]], parameters["pointers"], 20)
              }
            let isPointed = place.map { $0.before != nil || $0.after != nil } ?? false
            let expected = isPointed ? fit : names[next][row * 11 + token]
            let difference = found[next][row * 11 + token] - expected
            #expect(abs(difference) < 1e-11)
          }
        }
        next += 1
      }
    }
  }

  /// Hidden states after the last norm, one a row; of a prompt, or of it with a response but its last token.
  private func hidden(
    _ prompt: PromptRows, _ shape: DecoderConfiguration, _ parameters: Parameters<Double>,
    response: [Token] = [0]
  ) -> [[Double]] {
    let decoder = Decoder<Double>(shape)
    let batch = PackedBatch<Double>(
      [Branch(prompt: prompt, responses: [response])], firstSpot: 96, promptSight: .whole,
      readsPrompts: true)
    return Tape<Double>().run(Weights(parameters, for: .inference)) { tape in
      let values = tape.values(decoder.hidden(batch, on: tape))
      return stride(from: 0, to: values.count, by: 10).map { Array(values[$0..<$0 + 10]) }
    }
  }

  /// (W·h)·k / √d, with ten rows of W from `first` on.
  private func score(_ h: [Double], _ key: [Double]?, _ matrix: [Double], _ first: Int) -> Double {
    guard let key else { return 0 }
    var sum = 0.0
    for i in 0..<10 {
      var asked = 0.0
      for j in 0..<10 { asked += matrix[(first + i) * 10 + j] * h[j] }
      sum += asked * key[i]
    }
    return sum / 10.0.squareRoot()
  }

  /// One layer, so that what a row sees is exactly its window.
  private func sliding(_ window: Int?) -> DecoderConfiguration {
    var shape = varied
    shape.layers = 1
    shape.variations?.slidingWindow = window
    shape.variations?.slidingLayers = window == nil ? [] : [0]
    return shape
  }

  @Test("sees its window and nothing before it, across prompt and response", arguments: [1, 4, 17])
  func window(size: Int) {
    let shape = sliding(size)
    let parameters = random(shape, seed: 6)
    let branch = branches(seed: 7)[2]
    let response = branch.responses[1]
    let tokens = branch.prompt.tokens + response
    let before = logits(shape, parameters, [Branch(prompt: branch.prompt, responses: [response])])[
      0]
    for changed in [0, 9, 15, 16, 20, 30] {
      var other = tokens
      other[changed] = (other[changed] + 1) % 11
      let after = logits(
        shape, parameters,
        [Branch(prompt: PromptRows(tokens: Array(other[..<16])), responses: [Array(other[16...])])]
      )[0]
      for row in 0..<response.count {
        // Row r of the logits stands at position 15 + r.
        let sees = changed <= 15 + row && changed > 15 + row - size
        let same = before[row * 11..<row * 11 + 11] == after[row * 11..<row * 11 + 11]
        #expect(same == !sees, "row \(row), token \(changed)")
      }
    }
  }

  @Test("with a window as long as everything is one without")
  func wide() {
    let parameters = random(sliding(nil), seed: 6)
    let branches = branches(seed: 7)
    #expect(
      logits(sliding(96), parameters, branches) == logits(sliding(nil), parameters, branches))
  }
}
