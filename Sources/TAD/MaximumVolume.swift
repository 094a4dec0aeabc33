/// The rows of a tall matrix that span the most volume: `count` of them, at least as many as it has columns.
///
/// First as many rows as columns: by Gaussian elimination with pivoting, then exchanged while an exchange enlarges the
/// volume by more than 5 %. Then one row at a time: adding row a multiplies the squared volume by `1 + aᵀ(AᵀA)⁻¹a`, with A the
/// rows so far. Ties go to the first row; where the matrix has no columns the first rows are taken.
///
/// - Parameters:
///   - rows: F rows of r numbers, of full column rank.
///   - count: K, at least r and at most F.
/// - Returns: K distinct row numbers in the order they were found.
/// - Complexity: O(F·r²·(r + exchanges) + K·F·r²).
///
/// Source: Mikhalev & Oseledets, "Rectangular maximum-volume submatrices and their applications", 2018.
func maximumVolumeRows(_ rows: [[Double]], count: Int) -> [Int] {
  let rank = rows.first?.count ?? 0
  var chosen = exchanged(pivotRows(rows, rank: rank), rows: rows)
  guard var inverse = inverse(gram(chosen.map { rows[$0] }, width: rank)) else {
    return filled(Set(chosen), to: count, by: rows.map { dotProduct($0, $0) })
  }
  while chosen.count < count {
    var best = (row: -1, gain: -1.0)
    for row in rows.indices where !chosen.contains(row) {
      let gain = dotProduct(rows[row], product(inverse, rows[row]))
      if gain > best.gain { best = (row, gain) }
    }
    chosen.append(best.row)
    // Sherman and Morrison: the inverse after adding one row.
    let moved = product(inverse, rows[best.row])
    for first in 0..<rank {
      for second in 0..<rank {
        inverse[first][second] -= moved[first] * moved[second] / (1 + best.gain)
      }
    }
  }
  return chosen
}

/// As many rows as columns, each the one with the largest pivot.
private func pivotRows(_ rows: [[Double]], rank: Int) -> [Int] {
  var left = rows
  var chosen: [Int] = []
  for column in 0..<rank {
    var best = (row: -1, size: -1.0)
    for row in rows.indices where !chosen.contains(row) && abs(left[row][column]) > best.size {
      best = (row, abs(left[row][column]))
    }
    chosen.append(best.row)
    let pivot = left[best.row]
    guard pivot[column] != 0 else { continue }
    for row in rows.indices where !chosen.contains(row) {
      let factor = left[row][column] / pivot[column]
      for other in column..<rank { left[row][other] -= factor * pivot[other] }
    }
  }
  return chosen
}

/// Rows exchanged while that enlarges the volume by more than 5 %.
private func exchanged(_ chosen: [Int], rows: [[Double]]) -> [Int] {
  var chosen = chosen
  // Each exchange enlarges the volume, so this ends; the limit guards against rounding.
  for _ in 0..<100 * (chosen.count + 1) {
    guard let inverse = inverse(chosen.map { rows[$0] }) else { return chosen }
    var best = (row: -1, place: -1, size: 1.05)
    for row in rows.indices where !chosen.contains(row) {
      for place in chosen.indices {
        var entry = 0.0
        for column in chosen.indices { entry += rows[row][column] * inverse[column][place] }
        if abs(entry) > best.size { best = (row, place, abs(entry)) }
      }
    }
    if best.row < 0 { return chosen }
    chosen[best.place] = best.row
  }
  return chosen
}

private func gram(_ rows: [[Double]], width: Int) -> [[Double]] {
  (0..<width).map { first in
    (0..<width).map { second in rows.reduce(0) { $0 + $1[first] * $1[second] } }
  }
}

private func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
  matrix.map { dotProduct($0, vector) }
}
