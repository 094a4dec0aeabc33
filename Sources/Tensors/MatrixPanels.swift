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
  /// `C ← A·B` or `C ← C + A·B`, as `run` with a packed B: the same bits, however B is kept.
  ///
  /// Codes are widened into 24 KiB that stay in the first-level cache, once a product, however many rows there are.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func run<Scalar: Real>(
    m: Int, n: Int, k: Int, a: UnsafePointer<Scalar>, rowStride: Int, columnStride: Int,
    panels: MatrixPanels<Scalar>, c: UnsafeMutablePointer<Scalar>, ldc: Int, adding: Bool
  ) {
    switch panels {
    case .numbers(let packed):
      run(
        m: m, n: n, k: k, a: a, rowStride: rowStride, columnStride: columnStride, packed: packed,
        c: c, ldc: ldc, adding: adding)
    case .coded(let source) where m == 1 && Scalar.self == Float.self && columnStride == 1:
      row(
        n: n, k: k, a: UnsafeRawPointer(a).assumingMemoryBound(to: Float.self), source,
        c: UnsafeMutableRawPointer(c).assumingMemoryBound(to: Float.self), adding: adding)
    case .coded(let source):
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: depth * panel) {
        guard let piece = $0.baseAddress else { return }
        for from in stride(from: 0, to: k, by: depth) {
          let steps = min(depth, k - from)
          for p in Multiply.panels(n) {
            source.widen(panel: p, from: from, steps: steps, into: piece)
            tiles(
              m: m, columns: min(panel, n - p * panel), steps: steps,
              a: a + from * columnStride, rowStride: rowStride, columnStride: columnStride,
              b: piece, c: c + p * panel, ldc: ldc, adding: adding || from > 0)
          }
        }
      }
    }
  }
}

extension Multiply {
  /// The product of one row: a token of one answer.
  ///
  /// Two thirds of the time of widening first: a tile of four rows would compute three for nothing.
  private static func row(
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
