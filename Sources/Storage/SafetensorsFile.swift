internal import Foundation

/// Named tensors in the safetensors format: eight bytes of header length, a header in JSON, the numbers.
///
/// Single, half, brain and double precision are read and become `Float`; single precision is written.
///
/// Source: https://github.com/huggingface/safetensors, "Format".
package struct SafetensorsFile: Sendable, Hashable {
  /// The tensors in the order of their numbers in the file.
  package var tensors: [NamedTensor]

  /// The header's own texts.
  package var metadata: [String: String]

  /// The content of a file.
  package init(tensors: [NamedTensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The tensor with a name, or `nil` if there is none.
  package subscript(name: String) -> NamedTensor? { tensors.first { $0.name == name } }

  /// Kinds of numbers that the format knows and a tensor here cannot hold.
  private static let foreign: Set = ["BOOL", "U8", "I8", "I16", "U16", "I32", "U32", "I64", "U64"]

  /// Reads a file; tensors of whole numbers are left out.
  ///
  /// - Throws: `StorageError.missingFile`, `.unreadable` if the file is cut short, its header is not what the format says,
  ///   or a tensor has numbers of a kind that the format does not know, or `.unusable` if its header has a name twice.
  package static func read(_ path: String) throws -> SafetensorsFile {
    try SafetensorsFile(try TextFile.bytes(path), from: path)
  }

  /// What the bytes of a file say, as `read(_:)`.
  ///
  /// - Throws: As `read(_:)`, but for a missing file.
  package init(_ bytes: [UInt8], from path: String) throws {
    func refuse(_ reason: String) -> StorageError {
      .unreadable(path: path, format: "safetensors", reason: reason)
    }
    guard bytes.count >= 8 else { throw refuse("its \(bytes.count) bytes are too few") }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else {
      throw refuse("its header should have \(length) bytes, but \(bytes.count - 8) are left")
    }
    let start = 8 + Int(length)
    guard let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[8..<start])) else {
      throw refuse("its header is not as the format says")
    }
    try Self.refuseRepeated(bytes[8..<start], of: path)
    let body = bytes[start...]
    metadata = header.metadata
    tensors = try header.entries.compactMap { name, entry in
      // Masks and position ids beside the weights are whole numbers, and nobody asks for them.
      if Self.foreign.contains(entry.dtype) { return nil }
      do throws(Refusal) {
        return try entry.tensor(named: name, in: body)
      } catch {
        throw refuse(error.reason)
      }
    }
  }

  private static func refuseRepeated(_ header: ArraySlice<UInt8>, of path: String) throws {
    guard let name = JSONKeys.repeated(in: header) else { return }
    throw StorageError.unusable(path: path, reason: "it has '\(name)' twice")
  }

  /// Writes a file in single precision, atomically.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func write(_ path: String) throws {
    var header = Header(metadata: metadata)
    var offset = 0
    for tensor in tensors {
      let end = offset + 4 * tensor.values.count
      header.entries.append(
        (tensor.name, .init(dtype: "F32", shape: tensor.shape, data_offsets: [offset, end])))
      offset = end
    }
    var text = Array(try JSONLines.line(header).utf8)
    // The numbers begin at a multiple of eight.
    while !text.count.isMultiple(of: 8) { text.append(UInt8(ascii: " ")) }
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
    bytes.reserveCapacity(bytes.count + offset)
    for tensor in tensors {
      tensor.values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    try AtomicFile.write(bytes, to: path)
  }
}
