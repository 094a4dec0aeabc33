extension Multiply {
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

  /// Row `row` of the matrix that `packTransposed` packed, k numbers.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func unpackRow<Scalar: Real>(
    _ row: Int, k: Int, _ packed: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>
  ) {
    let source = packed + row / panel * panel * k + row % panel
    for i in 0..<k { target[i] = source[i * panel] }
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
}
