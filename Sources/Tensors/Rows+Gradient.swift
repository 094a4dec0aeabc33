extension Rows {
  /// Turns a row of log-probabilities into the gradient of `c·log π(y)` in the logits, in place.
  ///
  /// `∂ c·log π(y)/∂z_v = (c/τ)·(1[v = y] − π_v)`.
  ///
  /// - Parameters:
  ///   - rows: Log-probabilities on entry, the gradient on return, in the row at `offset` alone.
  ///   - offset: Where the row begins.
  ///   - width: V.
  ///   - token: y.
  ///   - coefficient: c, the derivative of the loss in log π(y).
  ///   - temperature: τ.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func sampledTokenGradient<Scalar: Real>(
    _ rows: inout MutableSpan<Scalar>, at offset: Int, width: Int, token: Int, coefficient: Double,
    temperature: Double
  ) {
    precondition(0..<width ~= token, "Token \(token) lies outside a vocabulary of \(width).")
    precondition(offset >= 0 && offset + width <= rows.count, "There is no row at \(offset).")
    let scale = Scalar(coefficient / temperature)
    rows.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let row = base + offset
      for index in stride(from: 0, to: width, by: 8) {
        let x = lanes(row, index, width, padding: 0)
        write(Scalar.exponential(x) * -scale, row, index, width)
      }
      row[token] += scale
    }
  }

  /// Turns a row of log-probabilities into the gradient in the logits, given that in the log-probabilities, in place.
  ///
  /// `∂L/∂z_v = (g_v − π_v Σ_u g_u)/τ` where `g_v = ∂L/∂log π_v`: the backward of log-softmax.
  ///
  /// - Parameters:
  ///   - rows: Log-probabilities on entry, the gradient on return, in the row at `offset` alone.
  ///   - offset: Where the row begins.
  ///   - width: V.
  ///   - gradient: g, V numbers.
  ///   - temperature: τ.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func backward<Scalar: Real>(
    _ rows: inout MutableSpan<Scalar>, at offset: Int, width: Int, gradient: Span<Scalar>,
    temperature: Double
  ) {
    precondition(gradient.count == width, "A gradient of \(gradient.count) for \(width) entries.")
    precondition(offset >= 0 && offset + width <= rows.count, "There is no row at \(offset).")
    let scale = Scalar(1 / temperature)
    rows.withUnsafeMutableBufferPointer { buffer in
      gradient.withUnsafeBufferPointer { gradient in
        guard let base = buffer.baseAddress, let g = gradient.baseAddress else { return }
        let row = base + offset
        let total = Scalar(blockSum(width) { lanes(g, $0, width, padding: 0) })
        for index in stride(from: 0, to: width, by: 8) {
          let p = Scalar.exponential(lanes(row, index, width, padding: 0))
          write((lanes(g, index, width, padding: 0) - p * total) * scale, row, index, width)
        }
      }
    }
  }

  /// The probability of everything in a row except some entries: `Σ_{v ∉ I} exp(x_v)`.
  ///
  /// Added up directly: `1 − Σ_I` would lose every digit where the tail is small.
  ///
  /// - Parameters:
  ///   - kept: I, distinct indices.
  ///   - rows: Log-probabilities, row-major.
  ///   - offset: Where the row begins.
  ///   - width: V.
  /// - Returns: The mass, 0 … 1.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func massOutside<Scalar: Real>(
    _ kept: [Int], of rows: Span<Scalar>, at offset: Int, width: Int
  ) -> Double {
    rows.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      let sorted = kept.sorted()
      var mass = 0.0
      var start = 0
      for end in sorted + [width] {
        let from = base + offset + start
        let count = end - start
        mass += blockSum(count) { index in
          let x = lanes(from, index, count, padding: Scalar(lowest))
          return Scalar.exponential(x)
        }
        start = end + 1
      }
      return mass
    }
  }
}
