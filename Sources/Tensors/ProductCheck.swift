internal import COpenBLAS

/// Our products beside OpenBLAS's, which share no line with them.
package enum ProductCheck {
  /// How far `Aᵀ·B` by our kernel is from OpenBLAS's.
  ///
  /// - Parameters:
  ///   - m: Columns of A.
  ///   - n: Columns of B.
  ///   - k: Rows of both, more than none.
  ///   - a: A, row-major.
  ///   - b: B, row-major.
  /// - Returns: A magnitude for each element, twice: the kernel is called in two ways.
  package static func differences(m: Int, n: Int, k: Int, _ a: [Float], _ b: [Float]) -> [Double] {
    precondition(m > 0 && n > 0 && k > 0 && a.count == k * m && b.count == k * n, "Fitting sizes.")
    var packed = [Float](repeating: .nan, count: Multiply.packedCount(k: k, n: n))
    let gathered = product(m * n) { c in
      Multiply.addTransposed(m: m, n: n, k: k, a: a, lda: m, b: b, ldb: n, c: c, ldc: n)
    }
    let whole = product(m * n) { c in
      Multiply.pack(b, stride: n, k: k, n: n, panels: Multiply.panels(n), into: &packed)
      Multiply.run(
        m: m, n: n, k: k, a: a, rowStride: 1, columnStride: m, packed: packed, c: c, ldc: n,
        adding: true)
    }
    let reference = product(m * n) { c in
      cblas_sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a,
        blasint(m), b, blasint(n), 0, c, blasint(n))
    }
    return (0..<2 * m * n).map { i in
      let ours = i < m * n ? gathered[i] : whole[i - m * n]
      return Double((ours - reference[i % (m * n)]).magnitude)
    }
  }

  private static func product(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void)
    -> [Float]
  {
    var result = [Float](repeating: 0, count: count)
    body(&result)
    return result
  }
}
