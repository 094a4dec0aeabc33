internal import Foundation

/// A checkpoint: named tensors and named texts in one HDF5 file that is there whole or not at all.
package struct CheckpointFile: Sendable, Hashable {
  /// The tensors, in the order in which they were written.
  package var tensors: [NamedTensor]

  /// Everything that is not a tensor: counters, random states, fingerprints, JSON.
  package var attributes: [String: String]

  /// The content of a checkpoint.
  package init(tensors: [NamedTensor], attributes: [String: String] = [:]) {
    self.tensors = tensors
    self.attributes = attributes
  }

  /// The tensor with a name, or `nil` if there is none.
  package subscript(name: String) -> NamedTensor? { tensors.first { $0.name == name } }

  /// Writes a checkpoint, atomically.
  ///
  /// Numbers are kept as they are: packing saves 14 % and takes 100 times as long.
  ///
  /// - Throws: `StorageError.unwritable`; then the old file, if any, is untouched.
  package func write(_ path: String) throws { try write(path) { _ in } }

  /// Writes a checkpoint, atomically.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - prepare: Given the whole file under its temporary name, before it appears under its own.
  /// - Throws: What `prepare` throws, or `StorageError.unwritable`; then the old file, if any, is untouched.
  package func write(_ path: String, preparing prepare: (String) throws -> Void) throws {
    try AtomicFile.replace(path) { temporary in
      try writeTensors(temporary)
      try prepare(temporary)
    }
  }

  private func writeTensors(_ temporary: String) throws {
    let file = try HDF5File.create(temporary)
    for tensor in tensors {
      try file.write(Self.place(tensor.name), tensor.values, shape: tensor.shape)
    }
    for (name, text) in attributes.sorted(by: { $0.key < $1.key }) {
      try file.write(attribute: name, text)
    }
    try file.write(attribute: Self.orderName, try JSONLines.line(tensors.map(\.name)))
    try file.flush()
  }

  /// Writes a checkpoint, atomically.
  ///
  /// - Throws: As `write(_:)`.
  package static func write(
    _ path: String, tensors: [(name: String, shape: [Int], values: [Float])],
    attributes: [String: String] = [:]
  ) throws {
    let tensors = tensors.map { NamedTensor($0.name, shape: $0.shape, values: $0.values) }
    try CheckpointFile(tensors: tensors, attributes: attributes).write(path)
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: `StorageError.missingFile`, or `.unreadable` if the file is damaged, cut short or not a checkpoint.
  package static func read(_ path: String) throws -> CheckpointFile {
    let file = try HDF5File.open(path)
    var attributes = try file.attributes()
    guard let order = attributes.removeValue(forKey: orderName),
      let names = try? JSONDecoder().decode([String].self, from: Data(order.utf8))
    else {
      throw StorageError.unreadable(
        path: path, format: "a checkpoint", reason: "it does not say which tensors it holds")
    }
    let tensors = try names.map { name in
      let place = place(name)
      return NamedTensor(name, shape: try file.shape(of: place), values: try file.floats(place))
    }
    return CheckpointFile(tensors: tensors, attributes: attributes)
  }

  /// The attribute with the names of the tensors, in order, as a JSON array.
  private static let orderName = "opd.tensors"

  /// A tensor's name may contain a slash, which would be a group.
  private static func place(_ name: String) -> String {
    "tensors/" + name.replacing("%", with: "%25").replacing("/", with: "%2F")
  }
}
