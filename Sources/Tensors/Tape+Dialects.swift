/// Steps that only some architectures have: biases (Qwen 2) and norms of single heads (Qwen 3).
extension Tape {
  /// `y = w ∘ x / √(mean(x²) + ε)` for each of the first `heads` heads of a row; columns after them as they are.
  ///
  /// - Parameters:
  ///   - x: Rows of `heads` heads as wide as `weight`, and possibly more columns (keys with values).
  ///   - weight: One factor a column of a head, the same for all heads.
  ///   - heads: How many heads are normalised.
  ///   - epsilon: ε.
  /// - Returns: Rows of the same width.
  ///
  /// Source: Dehghani et al., arXiv:2302.05442, §2, in the arrangement of Qwen 3 (arXiv:2505.09388, §2).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func headNorm(
    _ x: Variable, _ weight: ParameterID, heads: Int, epsilon: Double
  ) -> Variable {
    let width = weight.columns
    precondition(heads * width <= x.columns, "\(heads) heads of \(width) in \(x.columns) columns.")
    let inverse = arena.take(x.rows * heads)
    let y = append(
      rows: x.rows, columns: x.columns, .headNorm(x, weight, heads: heads, inverse: inverse))
    let (sources, targets, vector) = (pointer(x), pointer(y), bound.vector(weight))
    let done = heads * width
    Pieces(rows: x.rows, columns: x.columns).forEach { rows, _ in
      for row in rows {
        let (source, target) = (sources + row * x.columns, targets + row * x.columns)
        RootMeanSquare.forward(
          source, weight: vector, rows: heads, columns: width, epsilon: Scalar(epsilon),
          into: target, inverse: inverse.pointer + row * heads)
        (target + done).update(from: source + done, count: x.columns - done)
      }
    }
    return y
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func propagateHeadNorm(
    _ gradient: UnsafeMutablePointer<Scalar>, _ x: Variable, _ weight: ParameterID, heads: Int,
    _ inverse: UnsafeMutablePointer<Scalar>
  ) {
    let target = self.gradient(x)
    let width = weight.columns
    let done = heads * width
    let vector = bound.vector(weight)
    for row in 0..<x.rows {
      let start = row * x.columns
      RootMeanSquare.backward(
        pointer(x) + start, weight: vector, inverse: inverse + row * heads,
        outputGradient: gradient + start, rows: heads, columns: width,
        into: target.pointer + start, adding: target.adding,
        weightGradient: bound.gradient.map { $0 + weight.offset })
      let rest = target.pointer + start + done
      if !target.adding { rest.update(repeating: 0, count: x.columns - done) }
      Vectors.add(gradient + start + done, to: rest, count: x.columns - done)
    }
  }

  /// The way back of a norm of whole rows.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func propagateNorm(
    _ gradient: UnsafeMutablePointer<Scalar>, _ x: Variable, _ weight: ParameterID,
    _ inverse: UnsafeMutablePointer<Scalar>
  ) {
    let target = self.gradient(x)
    let (source, vector, columns) = (pointer(x), bound.vector(weight), x.columns)
    let weights = bound.gradient.map { $0 + weight.offset }
    // The weight's gradient is one sum over all rows.
    let pieces = weights == nil ? Pieces(rows: x.rows, columns: columns) : .one(x.rows)
    pieces.forEach { rows, _ in
      let first = rows.lowerBound * columns
      RootMeanSquare.backward(
        source + first, weight: vector, inverse: inverse + rows.lowerBound,
        outputGradient: gradient + first, rows: rows.count, columns: columns,
        into: target.pointer + first, adding: target.adding, weightGradient: weights)
    }
  }

  /// A bias gets the sum of its rows' gradients.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func propagateBias(
    _ gradient: UnsafeMutablePointer<Scalar>, rows: Int, _ bias: ParameterID
  ) {
    guard let target = bound.gradient else { return }
    for row in 0..<rows {
      Vectors.add(
        gradient + row * bias.columns, to: target + bias.offset, count: bias.columns)
    }
  }
}
