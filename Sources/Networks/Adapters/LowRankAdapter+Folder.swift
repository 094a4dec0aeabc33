internal import Storage

extension LowRankAdapter {
  /// Reads a folder that PEFT wrote: `adapter_config.json` and `adapter_model.safetensors`.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - shape: The model it adapts.
  /// - Throws: `StorageError` for damaged files, `CheckpointError` where the adapter is of another kind, has a key that is
  ///   neither used nor harmless, or does not fit the model.
  package init(folder: String, for shape: DecoderConfiguration) throws {
    let file = folder + "/adapter_config.json"
    let path = folder + "/adapter_model.safetensors"
    let configuration = try AdapterConfiguration(try TextFile.bytes(file), file: file)
    let source = try TensorSource.safetensors(path)
    try self.init(configuration, for: shape, file: file) { _ in 0 }
    var used: Set<String> = []
    for index in factors.indices {
      let part = factors[index]
      let (rank, inputs, outputs) = (part.rank, part.inputs, part.outputs)
      factors[index].down = try Self.read(part.downName, [rank, inputs], source, path)
      factors[index].up = try Self.read(part.upName, [outputs, rank], source, path)
      used.formUnion([part.downName, part.upName])
    }
    if let other = source.tensors.first(where: { !used.contains($0.name) }) {
      throw CheckpointError.unusedTensor(other.name, file: path)
    }
    guard !factors.isEmpty else {
      throw CheckpointError.key("target_modules", expected: "layers of the model", file: file)
    }
  }

  /// Writes a folder that PEFT reads.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func write(folder: String) throws {
    try configuration.write(folder + "/adapter_config.json")
    let tensors = factors.flatMap { part in
      [
        NamedTensor(part.downName, shape: [part.rank, part.inputs], values: part.down),
        NamedTensor(part.upName, shape: [part.outputs, part.rank], values: part.up),
      ]
    }
    try SafetensorsFile(tensors: tensors, metadata: ["format": "pt"])
      .write(folder + "/adapter_model.safetensors")
  }

  private static func read(
    _ name: String, _ shape: [Int], _ source: TensorSource, _ path: String
  ) throws -> [Float] {
    guard let tensor = source[name] else { throw CheckpointError.missingTensor(name, file: path) }
    guard tensor.shape == shape else {
      throw CheckpointError.shape(name, expected: shape, received: tensor.shape, file: path)
    }
    return tensor.values()
  }
}

extension LowRankFactors {
  /// What PEFT calls A.
  var downName: String { "base_model.model.\(module).lora_A.weight" }
  /// What PEFT calls B.
  var upName: String { "base_model.model.\(module).lora_B.weight" }
}
