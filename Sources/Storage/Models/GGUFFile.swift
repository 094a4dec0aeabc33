/// A GGUF file: metadata by key, and tensors.
///
/// Versions 2 and 3 are read, little-endian. Every count and offset is checked against the bytes that are left before memory
/// is asked for. Source: ggml, docs/gguf.md.
package struct GGUFFile: Sendable {
  /// Where the file lies.
  package let path: String
  /// The values by key, in no order.
  package let metadata: [String: GGUFValue]
  /// The tensors in the file's order; extents outermost first, the reverse of the file's.
  package let tensors: TensorSource

  /// Opens a file.
  ///
  /// - Throws: `StorageError.missingFile`, or `.unreadable` where the file is not what the format says or has a tensor in a
  ///   format that is not read, which the sentence names.
  package init(_ path: String) throws { try self.init(try MappedFile(path)) }

  /// Reads a file that is mapped.
  ///
  /// - Throws: As `init(_:)`.
  package init(_ file: MappedFile) throws {
    path = file.path
    do throws(Malformed) {
      var cursor = ByteCursor(file)
      let counts = try cursor.start()
      metadata = try cursor.metadata(counts.values)
      let entries = try cursor.entries(counts.tensors)
      let alignment = try Self.alignment(metadata)
      let begin = (cursor.offset + alignment - 1) / alignment * alignment
      var found: [StoredTensor] = []
      for entry in entries { found.append(try entry.tensor(in: file, from: begin, alignment)) }
      if let conflict = TensorSource.conflict(found) { throw Malformed(reason: conflict) }
      tensors = TensorSource(found)
    } catch {
      throw StorageError.unreadable(path: file.path, format: "GGUF", reason: error.reason)
    }
  }

  /// Whether a file begins as GGUF does, whatever follows.
  package static func begins(_ file: MappedFile) -> Bool {
    file.count >= 4 && file.bytes(0..<4) == Array("GGUF".utf8)
  }

  private static func alignment(_ metadata: [String: GGUFValue]) throws(Malformed) -> Int {
    guard let value = metadata["general.alignment"] else { return 32 }
    // A power of two, as ggml asks for; beyond 2³⁰ the sums below could overflow, and nobody means it.
    guard let alignment = value.integer, alignment > 0, alignment <= 1 << 30,
      alignment & (alignment - 1) == 0
    else { throw Malformed(reason: "its general.alignment is no power of two up to 2^30") }
    return alignment
  }
}

extension ByteCursor {
  /// Magic, version and counts.
  fileprivate mutating func start() throws(Malformed) -> (tensors: Int, values: Int) {
    guard try integer(UInt32.self, "its first word") == 0x4655_4747 else {
      throw Malformed(reason: "it does not begin with 'GGUF'")
    }
    let version = try integer(UInt32.self, "its version")
    // A small number's low half is zero only in the other byte order.
    guard version & 0xFFFF != 0 else {
      throw Malformed(reason: "it is big-endian (version \(version.byteSwapped))")
    }
    guard (2...3).contains(version) else {
      throw Malformed(reason: "it is of version \(version), not 2 or 3")
    }
    // A tensor takes at least 32 bytes of the header (a name's length, one extent), a value 13.
    let tensors = try count("its number of tensors", each: 32)
    let values = try count("its number of values", each: 13)
    return (tensors, values)
  }

  fileprivate mutating func metadata(_ count: Int) throws(Malformed) -> [String: GGUFValue] {
    var result: [String: GGUFValue] = [:]
    for _ in 0..<count {
      let key = try text("a key")
      let value = try value(key)
      guard result.updateValue(value, forKey: key) == nil else {
        throw Malformed(reason: "it has the key '\(key)' twice")
      }
    }
    return result
  }

  fileprivate mutating func entries(_ count: Int) throws(Malformed) -> [GGUFEntry] {
    var result: [GGUFEntry] = []
    result.reserveCapacity(count)
    for _ in 0..<count {
      let name = try text("a tensor's name")
      let dimensions = try integer(UInt32.self, "the dimensions of '\(name)'")
      // ggml's tensors have four at most.
      guard (1...4).contains(dimensions) else {
        throw Malformed(reason: "'\(name)' has \(dimensions) dimensions, not 1 to 4")
      }
      var shape: [UInt64] = []
      for _ in 0..<dimensions {
        shape.insert(try integer(UInt64.self, "the shape of '\(name)'"), at: 0)
      }
      let kind = try integer(UInt32.self, "the format of '\(name)'")
      let offset = try integer(UInt64.self, "the place of '\(name)'")
      result.append(GGUFEntry(name: name, shape: shape, kind: kind, offset: offset))
    }
    return result
  }
}

/// A tensor as the header describes it.
private struct GGUFEntry {
  let name: String
  let shape: [UInt64]
  let kind: UInt32
  let offset: UInt64

  /// The tensor, if it lies in the file.
  func tensor(
    in file: MappedFile, from begin: Int, _ alignment: Int
  ) throws(Malformed) -> StoredTensor {
    guard let format = Self.formats[kind] else {
      let format = Self.others[kind].map { "\($0) (\(kind))" } ?? "\(kind)"
      throw Malformed(
        reason: "'\(name)' is in format \(format); those that are read are \(TensorFormat.names)")
    }
    let extents = shape.compactMap { Int(exactly: $0) }
    guard extents.count == shape.count, extents.allSatisfy({ $0 > 0 }),
      let count = format.bytes(shape: extents)
    else { throw Malformed(reason: "'\(name)' has shape \(shape) in format \(format.rawValue)") }
    guard let offset = Int(exactly: offset), offset.isMultiple(of: alignment) else {
      throw Malformed(reason: "'\(name)' lies at \(offset), no multiple of \(alignment)")
    }
    guard begin <= file.count, offset <= file.count - begin, count <= file.count - begin - offset
    else {
      throw Malformed(
        reason:
          "'\(name)' should take \(count) bytes from \(offset), but the file has \(file.count)")
    }
    return StoredTensor(
      name: name, shape: extents, format: format, file: file,
      bytes: begin + offset..<begin + offset + count)
  }

  private static let formats: [UInt32: TensorFormat] = [
    0: .single, 1: .half, 2: .q4_0, 3: .q4_1, 6: .q5_0, 7: .q5_1, 8: .q8_0, 10: .q2_K, 11: .q3_K,
    12: .q4_K, 13: .q5_K, 14: .q6_K, 20: .iq4_NL, 23: .iq4_XS, 24: .int8, 25: .int16, 26: .int32,
    27: .int64, 28: .double, 30: .brain,
  ]

  /// Names of formats that are not read.
  private static let others: [UInt32: String] = [
    9: "Q8_1", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 21: "IQ3_S",
    22: "IQ2_S", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4", 41: "Q1_0",
  ]
}
