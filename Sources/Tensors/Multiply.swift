internal import COpenBLAS

/// Matrix products whose bits do not depend on how many rows are multiplied together.
///
/// Each element of the result is one sum over k in ascending order, in blocks of fixed size, whatever the number of rows:
/// a row computed alone (sampling, one token at a time) has the same bits as the same row computed among hundreds
/// (training). So the log-probabilities of sampler and trainer agree exactly. BLAS libraries do not promise this: they
/// choose another kernel, with another order, for another shape.
///
/// The kernel holds a 6 × 16 tile in twelve of the sixteen vector registers of x86-64-v3 (a 4 × 16 tile where that wastes
/// less); the right-hand matrix is packed ahead into panels of 16 columns, which for weights is done once an update.
enum Multiply {
  /// Columns of a panel: two vectors.
  static let panel = 16

  /// Terms summed before a tile is stored: a panel of that depth is 24 KiB and stays in the first-level cache.
  static let depth = 384

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
        tiles(
          m: m, columns: columns, steps: steps, a: a + from * columnStride, rowStride: rowStride,
          columnStride: columnStride, b: b, c: c + p * panel, ldc: ldc,
          adding: adding || from > 0)
      }
      from += steps
    } while from < k
  }

  /// Some panels of a product with codes.
  ///
  /// They are widened into 24 KiB that stay in the first-level cache, once a product, however many rows there are.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func run<Scalar: Real>(
    m: Int, n: Int, k: Int, a: UnsafePointer<Scalar>, rowStride: Int, columnStride: Int,
    _ source: CodedSource, _ range: Range<Int>, c: UnsafeMutablePointer<Scalar>, ldc: Int,
    adding: Bool
  ) {
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: depth * panel) {
      guard let piece = $0.baseAddress else { return }
      for from in stride(from: 0, to: k, by: depth) {
        let steps = min(depth, k - from)
        for p in range {
          source.widen(panel: p, from: from, steps: steps, into: piece)
          tiles(
            m: m, columns: min(panel, n - p * panel), steps: steps, a: a + from * columnStride,
            rowStride: rowStride, columnStride: columnStride, b: piece, c: c + p * panel, ldc: ldc,
            adding: adding || from > 0)
        }
      }
    }
  }

  /// `C ← C + Aᵀ·B`, where A is k × m and B is k × n, both row-major: what the gradient of a weight gathers over rows.
  ///
  /// The kernel of all other products rather than OpenBLAS's, which takes another order of its sums on another processor:
  /// runs had other bits on Zen 3, Zen 4 and Zen 5.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func addTransposed<Scalar: Real>(
    m: Int, n: Int, k: Int, a: UnsafePointer<Scalar>, lda: Int, b: UnsafePointer<Scalar>, ldb: Int,
    c: UnsafeMutablePointer<Scalar>, ldc: Int
  ) {
    share(m: m, n: n, k: k) { rows, range in
      addTransposed(
        m: rows.count, n: n, k: k, a: a + rows.lowerBound, lda: lda, b: b, ldb: ldb,
        c: c + rows.lowerBound * ldc, ldc: ldc, range)
    }
  }

  /// Some panels of `C ← C + Aᵀ·B`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private static func addTransposed<Scalar: Real>(
    m: Int, n: Int, k: Int, a: UnsafePointer<Scalar>, lda: Int, b: UnsafePointer<Scalar>, ldb: Int,
    c: UnsafeMutablePointer<Scalar>, ldc: Int, _ range: Range<Int>
  ) {
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: depth * panel) {
      guard let piece = $0.baseAddress else { return }
      for from in stride(from: 0, to: k, by: depth) {
        let steps = min(depth, k - from)
        for p in range {
          let columns = min(panel, n - p * panel)
          pack(
            b + from * ldb + p * panel, stride: ldb, k: steps, n: columns, panels: 0..<1,
            into: piece)
          tiles(
            m: m, columns: columns, steps: steps, a: a + from * lda, rowStride: 1,
            columnStride: lda, b: piece, c: c + p * panel, ldc: ldc, adding: true)
        }
      }
    }
  }

  /// One panel's share of some terms, for all rows.
  @inline(__always)
  static func tiles<Scalar: Real>(
    m: Int, columns: Int, steps: Int, a: UnsafePointer<Scalar>, rowStride: Int, columnStride: Int,
    b: UnsafePointer<Scalar>, c: UnsafeMutablePointer<Scalar>, ldc: Int, adding: Bool
  ) {
    var row = 0
    while row < m {
      let left = m - row
      let a = a + row * rowStride
      let c = c + row * ldc
      // The tile is stored only when it is done: by then its lines have come from the outer caches.
      for i in 0..<min(6, left) { opd_prefetch_for_writing(c + i * ldc) }
      // Seven and eight rows are two tiles of four, and so are the last of thirteen and fourteen.
      if left > 8 || left == 6 || left == 5 {
        Tile<6, Scalar>(
          rows: left, steps: steps, a: a, rowStride: rowStride, columnStride: columnStride, b: b
        ).store(c, ldc: ldc, rows: left, columns: columns, adding: adding)
        row += 6
      } else {
        Tile<4, Scalar>(
          rows: left, steps: steps, a: a, rowStride: rowStride, columnStride: columnStride, b: b
        ).store(c, ldc: ldc, rows: left, columns: columns, adding: adding)
        row += 4
      }
    }
  }
}

/// `height` × 16 sums, in registers.
private struct Tile<let height: Int, Scalar: Real> {
  private var low: InlineArray<height, SIMD8<Scalar>>
  private var high: InlineArray<height, SIMD8<Scalar>>

  /// Sums over `steps` terms; `rows` may be more or fewer than the tile has.
  @inline(__always)
  init(
    rows: Int, steps: Int, a: UnsafePointer<Scalar>, rowStride: Int, columnStride: Int,
    b: UnsafePointer<Scalar>
  ) {
    // Rows past the last repeat it: their sums are thrown away.
    let offsets = InlineArray<height, Int> { min($0, rows - 1) * rowStride }
    low = InlineArray(repeating: SIMD8())
    high = InlineArray(repeating: SIMD8())
    var a = a
    var b = b
    for _ in 0..<steps {
      let b0 = load(b)
      let b1 = load(b + 8)
      for row in 0..<height {
        let x = SIMD8(repeating: a[offsets[unchecked: row]])
        low[unchecked: row].addProduct(x, b0)
        high[unchecked: row].addProduct(x, b1)
      }
      a += columnStride
      b += Multiply.panel
    }
  }

  @inline(__always)
  func store(_ c: UnsafeMutablePointer<Scalar>, ldc: Int, rows: Int, columns: Int, adding: Bool) {
    if columns < Multiply.panel {
      for row in 0..<min(rows, height) { storePart(row, c + row * ldc, columns, adding) }
    } else if rows < height {
      for row in 0..<rows { storeRow(row, c + row * ldc, adding) }
    } else {
      for row in 0..<height { storeRow(row, c + row * ldc, adding) }
    }
  }

  @inline(__always)
  private func storeRow(_ row: Int, _ c: UnsafeMutablePointer<Scalar>, _ adding: Bool) {
    put(adding ? load(c) + low[unchecked: row] : low[unchecked: row], c)
    put(adding ? load(c + 8) + high[unchecked: row] : high[unchecked: row], c + 8)
  }

  @inline(__always)
  private func storePart(
    _ row: Int, _ c: UnsafeMutablePointer<Scalar>, _ columns: Int, _ adding: Bool
  ) {
    for column in 0..<columns {
      let value = column < 8 ? low[unchecked: row][column] : high[unchecked: row][column - 8]
      c[column] = adding ? c[column] + value : value
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
