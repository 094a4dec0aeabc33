import Core
import Tensors
import Testing

@testable import Networks

/// A tower of two layers before a decoder of two, with changes of both and a connector that is trained.
private struct Sighted {
  let tower: VisionConfiguration
  let layout: ParameterLayout
  let decoder: Decoder<Double>
  let adapter: LowRankAdapter
  let frozen: Weights<Double>
  let input: VisionInput<Double>
  let prompt: PromptRows
  let response = [3, 9, 1]

  init() throws {
    var tower = VisionConfiguration(
      family: .idefics3, layers: 2, width: 6, heads: 3, hidden: 5, patch: 2, activation: .tanhGELU)
    (tower.side, tower.merge) = (4, 2)
    self.tower = tower
    let shape = DecoderConfiguration(
      vocabularySize: 11, layers: 2, width: 10, heads: 4, keyValueHeads: 2, headWidth: 6, hidden: 7,
      features: tower.merged, positions: 32)
    decoder = Decoder(shape)
    var layout = shape.layout
    tower.append(to: &layout)
    self.layout = layout
    var dice = Seed(4).generator()
    func draws(_ count: Int) -> [Double] { (0..<count).map { _ in 0.5 * dice.normal() } }
    let names = ModuleNames(
      vision: VisionNames(family: .idefics3, tower: "vision.", connector: "connector"),
      text: TextNames(body: "text.", head: "head.weight"))
    let settings = AdapterConfiguration(rank: 2, alpha: 3, targets: .allLinear)
    var adapter = LowRankAdapter(nothingOf: names, settings)
    for prefix in ["layers.", "vision.layers."] {
      try adapter.adapt(prefix, of: layout, by: settings, file: "a") { _ in Float(draws(1)[0]) }
    }
    adapter.whole = [
      WholeMatrix(
        module: "connector", rows: 10, columns: tower.merged,
        values: draws(10 * tower.merged).map { Float($0) })
    ]
    self.adapter = adapter
    var numbers = Parameters<Double>(zeros: layout)
    numbers.values = draws(layout.count)
    frozen = Weights(numbers, for: .training)
    input = VisionInput(draws(3 * 64), .tiles(count: 1, height: 8, width: 8))
    prompt = PromptRows(tokens: [5, 0, 0, 0, 0, 7], places: [1, 2, 3, 4])
  }

  /// Trained numbers with random ones in place of B.
  var start: Parameters<Double> {
    var dice = Seed(6).generator()
    var result: Parameters<Double> = adapter.parameters()
    for index in result.values.indices { result.values[index] += 0.3 * dice.normal() }
    return result
  }

  private func weights(_ trained: Parameters<Double>) -> AdapterWeights<Double> {
    adapter.weights(trained, beside: layout, for: .training)
  }

  /// The loss, all on one tape.
  func loss(_ trained: Parameters<Double>, _ gradient: inout [Double]) throws -> Double {
    let eyes = VisionTower<Double>(tower, in: layout)
    return try Tape<Double>().run(frozen, adapters: weights(trained), addingGradientTo: &gradient) {
      tape in
      let squares = try eyes.squares(input, on: tape)
      let connector = try #require(decoder.featureProjection)
      return pass(prompt, pictures: tape.linear(squares, connector), features: nil, on: tape)
    }
  }

  /// The same loss as students compute it: the decoder first, then the tower once more.
  func lossInTurn(_ trained: Parameters<Double>, _ gradient: inout [Double]) throws -> Double {
    let eyes = VisionTower<Double>(tower, in: layout)
    let adapters = weights(trained)
    var shown = prompt
    shown.features = try Tape<Double>().run(frozen, adapters: adapters) { tape in
      tape.values(try eyes.squares(input, on: tape)).map { Float($0) }
    }
    let slopes = GradientSink<Double>()
    let tape = Tape<Double>()
    let loss = tape.run(frozen, adapters: adapters, addingGradientTo: &gradient) { tape in
      pass(shown, pictures: nil, features: slopes, on: tape)
    }
    try tape.run(frozen, adapters: adapters, addingGradientTo: &gradient) { tape in
      try eyes.differentiate(input, slopes: slopes.values[...], on: tape)
    }
    return loss
  }

  private func pass(
    _ prompt: PromptRows, pictures: Variable?, features: GradientSink<Double>?,
    on tape: Tape<Double>
  ) -> Double {
    var loss = 0.0
    let branch = Branch(prompt: prompt, responses: [response])
    decoder.pass(
      [branch], on: tape, differentiating: true, features: features, pictures: pictures
    ) { _, _, logits in
      _ = Rows.logSoftmax(&logits, width: 11, temperature: 1)
      for (position, token) in response.enumerated() {
        loss -= logits[position * 11 + token]
        for index in 0..<11 {
          let place = position * 11 + index
          logits[place] = Double.exponential(logits[place]) - (index == token ? 1 : 0)
        }
      }
    }
    return loss
  }
}

@Suite("Changes of a model with pictures")
struct PictureAdapterTests {
  @Test("have the gradient of central differences, in decoder, connector and tower")
  func gradients() throws {
    let model = try Sighted()
    let start = model.start
    var gradient = [Double](repeating: 0, count: start.values.count)
    _ = try model.loss(start, &gradient)
    var dropped = gradient
    let step = 1e-6
    for entry in start.layout.entries {
      for index in [entry.offset, entry.offset + entry.count / 2, entry.offset + entry.count - 1] {
        var (above, below) = (start, start)
        above.values[index] += step
        below.values[index] -= step
        let slope = try (model.loss(above, &dropped) - model.loss(below, &dropped)) / (2 * step)
        #expect(abs(slope - gradient[index]) < 1e-7 * max(1, abs(slope)), "\(entry.name)")
      }
      let own = gradient[entry.offset..<entry.offset + entry.count]
      #expect(own.contains { abs($0) > 1e-6 }, "\(entry.name)")
    }
  }

  @Test("have that gradient too where the tower runs once more, a tile after another")
  func inTurn() throws {
    let model = try Sighted()
    var together = [Double](repeating: 0, count: model.start.values.count)
    var inTurn = together
    let whole = try model.loss(model.start, &together)
    #expect(abs(try model.lossInTurn(model.start, &inTurn) - whole) < 1e-5)
    // Rows of features are in single precision on their way.
    for (one, other) in zip(together, inTurn) {
      #expect(abs(one - other) < 1e-5 * max(1, abs(one)))
    }
  }

  @Test("at first are none, and end as a model of the same shape")
  func merged() throws {
    let model = try Sighted()
    var parameters = Parameters<Double>(zeros: model.layout)
    model.adapter.merge(into: &parameters)
    let changed = model.layout.entries.filter { entry in
      parameters[entry.name].contains { $0 != 0 }
    }
    #expect(changed.map(\.name) == ["features"])
    #expect(parameters["features"].map { Float($0) } == model.adapter.whole[0].values)
    var adapter = model.adapter
    adapter.update(model.start.converted(to: Float.self))
    adapter.merge(into: &parameters)
    let names = model.layout.entries.filter { entry in
      parameters[entry.name].contains { $0 != 0 }
    }.map(\.name)
    #expect(names.count == 1 + 2 * 5 + 2 * 5, "\(names)")
  }

  @Test("are of no model whose rows pass more than one matrix")
  func families() throws {
    let error = VisionError.untrained(family: "qwen2-vl")
    #expect(error.description.contains("is not trained here. Train a model of family idefics3"))
  }
}
