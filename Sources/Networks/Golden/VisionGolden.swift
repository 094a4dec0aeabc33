internal import Core
internal import Foundation
internal import Storage
internal import Tensors

/// Compares image processors, towers and models with pictures with what other libraries computed from the same files.
///
/// A folder holds `images`, `preprocessing.json`, and a folder a model (config.json, safetensors, golden.json). Nothing is
/// known here about how large they are or which there are.
package enum VisionGolden {
  /// Turns a text into tokens with the tokenizer of a model's folder.
  package typealias Encode = (_ folder: String, _ text: String) throws -> [Int]

  /// All comparisons.
  ///
  /// - Parameters:
  ///   - folder: The folder of reference values.
  ///   - encode: A tokenizer: none is known here.
  /// - Returns: One result a comparison.
  /// - Throws: `StorageError` where reference values cannot be read.
  package static func check(_ folder: String, encode: Encode) throws -> [GoldenResult] {
    let models = try ModelGolden.folders(folder).filter {
      FileManager.default.fileExists(atPath: $0 + "/golden.json")
    }
    return try PictureGolden.check(folder)
      + models.flatMap { path in
        let name = "vision/" + path.split(separator: "/").suffix(1).joined()
        do {
          return try model(name, path, images: folder + "/images", encode)
        } catch let error as any ExplainedError {
          return [GoldenResult(name, isTrue: false, note: "\(error)")]
        }
      }
  }

  private static func model(
    _ name: String, _ path: String, images: String, _ encode: Encode
  ) throws -> [GoldenResult] {
    let model = try VisionModel(path)
    let parameters = model.parameters()
    let wide = parameters.converted(to: Double.self)
    switch model.configuration.vision.family {
    case .siglip, .clip:
      let golden = try GoldenTower(path)
      return try golden.compare(name, model, parameters) + golden.compare(name, model, wide)
    case .idefics3:
      return try GoldenTiles.cases(path).flatMap { key, golden in
        let name = name + "/" + key
        return try golden.prompts(name, model, images: images, encode)
          + golden.compare(name, model, parameters) + golden.compare(name, model, wide)
      } + borders(name, path)
    case .qwen2, .qwen25:
      let golden = try GoldenPatches(path)
      return try golden.positions(name, model)
        + golden.compare(name, model, parameters) + golden.compare(name, model, wide)
    }
  }

  /// The places along a side where single precision does not count one by one.
  private static func borders(_ name: String, _ path: String) throws -> [GoldenResult] {
    struct File: Decodable {
      var patches_per_side_whose_positions_are_not_0_to_n: [String: [Int]]?
    }
    let file: File = try ModelGolden.decode(path + "/golden.json")
    guard let expected = file.patches_per_side_whose_positions_are_not_0_to_n else { return [] }
    return (1...64).map { side in
      let own = TileGrid.places(side, among: side)
      return GoldenResult(
        name + "/places among \(side)", isTrue: own == expected["\(side)"] ?? Array(0..<side))
    }
  }
}

/// Reference values of a tower alone.
private struct GoldenTower {
  struct File: Decodable {
    var last_hidden_state: [[[Double]]]
    var pooler_output: [[Double]]?
    /// The same behind the matrix of a class row, in the place of `pooler_output` where there is one.
    var image_embeds: [[Double]]?
    var loss: Double
    var gradients: [String: GoldenTensor]
  }

  let file: File
  let pixels: NamedTensor

  init(_ path: String) throws {
    file = try ModelGolden.decode(path + "/golden.json")
    pixels = try NamedTensor.of("pixel_values", in: path + "/inputs.safetensors", extents: 4)
  }

  func compare<Scalar: Real>(
    _ name: String, _ model: VisionModel, _ parameters: Parameters<Scalar>
  ) throws -> [GoldenResult] {
    let name = "\(name)/\(Scalar.self)"
    let (hidden, pooled, loss, gradient) = try computed(model, parameters)
    let tolerance = GoldenTolerance.of(Scalar.self)
    return [
      GoldenResponse.logits(
        name + "/hidden states", hidden, file.last_hidden_state.flatMap { $0 }),
      GoldenResponse.logits(
        name + "/pooled", pooled, file.image_embeds ?? file.pooler_output ?? []),
      GoldenResult(
        name + "/loss", error: (loss - file.loss).magnitude, tolerance: tolerance.logits),
    ]
      + file.gradients.sorted { $0.key < $1.key }.map { tensor, expected in
        let own = model.tensor(tensor, in: gradient)
        return GoldenResult(
          "\(name)/gradient of \(tensor)", error: own.map { expected.distance($0) } ?? .infinity,
          tolerance: tolerance.gradients)
      }
  }

  private func computed<Scalar: Real>(
    _ model: VisionModel, _ parameters: Parameters<Scalar>
  ) throws -> (
    hidden: [Scalar], pooled: [Scalar], loss: Double, gradient: Parameters<Scalar>
  ) {
    let tower = VisionTower<Scalar>(model.configuration.vision, in: model.layout)
    let input = pixels.tiles(Scalar.self)
    let weights = Weights(parameters, for: .training)
    var gradient = Parameters<Scalar>(zeros: model.layout)
    var sums = gradient.values
    var loss = 0.0
    // The loss reads two values, and a backward pass begins at one: there are two.
    let hidden = try Tape<Scalar>().run(weights, addingGradientTo: &sums) { tape in
      let hidden = try tower.hidden(input, on: tape)
      return Self.square(hidden, &loss, on: tape)
    }
    let pooled = try Tape<Scalar>().run(weights, addingGradientTo: &sums) { tape in
      let hidden = try tower.hidden(input, on: tape)
      return Self.square(
        tower.pooled(hidden, tiles: pixels.shape[0], on: tape), &loss, on: tape)
    }
    gradient.values = sums
    return (hidden, pooled, loss, gradient)
  }

  /// Adds the mean of the squares to the loss and goes back from it; returns the values.
  private static func square<Scalar: Real>(
    _ variable: Variable, _ loss: inout Double, on tape: Tape<Scalar>
  ) -> [Scalar] {
    let values = tape.values(variable)
    loss += values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
    tape.withValues(variable) { span in
      for i in 0..<span.count { span[i] = 2 * values[i] / Scalar(values.count) }
    }
    tape.backward(from: variable)
    return values
  }
}

extension NamedTensor {
  /// A tensor of a file with so many extents, none of them 0.
  ///
  /// - Throws: `CheckpointError` where there is none.
  static func of(_ name: String, in path: String, extents: Int) throws -> NamedTensor {
    guard let tensor = try SafetensorsFile.read(path)[name] else {
      throw CheckpointError.missingTensor(name, file: path)
    }
    guard tensor.shape.count == extents, !tensor.values.isEmpty else {
      throw CheckpointError.shape(
        name, expected: [Int](repeating: 1, count: extents), received: tensor.shape, file: path)
    }
    return tensor
  }

  /// The last four extents as tiles.
  func tiles<Scalar: Real>(_: Scalar.Type) -> VisionInput<Scalar> {
    let height = shape[shape.count - 2]
    let width = shape[shape.count - 1]
    let count = shape.dropLast(3).reduce(1, *)
    return VisionInput(
      values.map { Scalar($0) }, .tiles(count: count, height: height, width: width))
  }
}
