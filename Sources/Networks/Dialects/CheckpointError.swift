internal import Core

/// Why a pretrained model cannot be used.
package enum CheckpointError: ExplainedError, Hashable {
  /// The architecture is none of those that are computed.
  case architecture(String, file: String, known: [String])
  /// The configuration holds no object.
  case noObject(file: String)
  /// A key is missing or holds something else than it should.
  case key(String, expected: String, file: String)
  /// A key is neither used nor known to be harmless.
  case unknownKey(String, value: String, file: String)
  /// A key asks for something that is not computed.
  case refused(String, value: String, expected: String, file: String)
  /// A tensor is missing.
  case missingTensor(String, file: String)
  /// A tensor would not be used.
  case unusedTensor(String, file: String)
  /// A `config.json` cannot say what the model is.
  case unwritable(String, file: String)
  /// A tensor has another shape than the configuration says.
  case shape(String, expected: [Int], received: [Int], file: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .architecture(let name, let file, let known):
      "'\(file)' is of architecture '\(name)', not one of \(known.joined(separator: ", "))."
    case .noObject(let file): "'\(file)' holds no object of settings."
    case .key(let key, let expected, let file):
      "'\(file)' should have \(expected) as '\(key)', but has not."
    case .unknownKey(let key, let value, let file):
      "'\(file)' sets '\(key)' to \(value), a key this program does not know."
    case .refused(let key, let value, let expected, let file):
      "'\(file)' sets '\(key)' to \(value), but only \(expected) is computed here."
    case .missingTensor(let name, let file): "'\(file)' has no tensor '\(name)'."
    case .unusedTensor(let name, let file):
      "'\(file)' holds the tensor '\(name)', which its configuration does not use."
    case .unwritable(let name, let file):
      "What '\(file)', of architecture '\(name)', is cannot be written as config.json here."
    case .shape(let name, let expected, let received, let file):
      "The tensor '\(name)' of '\(file)' has shape \(received), not \(expected)."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .architecture: "Use a model of one of these architectures."
    case .noObject, .key: "Export the model again with the library that made it."
    case .unknownKey: "It may change what the model computes; remove it if it does not."
    case .refused: "Use a model without it: leaving it out would give other numbers."
    case .missingTensor: "Export the whole model, every shard of it."
    case .unusedTensor: "Check that configuration and weights belong together."
    case .unwritable: "Start from the model's folder of config.json and safetensors."
    case .shape: "Check that configuration and weights belong together."
    }
  }
}
