/// A tensor in a file: its name, its shape and its numbers, row-major.
package struct NamedTensor: Sendable, Hashable {
  /// A name that no other tensor of the file has.
  package var name: String

  /// Its extents; none for a single number.
  package var shape: [Int]

  /// As many numbers as the shape says.
  package var values: [Float]

  /// A tensor in a file.
  ///
  /// - Precondition: `values` has as many numbers as `shape` says.
  package init(_ name: String, shape: [Int], values: [Float]) {
    precondition(
      values.count == shape.reduce(1, *), "'\(name)': \(values.count) numbers are not \(shape).")
    self.name = name
    self.shape = shape
    self.values = values
  }
}
