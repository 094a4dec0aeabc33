/// The right-hand side of a product, in panels of 16 columns.
enum MatrixPanels<Scalar: Real> {
  /// Numbers, packed.
  case numbers(UnsafePointer<Scalar>)
  /// Codes, widened a piece at a time.
  case coded(CodedSource)

  /// A row of the matrix whose rows are the columns here.
  func copyRow(_ row: Int, columns: Int, into target: UnsafeMutablePointer<Scalar>) {
    switch self {
    case .numbers(let packed): Multiply.unpackRow(row, k: columns, packed, into: target)
    case .coded(let source): source.row(row, into: target)
    }
  }
}

extension Multiply {
  /// The product of one row: a token of one answer.
  ///
  /// A tile of four rows would compute three for nothing: 64 tokens of SmolLM2-135M take 3.3 s, and took 4.8 s by widening first
  /// (`opd model bench --phases decode_1`).
  static func row(
    n: Int, k: Int, a: UnsafePointer<Float>, _ source: CodedSource,
    c: UnsafeMutablePointer<Float>, adding: Bool
  ) {
    for from in stride(from: 0, to: k, by: depth) {
      for p in panels(n) {
        let sums = source.product(a + from, panel: p, from: from, steps: min(depth, k - from))
        let target = c + p * panel
        let isAdding = adding || from > 0
        for lane in 0..<min(8, n - p * panel) {
          target[lane] = isAdding ? target[lane] + sums.low[lane] : sums.low[lane]
        }
        guard n - p * panel > 8 else { continue }
        for lane in 8..<min(panel, n - p * panel) {
          target[lane] = isAdding ? target[lane] + sums.high[lane - 8] : sums.high[lane - 8]
        }
      }
    }
  }
}
