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
  /// `C ← A·B` or `C ← C + A·B`, as `run` with a packed B: the same bits, however B is kept and on however many threads.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func run<Scalar: Real>(
    m: Int, n: Int, k: Int, a: UnsafePointer<Scalar>, rowStride: Int, columnStride: Int,
    panels: MatrixPanels<Scalar>, c: UnsafeMutablePointer<Scalar>, ldc: Int, adding: Bool
  ) {
    share(m: m, n: n, k: k) { rows, range in
      run(
        m: rows.count, n: n, k: k, a: a + rows.lowerBound * rowStride, rowStride: rowStride,
        columnStride: columnStride, panels: panels, range, c: c + rows.lowerBound * ldc, ldc: ldc,
        adding: adding)
    }
  }

  /// Cuts a product into pieces of neighbouring panels; of rows where there are too few panels.
  ///
  /// Panels first: whoever has some of them widens no code twice.
  static func share(
    m: Int, n: Int, k: Int, _ body: (_ rows: Range<Int>, _ panels: Range<Int>) -> Void
  ) {
    // A single row takes the time of about nine: codes are widened all the same, and only read once.
    let byPanels = Pieces(panels(n).count, work: (m + 8) * panel * k)
    // Whole tiles, and enough of them that widening a panel for each piece is little beside the sums.
    let height = 48
    let byRows = Pieces((m + height - 1) / height, work: height * n * k)
    guard byRows.count > byPanels.count else {
      return byPanels.forEach { range, _ in body(0..<m, range) }
    }
    byRows.forEach { range, _ in
      body(range.lowerBound * height..<min(m, range.upperBound * height), panels(n))
    }
  }

  /// Some panels of a product.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private static func run<Scalar: Real>(
    m: Int, n: Int, k: Int, a: UnsafePointer<Scalar>, rowStride: Int, columnStride: Int,
    panels: MatrixPanels<Scalar>, _ range: Range<Int>, c: UnsafeMutablePointer<Scalar>, ldc: Int,
    adding: Bool
  ) {
    switch panels {
    case .numbers(let packed):
      let first = range.lowerBound * panel
      run(
        m: m, n: min(n, range.upperBound * panel) - first, k: k, a: a, rowStride: rowStride,
        columnStride: columnStride, packed: packed + first * k, c: c + first, ldc: ldc,
        adding: adding)
    case .coded(let source) where m == 1 && Scalar.self == Float.self && columnStride == 1:
      row(
        n: n, k: k, a: UnsafeRawPointer(a).assumingMemoryBound(to: Float.self), source, range,
        c: UnsafeMutableRawPointer(c).assumingMemoryBound(to: Float.self), adding: adding)
    case .coded(let source):
      run(
        m: m, n: n, k: k, a: a, rowStride: rowStride, columnStride: columnStride, source, range,
        c: c, ldc: ldc, adding: adding)
    }
  }

  /// Some panels of the product of one row: a token of one answer.
  ///
  /// A tile of four rows would compute three for nothing: 64 tokens of SmolLM2-135M take 3.3 s, and took 4.8 s by widening first
  /// (`opd model bench --phases decode_1`).
  private static func row(
    n: Int, k: Int, a: UnsafePointer<Float>, _ source: CodedSource, _ range: Range<Int>,
    c: UnsafeMutablePointer<Float>, adding: Bool
  ) {
    for from in stride(from: 0, to: k, by: depth) {
      for p in range {
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
