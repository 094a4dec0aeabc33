/// The inverse of a square matrix by Gauss and Jordan with pivoting; `nil` where it has none.
func inverse(_ matrix: [[Double]]) -> [[Double]]? {
  let size = matrix.count
  var left = matrix
  var right = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0 } }
  for column in 0..<size {
    guard
      let pivot = (column..<size).max(by: { abs(left[$0][column]) < abs(left[$1][column]) }),
      abs(left[pivot][column]) > 1e-300
    else { return nil }
    left.swapAt(column, pivot)
    right.swapAt(column, pivot)
    let scale = 1 / left[column][column]
    for other in 0..<size {
      left[column][other] *= scale
      right[column][other] *= scale
    }
    for row in 0..<size where row != column {
      let factor = left[row][column]
      for other in 0..<size {
        left[row][other] -= factor * left[column][other]
        right[row][other] -= factor * right[column][other]
      }
    }
  }
  return right
}

/// The eigenvalues of a symmetric matrix, largest first, with their unit eigenvectors as rows.
///
/// Jacobi's method: rotations in the plane of two axes until nothing is left off the diagonal. The largest component of
/// each eigenvector is made positive, so that the result does not depend on the path.
///
/// - Complexity: O(n³) a sweep, fewer than ten sweeps.
func symmetricEigen(_ matrix: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
  let size = matrix.count
  var a = matrix
  var vectors = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0 } }
  for _ in 0..<60 {
    var off = 0.0
    var all = 0.0
    for row in 0..<size {
      for column in 0..<size {
        all += a[row][column] * a[row][column]
        if row != column { off += a[row][column] * a[row][column] }
      }
    }
    if off <= 1e-26 * all { break }
    for row in 0..<size { for column in 0..<row { rotate(&a, &vectors, column, row) } }
  }
  let order = (0..<size).sorted { (-a[$0][$0], $0) < (-a[$1][$1], $1) }
  return (order.map { a[$0][$0] }, order.map { signed(vectors[$0]) })
}

/// Turns two axes so that the entry between them vanishes.
private func rotate(_ a: inout [[Double]], _ vectors: inout [[Double]], _ p: Int, _ q: Int) {
  guard a[p][q] != 0 else { return }
  let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
  let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
  let c = 1 / (t * t + 1).squareRoot()
  let s = t * c
  for k in a.indices {
    let first = a[k][p]
    let second = a[k][q]
    a[k][p] = c * first - s * second
    a[k][q] = s * first + c * second
  }
  for k in a.indices {
    let first = a[p][k]
    let second = a[q][k]
    a[p][k] = c * first - s * second
    a[q][k] = s * first + c * second
    let one = vectors[p][k]
    let other = vectors[q][k]
    vectors[p][k] = c * one - s * other
    vectors[q][k] = s * one + c * other
  }
}

private func signed(_ vector: [Double]) -> [Double] {
  let largest = vector.max { abs($0) < abs($1) } ?? 0
  return largest < 0 ? vector.map { -$0 } : vector
}
