import Core
import Tensors
import Testing

@testable import Networks

private func tower(_ family: VisionConfiguration.Family) -> VisionConfiguration {
  let isLearned = family.hasLearnedPositions
  var result = VisionConfiguration(
    family: family, layers: 2, width: isLearned ? 12 : 16, heads: isLearned ? 3 : 2, hidden: 7,
    patch: 2, activation: .quickGELU)
  switch family {
  case .siglip:
    result.activation = .gelu
    result.side = 3
    result.pools = true
  case .clip:
    result.side = 3
    result.pools = true
    result.projection = 5
  case .idefics3:
    result.activation = .tanhGELU
    result.side = 4
    result.merge = 2
    result.outputs = 10
  case .qwen2:
    (result.frames, result.merge, result.outputs) = (2, 2, 10)
  case .qwen25:
    result.activation = .silu
    (result.frames, result.merge, result.outputs) = (2, 2, 10)
    result.window = 2
    result.fullLayers = [1]
  }
  return result
}

/// A picture whose squares fill no whole number of regions, and a video.
private let grids = [
  PatchGrid(time: 1, rows: 6, columns: 10), PatchGrid(time: 2, rows: 4, columns: 2),
]

private func inputLayout(
  _ shape: VisionConfiguration, _ family: VisionConfiguration.Family
) -> VisionInputLayout {
  switch family {
  case .siglip, .clip: .tiles(count: 2, height: 6, width: 6)
  case .idefics3: .tiles(count: 2, height: 8, width: 12)
  case .qwen2, .qwen25: .patches(grids)
  }
}

private func count(_ layout: VisionInputLayout, _ shape: VisionConfiguration) -> Int {
  switch layout {
  case .tiles(let count, let height, let width): count * 3 * height * width
  case .patches(let grids): grids.reduce(0) { $0 + $1.count } * shape.patchNumbers
  }
}

private func random(_ count: Int, seed: UInt64, scale: Double = 0.5) -> [Double] {
  var generator = Seed(seed).generator()
  return (0..<count).map { _ in scale * generator.normal() }
}

private func random(_ layout: ParameterLayout, seed: UInt64) -> Parameters<Double> {
  var result = Parameters<Double>(zeros: layout)
  result.values = random(layout.count, seed: seed)
  return result
}

/// What a tower gives in the end: pooled rows, or rows of a decoder.
private func output(
  _ shape: VisionConfiguration, _ input: VisionInput<Double>, _ layout: ParameterLayout,
  on tape: Tape<Double>
) throws -> Variable {
  let tower = VisionTower<Double>(shape, in: layout)
  let hidden = try tower.hidden(input, on: tape)
  return shape.pools
    ? tower.pooled(hidden, tiles: 2, on: tape) : try tower.rows(hidden, input.layout, on: tape)
}

/// Σ w·output with fixed pseudo-random w, and its gradient.
private func weighted(
  _ shape: VisionConfiguration, _ parameters: Parameters<Double>, _ input: VisionInput<Double>,
  gradient: inout [Double]
) throws -> Double {
  var value = 0.0
  try Tape<Double>().run(Weights(parameters, for: .training), addingGradientTo: &gradient) { tape in
    let result = try output(shape, input, parameters.layout, on: tape)
    let weights = random(result.rows * result.columns, seed: 77)
    tape.withValues(result) { span in
      for i in 0..<span.count {
        value += weights[i] * span[i]
        span[i] = weights[i]
      }
    }
    tape.backward(from: result)
  }
  return value
}

private func largest(_ own: [Double], _ expected: [[Double]]) -> Double {
  let all = Array(expected.joined())
  guard own.count == all.count else { return .infinity }
  return zip(own, all).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

@Suite("A tower that reads pictures")
struct VisionTests {
  private static let families: [VisionConfiguration.Family] = [
    .siglip, .clip, .idefics3, .qwen2, .qwen25,
  ]

  private struct Case {
    let shape: VisionConfiguration
    let parameters: Parameters<Double>
    let input: VisionInput<Double>
    var twin: VisionTwin { VisionTwin(shape: shape, parameters: parameters) }

    init(_ family: VisionConfiguration.Family) {
      shape = tower(family)
      var layout = ParameterLayout()
      shape.append(to: &layout)
      parameters = random(layout, seed: 5)
      let own = inputLayout(shape, family)
      input = VisionInput(random(count(own, shape), seed: 6, scale: 1), own)
    }
  }

  @Test("equals its twin in plain loops", arguments: families)
  func twin(family: VisionConfiguration.Family) throws {
    let own = Case(family)
    let values = try Tape<Double>().run(Weights(own.parameters, for: .inference)) { tape in
      tape.values(try output(own.shape, own.input, own.parameters.layout, on: tape))
    }
    let expected: [[Double]]
    switch family {
    case .siglip:
      let hidden = own.twin.tiles(own.input.values, count: 2, height: 6, width: 6) { $0 * 3 + $1 }
      expected = own.twin.pooled(hidden, length: 9)
    case .clip:
      let hidden = own.twin.tiles(own.input.values, count: 2, height: 6, width: 6) {
        1 + $0 * 3 + $1
      }
      expected = own.twin.projected(hidden, length: 10)
    case .idefics3:
      // Six patches among four places: 0, 1/6, … 5/6 begin in these quarters.
      let places = [0, 0, 1, 2, 2, 3]
      let hidden = own.twin.tiles(own.input.values, count: 2, height: 8, width: 12) {
        $0 * 4 + places[$1]
      }
      expected = own.twin.connected(hidden, count: 2, high: 4, wide: 6)
    case .qwen2, .qwen25: expected = own.twin.patches(own.input.values, grids)
    }
    #expect(largest(values, expected) < 1e-12)
  }

  @Test("has gradients that agree with central differences in Double", arguments: families)
  func gradients(family: VisionConfiguration.Family) throws {
    let own = Case(family)
    var parameters = own.parameters
    var gradient = [Double](repeating: 0, count: parameters.layout.count)
    _ = try weighted(own.shape, parameters, own.input, gradient: &gradient)
    var ignored = gradient
    var generator = Seed(3).generator()
    for entry in parameters.layout.entries {
      for _ in 0..<2 {
        let index = entry.offset + generator.integer(below: entry.count)
        let kept = parameters.values[index]
        parameters.values[index] = kept + 1e-6
        let up = try weighted(own.shape, parameters, own.input, gradient: &ignored)
        parameters.values[index] = kept - 1e-6
        let down = try weighted(own.shape, parameters, own.input, gradient: &ignored)
        parameters.values[index] = kept
        let numeric = (up - down) / 2e-6
        #expect(
          abs(numeric - gradient[index]) < 1e-6 * max(1, abs(numeric)),
          "\(entry.name): \(numeric) \(gradient[index])")
      }
    }
  }

  @Test("gives the same numbers whether a pass keeps its steps or not", arguments: families)
  func transient(family: VisionConfiguration.Family) throws {
    let own = Case(family)
    let weights = Weights(own.parameters, for: .training)
    let kept = try Tape<Double>().run(weights) { tape in
      tape.values(try output(own.shape, own.input, own.parameters.layout, on: tape))
    }
    var gradient = [Double](repeating: 0, count: own.parameters.layout.count)
    let other = try Tape<Double>().run(weights, addingGradientTo: &gradient) { tape in
      tape.values(try output(own.shape, own.input, own.parameters.layout, on: tape))
    }
    #expect(kept == other)
  }

  @Test("refuses numbers and sizes that it was not made for")
  func refusals() {
    let own = Case(.siglip)
    let tower = VisionTower<Double>(own.shape, in: own.parameters.layout)
    let weights = Weights(own.parameters, for: .inference)
    func read(_ count: Int, _ layout: VisionInputLayout) throws {
      _ = try Tape<Double>().run(weights) { tape in
        try tower.hidden(VisionInput([Double](repeating: 0, count: count), layout), on: tape)
      }
    }
    #expect(throws: VisionError.size(height: 8, width: 6, side: 6)) {
      try read(3 * 8 * 6, .tiles(count: 1, height: 8, width: 6))
    }
    #expect(throws: VisionError.count(5, expected: 108)) {
      try read(5, .tiles(count: 1, height: 6, width: 6))
    }
    #expect(throws: VisionError.layout("siglip")) {
      try read(48, .patches([PatchGrid(time: 1, rows: 2, columns: 2)]))
    }
  }

  @Test("counts places as the published single-precision code does")
  func places() {
    #expect(TileGrid.places(27, among: 27) == Array(0..<27))
    #expect(TileGrid.places(32, among: 32) == Array(0..<32))
    // Where 1/25 is rounded, five places come twice.
    #expect(
      TileGrid.places(25, among: 25)
        == [
          0, 1, 2, 3, 4, 4, 6, 7, 8, 8, 9, 10, 11, 12, 14, 14, 16, 17, 17, 19, 19, 21, 22, 22, 24,
        ])
  }
}

@Suite("A decoder that reads rows of pictures")
struct PictureDecoderTests {
  /// Biases of Qwen 2 and head norms of Qwen 3, with three axes.
  private static let decoder: DecoderConfiguration = {
    var variations = DecoderVariations()
    variations.hasBiases = true
    variations.hasHeadNorms = true
    variations.hasOwnOutput = true
    variations.rotaryAxes = [0, 1, 1, 2]
    return DecoderConfiguration(
      vocabularySize: 11, layers: 2, width: 10, heads: 4, keyValueHeads: 2, headWidth: 8,
      hidden: 7, positions: 64, variations: variations)
  }()

  /// Two words, a picture of 3 × 5 rows, a word, a video of two steps of 2 × 1, two words.
  private static let tokens =
    [1, 2] + [Token](repeating: 9, count: 15) + [3] + [Token](repeating: 10, count: 4) + [4, 5]

  private let shape = tower(.qwen25)

  private func positions(
    _ continuation: PicturePositions.Continuation = .largest
  ) throws -> PicturePositions {
    try PicturePositions(
      Self.tokens, placeholders: [9, 10],
      blocks: [.init(grids[0]), .init(grids[1], interval: 7.5)], merge: 2,
      continuation: continuation)
  }

  private func prompt() throws -> PromptRows {
    let positions = try positions()
    return PromptRows(
      tokens: Self.tokens, places: Self.tokens.indices.filter { Self.tokens[$0] > 8 },
      spots: positions.spots, responsePosition: positions.next)
  }

  private var parameters: Parameters<Double> {
    var layout = Self.decoder.layout
    shape.append(to: &layout)
    return random(layout, seed: 11)
  }

  private var input: VisionInput<Double> {
    VisionInput(
      random(grids.reduce(0) { $0 + $1.count } * shape.patchNumbers, seed: 6, scale: 1),
      .patches(grids))
  }

  @Test("equals its twin in plain loops, tower included")
  func twin() throws {
    let parameters = parameters
    let twin = VisionTwin(shape: shape, parameters: parameters)
    let prompt = try prompt()
    let response = [7, 0, 6]
    var rows = twin.patches(input.values, grids)[...]
    let embedding = parameters["embedding"]
    let read = (Self.tokens + response.dropLast()).map { token -> [Double] in
      token > 8 ? rows.removeFirst() : Array(embedding[token * 10..<(token + 1) * 10])
    }
    let next = try positions().next
    let spots = prompt.spots + [RotarySpot(text: next), RotarySpot(text: next + 1)]
    let expected = twin.logits(Self.decoder, read, spots).suffix(3)
    var own: [Double] = []
    try Tape<Double>().run(Weights(parameters, for: .inference)) { tape in
      let tower = VisionTower<Double>(shape, in: parameters.layout)
      let hidden = try tower.hidden(input, on: tape)
      let rows = try tower.rows(hidden, input.layout, on: tape)
      Decoder<Double>(Self.decoder).pass(
        [Branch(prompt: prompt, responses: [response])], on: tape, differentiating: false,
        pictures: rows
      ) { _, _, logits in own = (0..<logits.count).map { logits[$0] } }
    }
    #expect(largest(own, Array(expected)) < 1e-11)
  }

  @Test("samples what it predicts, with rows made before")
  func sampling() throws {
    let parameters = parameters
    let decoder = Decoder<Double>(Self.decoder)
    let weights = Weights(parameters, for: .inference)
    var prompt = try prompt()
    prompt.features = try Tape<Double>().run(weights) { tape in
      let tower = VisionTower<Double>(shape, in: parameters.layout)
      let hidden = try tower.hidden(input, on: tape)
      return tape.values(try tower.rows(hidden, input.layout, on: tape)).map { Float($0) }
    }
    let sample = Tape<Double>().run(weights) { tape in
      decoder.sample(
        [prompt], seeds: [[Seed(1)]], temperature: 0, ends: [], maximumLength: 6, on: tape)
    }[0][0]
    var predicted: [Token] = []
    Tape<Double>().run(weights) { tape in
      decoder.pass(
        [Branch(prompt: prompt, responses: [sample.tokens])], on: tape, differentiating: false
      ) { _, _, logits in
        for row in 0..<6 {
          predicted.append((0..<11).max { logits[row * 11 + $0] < logits[row * 11 + $1] } ?? -1)
        }
      }
    }
    #expect(sample.tokens == predicted)
  }

  @Test("places text, pictures and videos as its source says")
  func spots() throws {
    let own = try positions()
    #expect(own.spots.prefix(3) == [.init(text: 0), .init(text: 1), .init(text: 2)])
    #expect(own.spots[16] == RotarySpot(time: 2, row: 4, column: 6))
    // The longer side of the picture is five squares.
    #expect(own.spots[17] == RotarySpot(text: 7))
    #expect(own.spots[21] == RotarySpot(time: 15, row: 9, column: 8))
    #expect(own.spots[22] == RotarySpot(text: 16) && own.next == 18)
    #expect(try positions(.side).next == 12)
  }

  @Test("refuses a prompt with another number of placeholders")
  func placeholders() {
    #expect(throws: VisionError.tokens(2, expected: 15)) {
      try PicturePositions([9, 9, 1], placeholders: [9], blocks: [.init(grids[0])], merge: 2)
    }
    #expect(throws: VisionError.tokens(15, expected: 15)) {
      try PicturePositions(
        [9, 1] + [Token](repeating: 9, count: 14), placeholders: [9], blocks: [.init(grids[0])],
        merge: 2)
    }
  }
}
