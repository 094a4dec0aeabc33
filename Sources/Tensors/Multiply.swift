/// Matrix products whose bits do not depend on how many rows are multiplied together.
///
/// Each element of the result is one sum over k in ascending order, in blocks of fixed size, whatever the number of rows:
/// a row computed alone (sampling, one token at a time) has the same bits as the same row computed among hundreds
/// (training). So the log-probabilities of sampler and trainer agree exactly. BLAS libraries do not promise this: they
/// choose another kernel, with another order, for another shape.
///
/// The kernel holds a 6 × 16 tile in twelve of the sixteen vector registers of x86-64-v3; the right-hand matrix is packed
/// ahead into panels of 16 columns, which for weights is done once an update.
enum Multiply {
  /// Columns of a panel: two vectors.
  static let panel = 16

  /// Terms summed before a tile is stored: a panel of that depth is 24 KiB and stays in the first-level cache.
  static let depth = 384

  /// How many numbers a packed k × n matrix has.
  static func packedCount(k: Int, n: Int) -> Int { (n + panel - 1) / panel * panel * k }

  /// Packs the panels `range` of Bᵀ, where `b` is n × k row-major (a weight matrix in its usual layout).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func packTransposed<Scalar: Real>(
    _ b: UnsafePointer<Scalar>, k: Int, n: Int, panels: Range<Int>,
    into packed: UnsafeMutablePointer<Scalar>
  ) {
    for p in panels {
      let columns = min(panel, n - p * panel)
      let target = packed + p * panel * k
      for j in 0..<panel {
        guard j < columns else {
          for i in 0..<k { target[i * panel + j] = 0 }
          continue
        }
        let source = b + (p * panel + j) * k
        for i in 0..<k { target[i * panel + j] = source[i] }
      }
    }
  }

  /// Packs the panels `range` of B, where `b` is k × n row-major.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func pack<Scalar: Real>(
    _ b: UnsafePointer<Scalar>, stride: Int, k: Int, n: Int, panels: Range<Int>,
    into packed: UnsafeMutablePointer<Scalar>
  ) {
    for p in panels {
      let columns = min(panel, n - p * panel)
      let target = packed + p * panel * k
      for i in 0..<k {
        let source = b + i * stride + p * panel
        for j in 0..<columns { target[i * panel + j] = source[j] }
        for j in columns..<panel { target[i * panel + j] = 0 }
      }
    }
  }

  /// `C ← A·B` or `C ← C + A·B` with B packed.
  ///
  /// - Parameters:
  ///   - m: Rows of A and C.
  ///   - n: Columns of B and C.
  ///   - k: Columns of A and rows of B.
  ///   - a: m × k; row i begins at `a + i·rowStride` and its entries are `columnStride` apart, so that a transposed matrix
  ///     is one with the strides exchanged.
  ///   - rowStride: How far apart the rows of A are.
  ///   - columnStride: How far apart the entries of a row of A are.
  ///   - packed: B, k × n, from `pack` or `packTransposed`.
  ///   - packedDepth: The k with which B was packed, where that was more than is summed now.
  ///   - c: m × n, row-major with rows `ldc` apart.
  ///   - ldc: How far apart the rows of C are.
  ///   - adding: Whether to add to what is in C.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func run<Scalar: Real>(
    m: Int, n: Int, k: Int, a: UnsafePointer<Scalar>, rowStride: Int, columnStride: Int,
    packed: UnsafePointer<Scalar>, packedDepth: Int? = nil, c: UnsafeMutablePointer<Scalar>,
    ldc: Int, adding: Bool
  ) {
    let panelStride = panel * (packedDepth ?? k)
    var from = 0
    repeat {
      let steps = min(depth, k - from)
      for p in 0..<(n + panel - 1) / panel {
        let columns = min(panel, n - p * panel)
        let b = packed + p * panelStride + from * panel
        var row = 0
        while row < m {
          let rows = min(6, m - row)
          tile(
            rows: rows, columns: columns, steps: steps,
            a: a + row * rowStride + from * columnStride, rowStride: rowStride,
            columnStride: columnStride, b: b, c: c + row * ldc + p * panel, ldc: ldc,
            adding: adding || from > 0)
          row += rows
        }
      }
      from += steps
    } while from < k
  }

  /// One tile of at most 6 × 16.
  @inline(__always)
  private static func tile<Scalar: Real>(
    rows: Int, columns: Int, steps: Int, a: UnsafePointer<Scalar>, rowStride: Int,
    columnStride: Int, b: UnsafePointer<Scalar>, c: UnsafeMutablePointer<Scalar>, ldc: Int,
    adding: Bool
  ) {
    // Rows past the last repeat it: their sums are thrown away.
    let r1 = rows > 1 ? rowStride : 0
    let r2 = rows > 2 ? 2 * rowStride : 0
    let r3 = rows > 3 ? 3 * rowStride : 0
    let r4 = rows > 4 ? 4 * rowStride : 0
    let r5 = rows > 5 ? 5 * rowStride : 0
    var s00 = SIMD8<Scalar>()
    var s01 = SIMD8<Scalar>()
    var s10 = SIMD8<Scalar>()
    var s11 = SIMD8<Scalar>()
    var s20 = SIMD8<Scalar>()
    var s21 = SIMD8<Scalar>()
    var s30 = SIMD8<Scalar>()
    var s31 = SIMD8<Scalar>()
    var s40 = SIMD8<Scalar>()
    var s41 = SIMD8<Scalar>()
    var s50 = SIMD8<Scalar>()
    var s51 = SIMD8<Scalar>()
    var a = a
    var b = b
    for _ in 0..<steps {
      let b0 = load(b)
      let b1 = load(b + 8)
      let x0 = SIMD8(repeating: a[0])
      s00.addProduct(x0, b0)
      s01.addProduct(x0, b1)
      let x1 = SIMD8(repeating: a[r1])
      s10.addProduct(x1, b0)
      s11.addProduct(x1, b1)
      let x2 = SIMD8(repeating: a[r2])
      s20.addProduct(x2, b0)
      s21.addProduct(x2, b1)
      let x3 = SIMD8(repeating: a[r3])
      s30.addProduct(x3, b0)
      s31.addProduct(x3, b1)
      let x4 = SIMD8(repeating: a[r4])
      s40.addProduct(x4, b0)
      s41.addProduct(x4, b1)
      let x5 = SIMD8(repeating: a[r5])
      s50.addProduct(x5, b0)
      s51.addProduct(x5, b1)
      a += columnStride
      b += panel
    }
    store(s00, s01, c, columns, adding)
    if rows > 1 { store(s10, s11, c + ldc, columns, adding) }
    if rows > 2 { store(s20, s21, c + 2 * ldc, columns, adding) }
    if rows > 3 { store(s30, s31, c + 3 * ldc, columns, adding) }
    if rows > 4 { store(s40, s41, c + 4 * ldc, columns, adding) }
    if rows > 5 { store(s50, s51, c + 5 * ldc, columns, adding) }
  }

  @inline(__always)
  private static func store<Scalar: Real>(
    _ low: SIMD8<Scalar>, _ high: SIMD8<Scalar>, _ c: UnsafeMutablePointer<Scalar>,
    _ columns: Int, _ adding: Bool
  ) {
    if columns == panel {
      put(adding ? load(c) + low : low, c)
      put(adding ? load(c + 8) + high : high, c + 8)
      return
    }
    for j in 0..<columns {
      let value = j < 8 ? low[j] : high[j - 8]
      c[j] = adding ? c[j] + value : value
    }
  }
}

/// Eight numbers from memory of any alignment.
@inline(__always)
func load<Scalar: Real>(_ p: UnsafePointer<Scalar>) -> SIMD8<Scalar> {
  UnsafeRawPointer(p).loadUnaligned(as: SIMD8<Scalar>.self)
}

/// Eight numbers from memory of any alignment.
@inline(__always)
func load<Scalar: Real>(_ p: UnsafeMutablePointer<Scalar>) -> SIMD8<Scalar> {
  UnsafeRawPointer(p).loadUnaligned(as: SIMD8<Scalar>.self)
}

/// Eight numbers to memory of any alignment.
@inline(__always)
func put<Scalar: Real>(_ value: SIMD8<Scalar>, _ p: UnsafeMutablePointer<Scalar>) {
  UnsafeMutableRawPointer(p).storeBytes(of: value, as: SIMD8<Scalar>.self)
}
