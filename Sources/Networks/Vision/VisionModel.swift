internal import Core
internal import Foundation
package import Storage
package import Tensors

/// A pretrained model that reads pictures, on disk: a tower alone, or one with a decoder behind it.
package struct VisionModel: Sendable {
  /// The folder.
  package let path: String
  /// What its `config.json` says.
  package let configuration: VisionLanguageConfiguration
  /// The tensors.
  package let source: TensorSource
  /// The parameters: the decoder's first, so that its places are those of a decoder alone.
  package let layout: ParameterLayout

  let names: VisionNames
  let text: TextNames

  /// Whether a folder holds a model with pictures.
  ///
  /// - Throws: `StorageError` where it has a configuration that cannot be read.
  package static func lies(in path: String) throws -> Bool {
    let file = path + "/config.json"
    guard FileManager.default.fileExists(atPath: file) else { return false }
    return try VisionLanguageConfiguration.describes(try TextFile.bytes(file), file: file)
  }

  /// A checksum of the files that it is read from.
  ///
  /// - Complexity: Reads the files.
  package var checksum: String {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let read = files.filter { $0.hasSuffix("config.json") || $0.hasSuffix(".safetensors") }
    return ContentHash.of(read.sorted().map { FileChecksum.of(path + "/" + $0) ?? "" })
  }

  /// Opens a folder of `config.json` and safetensors.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - positions: The most positions that will be used, 131,072 if left out; the model's own limit where that is smaller.
  /// - Throws: `StorageError` for damaged files, `CheckpointError` for a model that is not computed here or whose tensors do
  ///   not fit its configuration.
  /// - Complexity: Reads headers only.
  package init(_ path: String, positions: Int? = nil) throws {
    let file = path + "/config.json"
    self.path = path
    var configuration = try VisionLanguageConfiguration(
      try TextFile.bytes(file), file: file, positions: positions)
    source = try TensorSource.folder(path)
    let tensors = source
    // The same configuration stands beside towers that were published without the matrix.
    if configuration.mayLackProjection, tensors["visual_projection.weight"] == nil {
      configuration.vision.projection = 0
    }
    self.configuration = configuration
    let vision = configuration.vision
    (names, text) = TextNames.found(vision.family) { tensors[$0] != nil }
    var layout = configuration.decoder?.layout ?? ParameterLayout()
    vision.append(to: &layout)
    self.layout = layout
    try checkTensors()
  }

  /// The parameters in single precision.
  ///
  /// - Complexity: O(numbers).
  package func parameters() -> Parameters<Float> {
    var result = Parameters<Float>(zeros: layout)
    var values = result.values.mutableSpan
    for entry in layout.entries { read(entry, into: &values, at: entry.offset) }
    return result
  }

  /// Widens a parameter to its place.
  func read(
    _ entry: ParameterLayout.Entry, into values: inout MutableSpan<Float>, at first: Int
  ) {
    let parts = sources(entry.name)
    let columns = entry.count / entry.shape[0]
    for (index, part) in parts.enumerated() {
      guard let tensor = source[part.name] else { continue }
      let place = VisionNames.place(of: part, at: index, among: parts.count, rows: entry.shape[0])
      let offset = first + place.parameter.lowerBound * columns
      guard part.thirds != nil else {
        for rows in tensor.portions {
          tensor.read(rows, into: &values, at: offset + rows.lowerBound * tensor.columns)
          tensor.forget(rows)
        }
        continue
      }
      let numbers = tensor.values()
      let start = place.tensor.lowerBound * columns
      for i in 0..<place.tensor.count * columns { values[offset + i] = numbers[start + i] }
    }
  }

  /// The numbers of the tensor that the files call `name`, put together from the parameters that are its parts.
  package func tensor<Scalar: Real>(
    _ name: String, in parameters: Parameters<Scalar>
  ) -> [Scalar]? {
    var pieces: [(first: Int, values: ArraySlice<Scalar>)] = []
    for entry in layout.entries {
      let parts = sources(entry.name)
      let columns = entry.count / entry.shape[0]
      for (index, part) in parts.enumerated() where part.name == name {
        let place = VisionNames.place(
          of: part, at: index, among: parts.count, rows: entry.shape[0])
        let first = entry.offset + place.parameter.lowerBound * columns
        pieces.append(
          (
            place.tensor.lowerBound,
            parameters.values[first..<first + place.parameter.count * columns]
          ))
      }
    }
    guard !pieces.isEmpty else { return nil }
    return pieces.sorted { $0.first < $1.first }.flatMap(\.values)
  }

  /// The tensors that make up a parameter, in the order of its rows; feature rows pass the connector.
  func sources(_ parameter: String) -> [VisionNames.Part] {
    if parameter == "features" { return names.sources("vision.connector") }
    return parameter.hasPrefix("vision.") ? names.sources(parameter) : text.sources(parameter)
  }

  /// Refuses missing tensors, other shapes, and tensors that would not be used.
  private func checkTensors() throws {
    var used: Set<String> = []
    for entry in layout.entries {
      let parts = sources(entry.name)
      for part in parts {
        guard let tensor = source[part.name] else {
          throw CheckpointError.missingTensor(part.name, file: path)
        }
        let share = entry.shape[0] / parts.count
        let rows = part.thirds.map { share / $0.count * 3 } ?? share
        let shape = fileShape(entry.name) ?? [rows] + entry.shape.dropFirst()
        guard tensor.shape == shape else {
          throw CheckpointError.shape(
            part.name, expected: shape, received: tensor.shape, file: path)
        }
        used.insert(part.name)
      }
    }
    for tensor in source.tensors where !used.contains(tensor.name) && !isKnown(tensor.name) {
      throw CheckpointError.unusedTensor(tensor.name, file: path)
    }
  }

  /// The shape of a tensor that files write with more extents than two.
  private func fileShape(_ parameter: String) -> [Int]? {
    let vision = configuration.vision
    switch parameter {
    case "vision.patch":
      let frames = vision.family.hasLearnedPositions ? [] : [vision.frames]
      return [vision.width, 3] + frames + [vision.patch, vision.patch]
    case "vision.head.probe": return [1, 1, vision.width]
    case "vision.class": return [vision.width]
    default: return nil
    }
  }

  /// Tensors that enter no pass: SigLIP's and CLIP's text side, positions as whole numbers, frequencies that old files keep, a tied
  /// output that is there twice.
  private func isKnown(_ name: String) -> Bool {
    if configuration.decoder == nil {
      return name.hasPrefix("text_model.") || name.hasPrefix("logit_")
        || name == "text_projection.weight" || name.hasSuffix(".position_ids")
    }
    return name.hasSuffix("inv_freq") || name.hasSuffix(".position_ids")
      || (name == text.head && configuration.decoder?.variations?.hasOwnOutput != true)
  }
}

/// What the tensors of a decoder behind a tower are called.
struct TextNames: Sendable, Hashable {
  /// What stands before the decoder's tensors.
  let body: String
  /// The output matrix.
  let head: String

  /// The tensors that make up a parameter, in the order of its rows.
  func sources(_ parameter: String) -> [VisionNames.Part] {
    CheckpointNames.huggingFace.sources(parameter).map { name in
      name.hasPrefix("model.")
        ? VisionNames.Part(body + name.dropFirst("model.".count)) : VisionNames.Part(head)
    }
  }

  /// The names that a model's files use: releases of transformers put other words before them.
  static func found(
    _ family: VisionConfiguration.Family, _ isThere: (String) -> Bool
  ) -> (VisionNames, TextNames) {
    let candidates =
      switch family {
      case .siglip, .clip: [("vision_model.", ""), ("", "")]
      case .idefics3:
        [("model.vision_model.", "model.text_model."), ("vision_model.", "text_model.")]
      case .qwen2, .qwen25: [("visual.", "model."), ("model.visual.", "model.language_model.")]
      }
    let probe =
      family.hasLearnedPositions ? "embeddings.patch_embedding.weight" : "patch_embed.proj.weight"
    let (tower, body) = candidates.first { isThere($0.0 + probe) } ?? candidates[0]
    let base = tower.hasPrefix("model.") ? "model." : ""
    return (
      VisionNames(
        family: family, tower: tower, connector: base + "connector.modality_projection.proj"),
      TextNames(body: body, head: "lm_head.weight")
    )
  }
}
