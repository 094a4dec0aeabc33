#if Engines
/// Numbers of one kind in a shape, as a datum carries them to a server and records carry them back.
package struct WireTensor: Sendable, Equatable {
  /// The numbers, row by row.
  package enum Elements: Sendable, Equatable {
    case float32([Float])
    case int64([Int64])
  }

  package var elements: Elements
  /// How many along each direction; their product is the number of elements.
  package var shape: [Int]

  /// No direction less than one and none above eight: enough for any server, too few to hide a trap.
  static let mostDimensions = 8

  /// A list of real numbers.
  package init(_ values: [Float]) {
    elements = .float32(values)
    shape = [values.count]
  }

  /// A list of whole numbers.
  package init(_ values: [Int]) {
    elements = .int64(values.map { Int64($0) })
    shape = [values.count]
  }

  /// Elements in a shape that holds as many.
  ///
  /// - Throws: `WireError.malformed`.
  package init(_ elements: Elements, shape: [Int], of what: String) throws(WireError) {
    var product = 1
    for length in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else {
        throw .malformed(what: what, reason: "the shape \(shape)")
      }
      product = next
    }
    self.elements = elements
    self.shape = shape
    guard product == count else {
      throw .malformed(what: what, reason: "\(count) numbers in the shape \(shape)")
    }
  }

  /// How many numbers there are.
  package var count: Int { elements.count }

  /// The real numbers; `nil` where they are whole ones.
  package var reals: [Float]? {
    guard case .float32(let values) = elements else { return nil }
    return values
  }
}

extension WireTensor.Elements {
  /// Numbers from their bytes, the lowest first.
  init(_ bytes: ArraySlice<UInt8>, type: Int, of what: String) throws(WireError) {
    switch type {
    case 1: self = .float32(try floats(bytes, of: what))
    case 2:
      self = .int64(try words(bytes, of: what, as: UInt64.self).map { Int64(bitPattern: $0) })
    case 3:
      self = .int64(
        try words(bytes, of: what, as: UInt32.self).map { Int64(Int32(bitPattern: $0)) })
    default: throw .unsupported(what: what, reason: "numbers of kind \(type)")
    }
  }

  /// How many numbers there are.
  var count: Int {
    switch self {
    case .float32(let values): values.count
    case .int64(let values): values.count
    }
  }

  /// The number by which protobuf knows the kind.
  var type: Int64 {
    switch self {
    case .float32: 1
    case .int64: 2
    }
  }

  /// The numbers' bytes, the lowest first.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    switch self {
    case .float32(let values):
      for value in values { bytes.append(littleEndian: value.bitPattern) }
    case .int64(let values):
      for value in values { bytes.append(littleEndian: UInt64(bitPattern: value)) }
    }
    return bytes
  }
}

/// Real numbers from four bytes each.
func floats(_ bytes: ArraySlice<UInt8>, of what: String) throws(WireError) -> [Float] {
  try words(bytes, of: what, as: UInt32.self).map { Float(bitPattern: $0) }
}

/// Unsigned numbers from bytes, the lowest first.
func words<Word: FixedWidthInteger & UnsignedInteger>(
  _ bytes: ArraySlice<UInt8>, of what: String, as type: Word.Type
) throws(WireError) -> [Word] {
  let width = Word.bitWidth / 8
  guard bytes.count % width == 0 else {
    throw .malformed(what: what, reason: "\(bytes.count) bytes for numbers of \(width)")
  }
  return stride(from: bytes.startIndex, to: bytes.endIndex, by: width).map { start in
    (0..<width).reversed().reduce(0) { $0 << 8 | Word(bytes[start + $1]) }
  }
}
#endif
