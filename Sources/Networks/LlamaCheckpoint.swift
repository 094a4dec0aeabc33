package import Storage
package import Tensors

/// Translates between this decoder's parameters and the tensors of a Llama checkpoint, as other libraries name them.
package enum LlamaCheckpoint {
  /// The shape that a checkpoint's `config.json` describes.
  ///
  /// - Throws: `CheckpointError` for another architecture, a missing key, and any key that is not used or harmless.
  package static func configuration(json: [UInt8]) throws -> DecoderConfiguration {
    try HuggingFaceConfiguration.read(json, file: "config.json").shape
  }

  /// The checkpoint tensors that make up a parameter, in the order of its rows.
  package static func sources(_ parameter: String) -> [String] {
    CheckpointNames.huggingFace.sources(parameter)
  }

  /// Parameters from a checkpoint's tensors.
  ///
  /// - Throws: `LlamaCheckpointError` where a tensor is missing or has another shape.
  package static func parameters(
    _ list: [NamedTensor], _ configuration: DecoderConfiguration
  ) throws -> Parameters<Float> {
    let tensors = Dictionary(list.map { ($0.name, $0) }) { first, _ in first }
    var result = Parameters<Float>(zeros: configuration.layout)
    for entry in configuration.layout.entries {
      var values: [Float] = []
      for name in sources(entry.name) {
        guard let tensor = tensors[name] else { throw LlamaCheckpointError.missingTensor(name) }
        guard tensor.shape.last == entry.shape.last else {
          throw LlamaCheckpointError.shape(name, expected: entry.shape, received: tensor.shape)
        }
        values.append(contentsOf: tensor.values)
      }
      guard values.count == entry.count else {
        throw LlamaCheckpointError.shape(
          entry.name, expected: entry.shape, received: [values.count])
      }
      result[entry.name] = values
    }
    return result
  }

  /// A checkpoint's tensors from parameters.
  package static func tensors<Scalar: Real>(
    _ parameters: Parameters<Scalar>, _ configuration: DecoderConfiguration
  ) -> [NamedTensor] {
    var result: [NamedTensor] = []
    for entry in parameters.layout.entries {
      let names = sources(entry.name)
      let values = parameters[entry.name].map { Float($0) }
      let share = values.count / names.count
      for (i, name) in names.enumerated() {
        var shape = entry.shape
        shape[0] /= names.count
        result.append(
          NamedTensor(name, shape: shape, values: Array(values[i * share..<(i + 1) * share])))
      }
    }
    return result
  }
}

/// Why a checkpoint cannot be used.
package enum LlamaCheckpointError: Error, Hashable, CustomStringConvertible {
  /// A tensor is missing.
  case missingTensor(String)
  /// A tensor has another shape.
  case shape(String, expected: [Int], received: [Int])

  /// Two sentences: what happened and what to do.
  package var description: String {
    switch self {
    case .missingTensor(let name):
      "The checkpoint has no tensor '\(name)'. Export the whole model in one safetensors file."
    case .shape(let name, let expected, let received):
      "Tensor '\(name)' has shape \(received), not \(expected). Compare config.json with the weights."
    }
  }
}
