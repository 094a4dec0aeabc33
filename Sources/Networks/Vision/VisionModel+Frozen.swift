package import Tensors
internal import Storage

/// Matrices that are not trained stay in the code of their file.
extension VisionModel: FrozenSource {
  /// The code of a matrix whose tensors all have it.
  package func code(of entry: ParameterLayout.Entry) -> MatrixCode? {
    let tensors = tensors(of: entry)
    let formats = Set(tensors.map(\.format))
    guard formats.count == 1, tensors.allSatisfy({ $0.shape.count == 2 }),
      sources(entry.name).allSatisfy({ $0.thirds == nil }), let format = formats.first,
      let code = format.code, code.bits == 16
    else { return nil }
    return format == .brain ? .brain : .half
  }

  /// Rows of a matrix.
  package func codes(_ rows: Range<Int>, of entry: ParameterLayout.Entry) -> CodedRows {
    var result = CodedRows(codes: [])
    result.codes.reserveCapacity(rows.count * (entry.shape.last ?? 1))
    var first = 0
    for tensor in tensors(of: entry) {
      let own = rows.clamped(to: first..<first + tensor.rows)
      let inside = own.lowerBound - first..<own.upperBound - first
      tensor.readCodes(
        inside, into: &result.codes, scales: &result.scales, offsets: &result.offsets)
      tensor.forget(inside)
      first += tensor.rows
    }
    return result
  }

  /// The numbers of a parameter.
  package func numbers(of entry: ParameterLayout.Entry) -> [Float] {
    var result = [Float](repeating: 0, count: entry.count)
    var values = result.mutableSpan
    read(entry, into: &values, at: 0)
    return result
  }

  private func tensors(of entry: ParameterLayout.Entry) -> [StoredTensor] {
    sources(entry.name).compactMap { source[$0.name] }
  }
}
