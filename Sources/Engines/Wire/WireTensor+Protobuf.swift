#if Engines
extension WireTensor {
  /// A tensor from `Tensor` of the interface.
  init(protobuf bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = ProtobufReader("Tensor", bytes)
    var dense = bytes.prefix(0)
    var type = 0
    var shape: [Int] = []
    while let (number, value) = try reader.next() {
      switch number {
      case 1: dense = try reader.bytes(value, of: number)
      case 2: throw .unsupported(what: "Tensor", reason: "a sparse encoding")
      case 3: type = try reader.integer(value, of: number, in: 0...100)
      case 4: try reader.appendIntegers(value, of: number, to: &shape, limit: Self.mostDimensions)
      default: continue
      }
    }
    try self.init(Elements(dense, type: type, of: "Tensor"), shape: shape, of: "Tensor")
  }

  /// The tensor as `Tensor` of the interface.
  var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    writer.data(1, elements.bytes)
    writer.integer(3, elements.type)
    writer.packed(4, shape)
    return writer.bytes
  }
}

/// One tensor a datum, joined: datums may differ in the length of the first direction alone.
package struct BatchedTensor: Sendable, Equatable {
  /// One tensor a datum.
  package var tensors: [WireTensor]
  /// The shape of a row.
  var trailingShape: [Int]
  var type: Int
}

extension BatchedTensor {
  /// From `BatchedTensor` of the interface: bytes and the offsets at which datums begin, in bytes.
  init(protobuf bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = ProtobufReader("BatchedTensor", bytes)
    var data = bytes.prefix(0)
    var offsets = bytes.prefix(0)
    (type, trailingShape, tensors) = (0, [], [])
    while let (number, value) = try reader.next() {
      switch number {
      case 1: data = try reader.bytes(value, of: number)
      case 2: offsets = try reader.bytes(value, of: number)
      case 3: type = try reader.integer(value, of: number, in: 0...100)
      case 4:
        try reader.appendIntegers(
          value, of: number, to: &trailingShape, limit: WireTensor.mostDimensions - 1)
      default: continue
      }
    }
    let bounds = try words(offsets, of: "BatchedTensor", as: UInt64.self)
    try cut(data, at: bounds)
  }

  private mutating func cut(_ data: ArraySlice<UInt8>, at bounds: [UInt64]) throws(WireError) {
    let what = "BatchedTensor"
    guard bounds.first ?? 0 == 0, bounds.last ?? 0 == UInt64(data.count),
      zip(bounds, bounds.dropFirst()).allSatisfy({ $0 <= $1 })
    else { throw .malformed(what: what, reason: "offsets outside its bytes") }
    let width = trailingShape.reduce(into: (1, false)) { product, length in
      let (next, overflow) = product.0.multipliedReportingOverflow(by: length)
      product = (next, product.1 || overflow)
    }
    guard !width.1 else { throw .malformed(what: what, reason: "the shape \(trailingShape)") }
    for (start, end) in zip(bounds, bounds.dropFirst()) {
      // Within Int: no bound is above the number of bytes.
      let part = data.dropFirst(Int(start)).prefix(Int(end - start))
      let elements = try WireTensor.Elements(part, type: type, of: what)
      let rows = width.0 == 0 ? 0 : elements.count / width.0
      tensors.append(try WireTensor(elements, shape: [rows] + trailingShape, of: what))
    }
  }

  /// As `BatchedTensor` of the interface.
  var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    let parts = tensors.map(\.elements.bytes)
    var offsets: [UInt8] = []
    var end = 0
    offsets.append(littleEndian: UInt64(0))
    for part in parts {
      end += part.count
      offsets.append(littleEndian: UInt64(end))
    }
    writer.data(1, parts.flatMap { $0 })
    writer.data(2, offsets)
    writer.integer(3, tensors.first?.elements.type ?? Int64(type))
    writer.packed(4, trailingShape)
    return writer.bytes
  }
}
#endif
