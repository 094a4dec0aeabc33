/// Kernels over the rows of a matrix of logits: B·T rows of V numbers, row-major, each row by itself.
///
/// All of them are written once for `Float` and `Double`, eight lanes at a time, and have a naive twin in the tests.
public enum Rows {
  /// What a log-probability of −∞ on the teacher's side counts as, in nats.
  ///
  /// A token that the teacher rules out would make the reverse KL divergence infinite. It counts as e^−100 instead: hard to
  /// overlook, and finite. A finite log-probability is never changed.
  public static let ruledOut = -100.0

  /// Log-probabilities below this, in nats, are read as −∞: masks are often written as huge negative numbers.
  public static let ruledOutBelow = -5e29

  /// What −∞ among the student's logits becomes, so that nothing is multiplied by infinity.
  static let lowest = -1e30

  /// `ruledOut` for what counts as −∞, otherwise the number itself.
  public static func readable(_ logProbability: Double) -> Double {
    logProbability < ruledOutBelow ? ruledOut : logProbability
  }

  /// Turns logits into log-probabilities, in place: `x ← z/τ − log Σ_v exp(z_v/τ)`.
  ///
  /// - Parameters:
  ///   - rows: Logits on entry, natural log-probabilities on return; a whole number of rows.
  ///   - width: V, the entries of a row.
  ///   - temperature: τ > 0.
  /// - Returns: The entropy of each row, `−Σ_v p_v log p_v`, nats. A row with NaN, +∞ or nothing but −∞ becomes NaN.
  /// - Complexity: O(rows·V), two passes over memory and one of exponentials.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func logSoftmax<Scalar: Real>(
    _ rows: inout MutableSpan<Scalar>, width: Int, temperature: Double
  ) -> [Double] {
    precondition(
      rows.count.isMultiple(of: width), "\(rows.count) logits are not rows of \(width).")
    precondition(temperature > 0, "Logits cannot be divided by a temperature of \(temperature).")
    return rows.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      let count = buffer.count / width
      return [Double](unsafeUninitializedCapacity: count) { entropies, filled in
        filled = count
        guard let entropies = entropies.baseAddress else { return }
        Pieces(count, work: 64 * width).forEach { own, _ in
          for row in own {
            entropies[row] = logSoftmaxRow(base + row * width, width, Scalar(1 / temperature))
          }
        }
      }
    }
  }

  /// One row of `logSoftmax`.
  @inline(__always)
  static func logSoftmaxRow<Scalar: Real>(
    _ row: UnsafeMutablePointer<Scalar>, _ width: Int, _ inverseTemperature: Scalar
  ) -> Double {
    // The row's maximum is subtracted first: exp stays at or below 1, so a logit of 1e4 cannot overflow.
    let lowest = Scalar(Self.lowest)
    var peaks = SIMD8<Scalar>(repeating: lowest)
    for index in stride(from: 0, to: width, by: 8) {
      peaks = Scalar.larger(peaks, lanes(row, index, width, padding: lowest))
    }
    let peak = peaks.peak()
    let total = blockSum(width) { index in
      let z = lanes(row, index, width, padding: lowest)
      let x = Scalar.raised((z - peak) * inverseTemperature, to: lowest)
      write(x, row, index, width)
      return Scalar.exponential(x)
    }
    // NaN and +∞ have made the sum NaN: the maximum skips them, but the exponential does not.
    guard total.isFinite, peak > lowest else {
      for index in 0..<width { row[index] = .nan }
      return .nan
    }
    let logTotal = Scalar.logarithm(Scalar(total))
    let weighted = blockSum(width) { index in
      let x = lanes(row, index, width, padding: lowest)
      write(Scalar.raised(x - logTotal, to: lowest), row, index, width)
      return Scalar.exponential(x) * x
    }
    return max(0, Double(logTotal) - weighted / total)
  }

  /// The indices of the largest entries of a row, largest first; the earlier of two equal ones wins.
  ///
  /// - Parameters:
  ///   - count: k; all of the row if it has fewer entries.
  ///   - rows: Row-major numbers.
  ///   - offset: Where the row begins.
  ///   - width: V.
  /// - Returns: The indices.
  /// - Complexity: O(V + k·changes); for a random row O(V + k² log V).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func largest<Scalar: Real>(
    _ count: Int, of rows: Span<Scalar>, at offset: Int, width: Int
  ) -> [Int] {
    var best: [(value: Scalar, index: Int)] = []
    let wanted = min(count, width)
    guard wanted > 0 else { return [] }
    best.reserveCapacity(wanted + 1)
    for index in 0..<width {
      let value = rows[offset + index]
      if best.count == wanted, value <= best[wanted - 1].value { continue }
      var place = best.count
      while place > 0, best[place - 1].value < value { place -= 1 }
      best.insert((value, index), at: place)
      if best.count > wanted { best.removeLast() }
    }
    return best.map(\.index)
  }
}
