internal import Foundation

extension TensorSource {
  /// The tensors of one safetensors file, mapped and not yet widened.
  ///
  /// - Throws: `StorageError.missingFile`, or `.unreadable` where the file is not what the format says.
  package static func safetensors(_ path: String) throws -> TensorSource {
    try safetensors(try MappedFile(path))
  }

  /// The tensors of a safetensors file that is mapped.
  ///
  /// - Throws: As `safetensors(_:)`.
  package static func safetensors(_ file: MappedFile) throws -> TensorSource {
    do throws(Malformed) {
      let start = try bodyStart(file)
      let text = Array(file.bytes(8..<start))
      guard let header = try? JSONDecoder().decode(SafetensorsFile.Header.self, from: Data(text))
      else { throw Malformed(reason: "its header is not as the format says") }
      if let name = JSONKeys.repeated(in: text[...]) {
        throw Malformed(reason: "it has '\(name)' twice")
      }
      var tensors: [StoredTensor] = []
      for (name, entry) in header.entries {
        tensors.append(try entry.stored(named: name, in: file, from: start))
      }
      if let conflict = conflict(tensors) { throw Malformed(reason: conflict) }
      return TensorSource(tensors)
    } catch {
      throw StorageError.unreadable(path: file.path, format: "safetensors", reason: error.reason)
    }
  }

  /// The tensors of a model's folder: `model.safetensors`, or the shards that `model.safetensors.index.json` names.
  ///
  /// - Throws: As `safetensors(_:)`, and `.unreadable` where index and shards disagree.
  package static func folder(_ folder: String) throws -> TensorSource {
    let path = folder + "/model.safetensors.index.json"
    guard FileManager.default.fileExists(atPath: path) else {
      return try safetensors(folder + "/model.safetensors")
    }
    func refuse(_ reason: String) -> StorageError {
      .unreadable(path: path, format: "an index of safetensors", reason: reason)
    }
    guard let index = try? JSONLines.readWhole(path, as: Index.self)
    else { throw refuse("it has no object 'weight_map' of file names") }
    let tensors = try index.shards.flatMap { name in
      // The name comes from a file: it must not lead out of the folder.
      guard !name.isEmpty, !name.contains("/"), name != ".." else {
        throw refuse("it names the shard '\(name)'")
      }
      let shard = try safetensors(folder + "/" + name)
      for tensor in shard.tensors where index.weight_map[tensor.name] != name {
        throw refuse("'\(name)' holds '\(tensor.name)', which it does not say")
      }
      return shard.tensors
    }
    let found = Set(tensors.map(\.name))
    if let missing = index.weight_map.keys.filter({ !found.contains($0) }).min() {
      throw refuse("no shard holds '\(missing)'")
    }
    return TensorSource(tensors)
  }

  private struct Index: Decodable {
    let weight_map: [String: String]
    var shards: [String] { Set(weight_map.values).sorted() }
  }

  /// The reference implementation refuses longer headers, too.
  private static let longestHeader: UInt64 = 100_000_000

  private static func bodyStart(_ file: MappedFile) throws(Malformed) -> Int {
    var cursor = ByteCursor(file)
    let length = try cursor.integer(UInt64.self, "the length of its header")
    guard length <= UInt64(cursor.remaining), length <= longestHeader else {
      throw Malformed(
        reason: "its header should have \(length) bytes, but \(cursor.remaining) are left")
    }
    return 8 + Int(length)
  }
}

extension SafetensorsFile.Entry {
  /// The tensor, if it lies in the file.
  fileprivate func stored(
    named name: String, in file: MappedFile, from start: Int
  ) throws(Malformed) -> StoredTensor {
    guard let format = Self.formats[dtype] else {
      throw Malformed(
        reason:
          "'\(name)' holds \(dtype), not one of \(Self.formats.keys.sorted().joined(separator: ", "))"
      )
    }
    let available = file.count - start
    guard data_offsets.count == 2, data_offsets[0] >= 0, data_offsets[0] <= data_offsets[1],
      data_offsets[1] <= available
    else {
      throw Malformed(
        reason: "'\(name)' should lie at bytes \(data_offsets), but there are \(available)")
    }
    guard let bytes = format.bytes(shape: shape), bytes == data_offsets[1] - data_offsets[0] else {
      throw Malformed(reason: "'\(name)' of shape \(shape) does not fill bytes \(data_offsets)")
    }
    let first = start + data_offsets[0]
    return StoredTensor(
      name: name, shape: shape, format: format, file: file, bytes: first..<first + bytes)
  }

  private static let formats: [String: TensorFormat] = [
    "F32": .single, "F16": .half, "BF16": .brain, "F64": .double, "I8": .int8, "I16": .int16,
    "I32": .int32, "I64": .int64,
  ]
}
