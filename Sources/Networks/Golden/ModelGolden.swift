internal import Core
internal import Foundation
internal import Storage
internal import Tensors

/// Compares models, GGUF files and adapters with what other libraries computed from the same files.
///
/// A folder holds `models/*` (config.json, config.hub.json, safetensors, golden.json), `gguf` (files and one golden.json) and
/// `lora/*`. Nothing is known here about how large the models are or which there are.
package enum ModelGolden {
  /// All comparisons.
  ///
  /// - Parameter folder: The folder of reference values.
  /// - Returns: One result a comparison.
  /// - Throws: `StorageError` where reference values cannot be read.
  package static func check(folder: String) throws -> [GoldenResult] {
    try models(folder) + gguf(folder + "/gguf") + adapters(folder)
  }

  /// Every model folder, in Double and in Float.
  package static func models(_ folder: String) throws -> [GoldenResult] {
    try folders(folder + "/models").flatMap { path in
      let name = "models/" + path.split(separator: "/").suffix(1).joined()
      do {
        return try model(name, path)
      } catch let error as CheckpointError {
        guard case .architecture = error else {
          return [GoldenResult(name, isTrue: false, note: "\(error)")]
        }
        return [GoldenResult(name + "/refused by name", isTrue: true, note: "\(error)")]
      }
    }
  }

  private static func model(_ name: String, _ path: String) throws -> [GoldenResult] {
    let model = try PretrainedModel(path)
    let golden: GoldenPass = try decode(path + "/golden.json")
    let parameters = model.parameters()
    var results = pass(name, model, parameters, golden)
    results.append(kept(name, model, parameters))
    results += pass(name, model, parameters.converted(to: Double.self), golden)
    if FileManager.default.fileExists(atPath: path + "/config.hub.json") {
      let other = try PretrainedModel(path, configurationFile: "config.hub.json")
      results.append(
        GoldenResult(name + "/config.hub.json", isTrue: other.configuration == model.configuration))
    }
    return results
  }

  /// Whether weights that are kept as the file has them give the bits of its numbers.
  static func kept(
    _ name: String, _ model: PretrainedModel, _ parameters: Parameters<Float>
  ) -> GoldenResult {
    let shape = model.configuration
    let tokens = (0..<24).map { ($0 * 7919 + 5) % shape.vocabularySize }
    let branch = Branch(
      prompt: PromptRows(tokens: Array(tokens[..<8])), responses: [Array(tokens[8...]), [3]])
    func logits(_ weights: Weights<Float>) -> [Float] {
      var result: [Float] = []
      Tape<Float>().run(weights) { tape in
        Decoder<Float>(shape).pass([branch], on: tape, differentiating: false) { _, _, logits in
          for index in 0..<logits.count { result.append(logits[index]) }
        }
      }
      return result
    }
    let whole = logits(Weights(parameters, for: .inference))
    return GoldenResult(
      name + "/kept as in the file", isTrue: logits(model.frozen(for: .training)) == whole)
  }

  private static func pass<Scalar: Real>(
    _ name: String, _ model: PretrainedModel, _ parameters: Parameters<Scalar>,
    _ golden: GoldenPass
  ) -> [GoldenResult] {
    let computed = ComputedPass(model.configuration, parameters, golden)
    let results = golden.compare(name, computed, model.configuration, parameters)
    return results
      + golden.gradients.sorted { $0.key < $1.key }.map { tensor, expected in
        let own = computed.gradient.tensor(tensor, model.names)
        return GoldenResult(
          "\(name)/\(Scalar.self)/gradient of \(tensor)",
          error: own.map { expected.distance($0) } ?? .infinity,
          tolerance: GoldenTolerance.of(Scalar.self).gradients)
      }
  }

  /// The folders inside a folder, in order; none where it is absent.
  static func folders(_ folder: String) throws -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return try names.sorted().map { folder + "/" + $0 }.filter { try TextFile.isFolder($0) }
  }

  /// Reference values of a file.
  static func decode<Value: Decodable>(_ path: String) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(try TextFile.bytes(path)))
    } catch let error as StorageError {
      throw error
    } catch {
      throw StorageError.unreadable(
        path: path, format: "reference values", reason: "it has another form")
    }
  }
}
