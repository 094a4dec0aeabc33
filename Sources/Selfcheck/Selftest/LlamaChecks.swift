internal import Networks
internal import Foundation
internal import Core
internal import Storage
internal import Tensors

/// Compares the decoder with a Llama checkpoint that another library wrote, in Double.
enum LlamaChecks {
  /// The reference library computes norms and rotary angles in 32 bits even where the rest is in 64, so it agrees with exact
  /// arithmetic to about 2e-7 and no closer.
  private static let tolerance = 1e-6

  private struct Golden: Decodable {
    struct Gradient: Decodable {
      var shape: [Int]
      var sum: Double
      var norm: Double
      var first16: [Double]
    }
    var input_ids: [[Int]]
    var logits: [[[Double]]]
    var next_token_loss: Double
    var gradients: [String: Gradient]
  }

  private struct Greedy: Decodable {
    var prompt: [[Int]]
    var generated: [[Int]]
  }

  static func run(folder: String) throws -> [Check] {
    guard let json = FileManager.default.contents(atPath: folder + "/config.json") else {
      throw GoldenFolderError.unreadable(folder + "/config.json", "it cannot be opened")
    }
    let configuration = try LlamaCheckpoint.configuration(json: Array(json))
    let file = try SafetensorsFile.read(folder + "/model.safetensors")
    let parameters = try LlamaCheckpoint.parameters(file.tensors, configuration)
    let golden = try GoldenChecks.decode(folder + "/golden.json", as: Golden.self)
    let greedy = try GoldenChecks.decode(folder + "/greedy.json", as: Greedy.self)
    let written = LlamaCheckpoint.tensors(parameters, configuration)
    let roundTrip = written.allSatisfy { file[$0.name]?.values == $0.values }
    return forward(configuration, parameters, golden) + [
      continuation(configuration, parameters, greedy),
      Check("llama/safetensors round trip", error: roundTrip ? 0 : .infinity, tolerance: 0),
      Check(
        "llama/has gradients", error: golden.gradients.isEmpty ? .infinity : 0, tolerance: 0),
    ]
  }

  /// The first token is the prompt and the rest the response: every position but the last predicts the next token.
  private static func forward(
    _ configuration: DecoderConfiguration, _ parameters: Parameters<Float>, _ golden: Golden
  ) -> [Check] {
    let decoder = Decoder<Double>(configuration)
    let weights = Weights(parameters.converted(to: Double.self), for: .training)
    let width = configuration.vocabularySize
    var gradient = [Double](repeating: 0, count: configuration.layout.count)
    var logitError = WorstError()
    var loss = 0.0
    let branches = golden.input_ids.map {
      Branch(prompt: PromptRows(tokens: [$0[0]]), responses: [Array($0.dropFirst())])
    }
    let count = branches.reduce(0) { $0 + $1.responses[0].count }
    Tape<Double>().run(weights, addingGradientTo: &gradient) { tape in
      decoder.pass(branches, on: tape, differentiating: true) { branch, _, logits in
        // The last position's logits predict nothing here.
        let expected = golden.logits.dropFirst(branch).first.map { Array($0.joined()) } ?? []
        let own = (0..<logits.count).map { logits[$0] }
        logitError.note(Check.distance(own, Array(expected.prefix(own.count))))
        _ = Rows.logSoftmax(&logits, width: width, temperature: 1)
        for (position, token) in branches[branch].responses[0].enumerated() {
          loss -= logits[position * width + token] / Double(count)
        }
        for index in 0..<logits.count {
          let isTaken = branches[branch].responses[0][index / width] == index % width
          logits[index] = (exp(logits[index]) - (isTaken ? 1 : 0)) / Double(count)
        }
      }
    }
    var total = Parameters<Double>(zeros: configuration.layout)
    total.values = gradient
    return [
      Check("llama/logits", error: logitError.value, tolerance: tolerance),
      Check(
        "llama/next_token_loss", error: (loss - golden.next_token_loss).magnitude,
        tolerance: tolerance),
    ] + gradients(total, configuration, golden)
  }

  private static func gradients(
    _ total: Parameters<Double>, _ configuration: DecoderConfiguration, _ golden: Golden
  ) -> [Check] {
    golden.gradients.sorted { $0.key < $1.key }.map { name, reference in
      guard let values = tensor(name, in: total, configuration) else {
        return Check(unsupported: "llama/gradient of \(name)")
      }
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let error = WorstError.of([
        Check.distance(Array(values.prefix(16)), reference.first16),
        (values.reduce(0, +) - reference.sum).magnitude, (norm - reference.norm).magnitude,
      ])
      return Check("llama/gradient of \(name)", error: error, tolerance: tolerance)
    }
  }

  /// The part of a parameter that a checkpoint calls `name`, in Double.
  private static func tensor(
    _ name: String, in total: Parameters<Double>, _ configuration: DecoderConfiguration
  ) -> [Double]? {
    for entry in configuration.layout.entries {
      let sources = LlamaCheckpoint.sources(entry.name)
      guard let place = sources.firstIndex(of: name) else { continue }
      // Keys and values, gate and up are equal parts of their tensor.
      let share = entry.count / sources.count
      return Array(total[entry.name][place * share..<(place + 1) * share])
    }
    return nil
  }

  private static func continuation(
    _ configuration: DecoderConfiguration, _ parameters: Parameters<Float>, _ greedy: Greedy
  ) -> Check {
    let decoder = Decoder<Float>(configuration)
    guard let first = greedy.generated.first, greedy.generated.count == greedy.prompt.count,
      let prompt = greedy.prompt.first, first.count > prompt.count
    else { return Check("llama/greedy continuation", error: .infinity, tolerance: 0) }
    let length = first.count - prompt.count
    let samples = Tape<Float>().run(Weights(parameters, for: .inference)) { tape in
      decoder.sample(
        greedy.prompt.map { PromptRows(tokens: $0) }, seeds: greedy.prompt.map { _ in [Seed(0)] },
        temperature: 0, ends: [], maximumLength: length, on: tape)
    }
    let agrees = zip(zip(greedy.prompt, samples), greedy.generated).allSatisfy { pair, expected in
      pair.0 + pair.1[0].tokens == expected
    }
    return Check("llama/greedy continuation", error: agrees ? 0 : .infinity, tolerance: 0)
  }
}
