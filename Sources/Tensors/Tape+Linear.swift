/// Linear maps, whose products are what nearly all of a pass's time goes into, and gated units between them.
extension Tape {
  /// `y = x·Wᵀ`, plus `bias` in every row and `residual` where given; W is out × in.
  ///
  /// - Complexity: 2·rows·in·out floating-point operations forward, twice that backward.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func linear(
    _ x: Variable, _ weight: ParameterID, bias: ParameterID? = nil,
    adding residual: Variable? = nil
  ) -> Variable {
    precondition(x.columns == weight.columns, "\(x.columns) columns meet \(weight.columns).")
    let y = append(
      rows: x.rows, columns: weight.rows,
      .linear(x, weight, bias: bias, residual: residual, changes: []))
    begin(y, bias: bias, residual: residual)
    Multiply.run(
      m: x.rows, n: weight.rows, k: weight.columns, a: pointer(x), rowStride: x.columns,
      columnStride: 1, panels: bound.transposed(weight), c: pointer(y),
      ldc: y.columns, adding: residual != nil || bias != nil)
    addChanges(x, weight, to: y)
    return y
  }

  /// What the product is added to.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func begin(_ y: Variable, bias: ParameterID?, residual: Variable?) {
    guard bias != nil || residual != nil else { return }
    let (target, columns) = (pointer(y), y.columns)
    let source = residual.map { pointer($0) }
    let vector = bias.map { bound.vector($0) }
    Pieces(rows: y.rows, columns: columns).forEach { rows, _ in
      for start in rows.lazy.map({ $0 * columns }) {
        if let source {
          (target + start).update(from: source + start, count: columns)
        } else {
          (target + start).update(repeating: 0, count: columns)
        }
        if let vector { Vectors.add(vector, to: target + start, count: columns) }
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func propagateLinear(
    _ index: Int, _ gradient: UnsafeMutablePointer<Scalar>, _ x: Variable, _ weight: ParameterID,
    _ residual: Variable?
  ) {
    if let target = bound.gradient(of: weight) {
      Multiply.addTransposed(
        m: weight.rows, n: weight.columns, k: x.rows, a: gradient, lda: weight.rows, b: pointer(x),
        ldb: x.columns, c: target, ldc: weight.columns)
    }
    if needsGradient(x) {
      let panels = bound.straight(weight)
      let target = self.gradient(x)
      Multiply.run(
        m: x.rows, n: weight.columns, k: weight.rows, a: gradient, rowStride: weight.rows,
        columnStride: 1, panels: panels, c: target.pointer, ldc: x.columns, adding: target.adding)
    }
    if let residual { propagateResidual(index, gradient, residual) }
  }

  /// The residual's gradient is the sum's.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func propagateResidual(
    _ index: Int, _ gradient: UnsafeMutablePointer<Scalar>, _ residual: Variable
  ) {
    // Where a backward pass begins, value and gradient are one buffer, which goes back with the step.
    let isValue = nodes[index].gradient?.pointer == nodes[index].value.pointer
    if nodes[residual.index].gradient == nil, !isValue {
      // Hand the buffer over instead of copying it.
      nodes[residual.index].gradient = nodes[index].gradient
      nodes[index].gradient = nil
      return
    }
    handOn(gradient, to: residual)
  }

  /// Nobody else reads a gated unit's input: the gradient takes its place.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func propagateGatedUnit(
    _ gradient: UnsafeMutablePointer<Scalar>, _ gateUp: Variable, columns: Int
  ) {
    precondition(nodes[gateUp.index].gradient == nil, "A gated unit's input has one use.")
    nodes[gateUp.index].gradient = nodes[gateUp.index].value
    let source = pointer(gateUp)
    Pieces(rows: gateUp.rows, columns: gateUp.columns).forEach { rows, _ in
      GatedUnit.backward(
        source + rows.lowerBound * gateUp.columns,
        outputGradient: gradient + rows.lowerBound * columns, rows: rows.count, columns: columns)
    }
  }
}
