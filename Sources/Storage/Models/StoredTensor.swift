/// A tensor that lies in a file and is widened row by row when it is asked for.
package struct StoredTensor: Sendable {
  /// A name that no other tensor of the model has.
  package let name: String
  /// Its extents, the outermost first; none for a single number.
  package let shape: [Int]
  /// How its numbers are written.
  package let format: TensorFormat
  /// The file that holds it.
  package let file: MappedFile
  /// Where in the file it lies.
  package let bytes: Range<Int>

  /// A tensor whose bytes were checked: they lie in the file and are what shape and format need.
  init(
    name: String, shape: [Int], format: TensorFormat, file: MappedFile, bytes: Range<Int>
  ) {
    precondition(
      bytes.lowerBound >= 0 && bytes.upperBound <= file.count
        && format.bytes(shape: shape) == bytes.count,
      "'\(name)' of shape \(shape) does not fill bytes \(bytes) of \(file.count).")
    self.name = name
    self.shape = shape
    self.format = format
    self.file = file
    self.bytes = bytes
  }

  /// Numbers of a row: the innermost extent.
  package var columns: Int { shape.last ?? 1 }

  /// How many rows there are: the product of the other extents.
  package var rows: Int { shape.dropLast().reduce(1, *) }

  /// Numbers in all.
  package var count: Int { rows * columns }

  /// Widens some rows to single precision, with the bits of the `gguf` package.
  ///
  /// - Parameters:
  ///   - range: Which rows.
  ///   - target: Gets `range.count · columns` numbers.
  ///   - offset: Where in `target` they begin.
  /// - Precondition: The rows exist and `target` has room for them.
  /// - Complexity: O(numbers): about 1 ns each for the block formats on one thread.
  package func read(
    _ range: Range<Int>, into target: inout MutableSpan<Float>, at offset: Int = 0
  ) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rows,
      "Rows \(range) were asked of \(rows) in '\(name)'.")
    let numbers = range.count * columns
    precondition(
      offset >= 0 && numbers <= target.count - offset,
      "\(numbers) numbers of '\(name)' have no room in \(target.count) from \(offset).")
    guard numbers > 0 else { return }
    let format = format
    file.withBytes(place(range)) { source in
      target.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        format.widen(source, blocks: numbers / format.blockSize, into: target + offset)
      }
    }
  }

  /// All rows in portions of about 4 MB of the file, to read and forget one after another.
  package var portions: [Range<Int>] {
    let size = max(1, (4 << 20) / max(1, stride))
    return Swift.stride(from: 0, to: rows, by: size).map { $0..<min($0 + size, rows) }
  }

  /// Tells the system that some rows will not be needed soon.
  package func forget(_ range: Range<Int>) { file.forget(place(range)) }

  /// Bytes of a row.
  private var stride: Int { columns / format.blockSize * format.blockBytes }

  func place(_ range: Range<Int>) -> Range<Int> {
    let first = bytes.lowerBound + range.lowerBound * stride
    return first..<first + range.count * stride
  }

  /// All numbers in single precision, row-major.
  package func values() -> [Float] {
    var result = [Float](repeating: 0, count: count)
    var span = result.mutableSpan
    read(0..<rows, into: &span)
    return result
  }
}

/// The tensors of a model, wherever they lie: one file, several shards, or a GGUF.
package struct TensorSource: Sendable {
  /// In the order of the file, shards in the order of their names.
  package let tensors: [StoredTensor]

  private let positions: [String: Int]

  /// Tensors of distinct names.
  init(_ tensors: [StoredTensor]) {
    self.tensors = tensors
    positions = Dictionary(
      zip(tensors.map(\.name), tensors.indices), uniquingKeysWith: { first, _ in first })
  }

  /// The tensor with a name, or `nil` if there is none.
  package subscript(name: String) -> StoredTensor? { positions[name].map { tensors[$0] } }

  /// Why these tensors cannot be one file's: two of a name, or two that share bytes.
  static func conflict(_ tensors: [StoredTensor]) -> String? {
    var seen: Set<String> = []
    for tensor in tensors where !seen.insert(tensor.name).inserted {
      return "it has '\(tensor.name)' twice"
    }
    let sorted = tensors.filter { !$0.bytes.isEmpty }
      .sorted { $0.bytes.lowerBound < $1.bytes.lowerBound }
    for (one, next) in zip(sorted, sorted.dropFirst())
    where one.bytes.upperBound > next.bytes.lowerBound {
      return "'\(one.name)' and '\(next.name)' share bytes"
    }
    return nil
  }
}
