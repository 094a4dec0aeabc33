package import Tensors
internal import Storage

/// Matrices stay in the code of the file: a fifth of the memory for four bits, half of it for 16.
extension PretrainedModel: FrozenSource {
  /// The weights as products read them, never to be trained themselves; the purpose is that of what is beside them.
  ///
  /// - Complexity: Reads every number once. Memory: the codes, twice for training.
  package func frozen(for purpose: WeightPurpose) -> Weights<Float> {
    Weights(frozen: self, configuration.layout, for: purpose)
  }

  /// The code of a matrix whose tensors all have it.
  package func code(of entry: ParameterLayout.Entry) -> MatrixCode? {
    let formats = Set(tensors(of: entry).map(\.format))
    guard formats.count == 1, let format = formats.first, let code = format.code else { return nil }
    switch code.bits {
    case 4: return .nibbles(bias: code.bias)
    case 8: return .bytes(bias: code.bias)
    default: return format == .brain ? .brain : .half
    }
  }

  /// Rows of a matrix, those of GGUF's rotary pairs in halves.
  package func codes(_ rows: Range<Int>, of entry: ParameterLayout.Entry) -> CodedRows {
    var result = CodedRows(codes: [])
    result.codes.reserveCapacity(rows.count * (entry.shape.last ?? 1))
    var first = 0
    for tensor in tensors(of: entry) {
      let own = rows.clamped(to: first..<first + tensor.rows)
      let inside = own.lowerBound - first..<own.upperBound - first
      for run in storedRuns(inside, of: tensor) {
        tensor.readCodes(
          run.stored, into: &result.codes, scales: &result.scales, offsets: &result.offsets)
      }
      // Pages of the file are not held beside what was made of them.
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
    names.sources(entry.name).compactMap { source[$0] }
  }
}
