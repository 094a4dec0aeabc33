internal import Core
internal import Foundation
package import Storage
package import Tensors

/// A pretrained model on disk: its shape, and tensors that are widened when they are asked for.
package struct PretrainedModel: Sendable {
  /// The folder or file.
  package let path: String
  /// The architecture's name.
  package let dialect: CheckpointDialect
  /// The shape.
  package private(set) var configuration: DecoderConfiguration
  /// The tensors.
  package let source: TensorSource
  /// What the tensors are called.
  package let names: CheckpointNames
  /// The metadata of a GGUF file, the tokenizer's among it; empty for a folder.
  package let metadata: [String: GGUFValue]

  /// A checksum of every file that the model is read from, so that another model at the same path is another one.
  ///
  /// - Complexity: Reads the files.
  package var checksum: String {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let read = files.filter { $0 == "config.json" || $0.hasSuffix(".safetensors") }.sorted()
    let paths = read.isEmpty ? [path] : read.map { path + "/" + $0 }
    return ContentHash.of(paths.map { FileChecksum.of($0) ?? "" })
  }

  /// Positions where nobody says how many: tables of cosines and sines are made for all, so a file must not choose freely.
  static let mostPositions = 1 << 17

  /// Where a model lies: at the path, or, for a bare name of nothing in the working folder, where `scripts/fetch-models.sh`
  /// keeps what it fetches: in `$OPD_MODELS`, else in `~/.cache/opd/models`.
  package static func located(_ path: String) -> String {
    guard !path.contains("/"), !FileManager.default.fileExists(atPath: path) else { return path }
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? "\(NSHomeDirectory())/.cache"
    let kept = "\(environment["OPD_MODELS"] ?? cache + "/opd/models")/\(path)"
    return FileManager.default.fileExists(atPath: kept) ? kept : path
  }

  /// Opens a folder of `config.json` and safetensors, or a GGUF file.
  ///
  /// - Parameters:
  ///   - path: The folder or file, or the name of a model that was fetched.
  ///   - positions: The most positions that will be used, 131,072 if left out; the model's own limit where that is smaller.
  ///   - configurationFile: The name of the configuration in a folder.
  /// - Throws: `StorageError` for damaged files, `CheckpointError` for a model that is not computed here or whose tensors do
  ///   not fit its configuration.
  /// - Complexity: Reads headers only.
  package init(
    _ path: String, positions: Int? = nil, configurationFile: String = "config.json"
  ) throws {
    let path = Self.located(path)
    self.path = path
    if try TextFile.isFolder(path) {
      let file = path + "/" + configurationFile
      (dialect, configuration) = try HuggingFaceConfiguration.read(
        try TextFile.bytes(file), file: file, positions: positions)
      source = try TensorSource.folder(path)
      names = .huggingFace
      metadata = [:]
    } else {
      let file = try GGUFFile(path)
      (dialect, configuration) = try GGUFConfiguration.read(file, positions: positions)
      source = file.tensors
      names = .gguf
      metadata = file.metadata
    }
    try checkTensors()
  }

  /// The same model before whose text feature rows are read, through a matrix of zeros that no file has.
  package func reading(features: Int) -> PretrainedModel {
    var model = self
    model.configuration.features = features
    return model
  }

  /// The parameters in single precision.
  ///
  /// - Complexity: O(numbers); about 4 MB of the file's pages are held beside the result.
  package func parameters() -> Parameters<Float> {
    var result = Parameters<Float>(zeros: configuration.layout)
    var values = result.values.mutableSpan
    for entry in configuration.layout.entries { read(entry, into: &values, at: entry.offset) }
    return result
  }

  /// Widens a parameter to its place.
  func read(
    _ entry: ParameterLayout.Entry, into values: inout MutableSpan<Float>, at offset: Int
  ) {
    var offset = offset
    for name in names.sources(entry.name) {
      guard let tensor = source[name] else { continue }
      read(tensor, into: &values, at: offset)
      offset += tensor.count
    }
  }

  /// Widens one tensor to its place, with rows of GGUF's rotary pairs put back in halves.
  private func read(
    _ tensor: StoredTensor, into values: inout MutableSpan<Float>, at offset: Int
  ) {
    for rows in tensor.portions {
      for run in storedRuns(rows, of: tensor) {
        tensor.read(run.stored, into: &values, at: offset + run.first * tensor.columns)
      }
      tensor.forget(rows)
    }
  }

  /// Where rows of a parameter lie in their tensor, in runs that stand together there.
  ///
  /// GGUF files of architecture llama have the rows of queries and keys in pairs: rows 2i and 2i + 1 of a head turn together there,
  /// rows i and i + half here.
  func storedRuns(
    _ rows: Range<Int>, of tensor: StoredTensor
  ) -> [(first: Int, stored: Range<Int>)] {
    let isPaired =
      names == .gguf && dialect == .llama
      && (tensor.name.hasSuffix(".attn_q.weight") || tensor.name.hasSuffix(".attn_k.weight"))
    guard isPaired else { return [(rows.lowerBound, rows)] }
    let half = configuration.headWidth / 2
    return rows.map { row in
      let (head, inside) = row.quotientAndRemainder(dividingBy: 2 * half)
      let stored = head * 2 * half + inside % half * 2 + inside / half
      return (row, stored..<stored + 1)
    }
  }
}

extension PretrainedModel {
  /// Refuses missing tensors, other shapes, and tensors that would not be used.
  private func checkTensors() throws {
    var used: Set<String> = []
    for entry in configuration.layout.entries {
      let sources = names.sources(entry.name)
      for name in sources {
        guard let tensor = source[name] else {
          throw CheckpointError.missingTensor(name, file: path)
        }
        var shape = entry.shape
        shape[0] /= sources.count
        guard tensor.shape == shape else {
          throw CheckpointError.shape(name, expected: shape, received: tensor.shape, file: path)
        }
        used.insert(name)
      }
    }
    for tensor in source.tensors where !used.contains(tensor.name) && !isKnown(tensor.name) {
      throw CheckpointError.unusedTensor(tensor.name, file: path)
    }
  }

  /// Tensors that enter the network another way: rotary divisors are in the configuration, old files keep the frequencies
  /// beside each layer, and a tied output may be there twice.
  private func isKnown(_ name: String) -> Bool {
    switch names {
    case .gguf: name == "rope_freqs.weight"
    case .huggingFace:
      name.hasSuffix(".rotary_emb.inv_freq")
        || (name == "lm_head.weight" && configuration.variations?.hasOwnOutput != true)
    }
  }
}
