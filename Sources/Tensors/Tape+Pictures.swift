/// Steps of networks that read pictures.
extension Tape {
  /// `y = w ∘ (x − mean) / √(variance + ε) + b` row by row.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func layerNorm(
    _ x: Variable, _ weight: ParameterID, bias: ParameterID, epsilon: Double
  ) -> Variable {
    let statistics = arena.take(2 * x.rows)
    let y = append(
      rows: x.rows, columns: x.columns, .layerNorm(x, weight, bias: bias, statistics: statistics))
    let (source, target) = (pointer(x), pointer(y))
    let (factors, offsets) = (bound.vector(weight), bound.vector(bias))
    Pieces(rows: x.rows, columns: x.columns).forEach { rows, _ in
      for row in rows {
        LayerNormalization.forward(
          source + row * x.columns, weight: factors, bias: offsets, columns: x.columns,
          epsilon: Scalar(epsilon), into: target + row * x.columns,
          statistics: statistics.pointer + 2 * row)
      }
    }
    return y
  }

  /// `y = f(x)`, number by number.
  public func activate(_ x: Variable, _ kind: Activation) -> Variable {
    let y = append(rows: x.rows, columns: x.columns, .activation(x, kind))
    let (source, target) = (pointer(x), pointer(y))
    Pieces(x.rows, work: kind.work * x.columns).forEach { rows, _ in
      let first = rows.lowerBound * x.columns
      kind.apply(source + first, rows.count * x.columns, into: target + first)
    }
    return y
  }

  /// The same numbers in rows of another width: neighbouring rows become one, or one becomes several.
  ///
  /// - Precondition: The numbers fill whole rows.
  public func regroup(_ x: Variable, columns: Int) -> Variable {
    let count = x.rows * x.columns
    precondition(
      count.isMultiple(of: columns), "\(count) numbers do not fill rows of \(columns).")
    let y = append(rows: count / columns, columns: columns, .regroup(x))
    pointer(y).update(from: pointer(x), count: count)
    return y
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func propagateLayerNorm(
    _ gradient: UnsafeMutablePointer<Scalar>, _ x: Variable, _ weight: ParameterID,
    _ bias: ParameterID, _ statistics: UnsafeMutablePointer<Scalar>
  ) {
    let target = self.gradient(x)
    if !target.adding { target.pointer.update(repeating: 0, count: x.rows * x.columns) }
    for row in 0..<x.rows {
      let start = row * x.columns
      LayerNormalization.backward(
        pointer(x) + start, weight: bound.vector(weight), columns: x.columns,
        statistics: statistics + 2 * row, outputGradient: gradient + start,
        into: target.pointer + start)
      guard let weights = bound.gradient else { continue }
      LayerNormalization.addWeightGradient(
        pointer(x) + start, columns: x.columns, statistics: statistics + 2 * row,
        outputGradient: gradient + start, to: weights + weight.offset)
    }
    propagateBias(gradient, rows: x.rows, bias)
  }

  func propagateActivation(
    _ gradient: UnsafeMutablePointer<Scalar>, _ x: Variable, _ kind: Activation
  ) {
    let target = self.gradient(x)
    kind.differentiate(
      pointer(x), x.rows * x.columns, gradient: gradient, into: target.pointer,
      adding: target.adding)
  }

  func propagateRegroup(_ gradient: UnsafeMutablePointer<Scalar>, _ x: Variable) {
    let target = self.gradient(x)
    let count = x.rows * x.columns
    if !target.adding { target.pointer.update(repeating: 0, count: count) }
    Vectors.add(gradient, to: target.pointer, count: count)
  }
}
