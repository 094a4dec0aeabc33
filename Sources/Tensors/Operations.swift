/// What a step did, with what its backward pass needs.
enum Operation<Scalar: Real> {
  /// A value from outside.
  case input
  /// A value from outside whose gradient is wanted.
  case leaf(GradientSink<Scalar>)
  /// `y = x·Wᵀ`, plus `bias` and `residual` where given.
  case linear(
    Variable, ParameterID, bias: ParameterID?, residual: Variable?, changes: [LowRankPass<Scalar>])
  /// `y = w ∘ x / rms(x)`.
  case rmsNorm(Variable, ParameterID, inverse: Buffer<Scalar>)
  /// `y = w ∘ x / rms(x)` for each of the first heads of a row; the other columns as they are.
  case headNorm(Variable, ParameterID, heads: Int, inverse: Buffer<Scalar>)
  /// `y = silu(gate) ∘ up`, both in one value.
  case swiGLU(Variable)
  /// `y = w ∘ (x − mean) / deviation + b`.
  case layerNorm(Variable, ParameterID, bias: ParameterID, statistics: Buffer<Scalar>)
  /// `y = f(x)`, number by number.
  case activation(Variable, Activation)
  /// The same numbers in rows of another width.
  case regroup(Variable)
  /// Some rows of a value.
  case gather(Variable, [Int])
  /// Rows, and what decides how much of them goes on.
  case gated(GateStep<Scalar>)
  /// Rows of a table or of a projected value.
  case compose([RowSource], projected: Variable?, table: ParameterID)
  /// Logits and how well rows fit those that their tokens stand between.
  case pointing(Variable, Variable, Variable, PointerPlan)
  /// Attention over a prefix tree.
  case attention(
    query: Variable, keyValue: Variable, AttentionPlan<Scalar>, logSums: Buffer<Scalar>)

  /// Memory that goes back with the step.
  var buffers: [Buffer<Scalar>] {
    switch self {
    case .rmsNorm(_, _, let inverse), .headNorm(_, _, _, let inverse): [inverse]
    case .layerNorm(_, _, _, let statistics): [statistics]
    case .attention(_, _, _, let logSums): [logSums]
    case .linear(_, _, _, _, let changes): changes.map(\.hidden)
    default: []
    }
  }
}

/// Where a row of the decoder's input comes from.
public enum RowSource: Sendable, Hashable {
  /// A row of the embedding table.
  case token(Int)
  /// A row of the projected features.
  case feature(Int)
}

/// Where the gradient in a value from outside goes.
public final class GradientSink<Scalar: Real> {
  /// The gradient, row-major; empty before the backward pass, and where nothing was computed from the value.
  public fileprivate(set) var values: [Scalar] = []

  /// Nothing yet.
  public init() {}
}

extension Tape {
  /// A value from outside; no gradient goes into it.
  ///
  /// - Precondition: `values` has `rows · columns` numbers.
  public func input(_ values: [Scalar], rows: Int, columns: Int) -> Variable {
    copied(values, into: append(rows: rows, columns: columns, .input))
  }

  /// A value from outside; the backward pass leaves the gradient in it in `gradient`.
  ///
  /// - Precondition: `values` has `rows · columns` numbers.
  public func leaf(
    _ values: [Scalar], rows: Int, columns: Int, gradient: GradientSink<Scalar>
  ) -> Variable {
    copied(values, into: append(rows: rows, columns: columns, .leaf(gradient)))
  }

  private func copied(_ values: [Scalar], into result: Variable) -> Variable {
    let (rows, columns) = (result.rows, result.columns)
    precondition(values.count == rows * columns, "\(values.count) values for \(rows) × \(columns).")
    let target = pointer(result)
    values.withUnsafeBufferPointer { source in
      for i in source.indices { target[i] = source[i] }
    }
    return result
  }

  /// `y = w ∘ x / √(mean(x²) + ε)` row by row.
  ///
  /// Source: Zhang & Sennrich, arXiv:1910.07467.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func rmsNorm(_ x: Variable, _ weight: ParameterID, epsilon: Double) -> Variable {
    let inverse = arena.take(x.rows)
    let y = append(
      rows: x.rows, columns: x.columns, .rmsNorm(x, weight, inverse: inverse))
    let (source, target, vector) = (pointer(x), pointer(y), bound.vector(weight))
    Pieces(rows: x.rows, columns: x.columns).forEach { rows, _ in
      let first = rows.lowerBound * x.columns
      RootMeanSquare.forward(
        source + first, weight: vector, rows: rows.count, columns: x.columns,
        epsilon: Scalar(epsilon), into: target + first,
        inverse: inverse.pointer + rows.lowerBound)
    }
    return y
  }

  /// `y = silu(gate) ∘ up`, where a row of `gateUp` is gate and up beside each other.
  ///
  /// Source: Shazeer, arXiv:2002.05202.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func swiGLU(_ gateUp: Variable) -> Variable {
    let y = append(rows: gateUp.rows, columns: gateUp.columns / 2, .swiGLU(gateUp))
    let (source, target) = (pointer(gateUp), pointer(y))
    Pieces(rows: y.rows, columns: gateUp.columns).forEach { rows, _ in
      GatedUnit.forward(
        source + rows.lowerBound * gateUp.columns, rows: rows.count, columns: y.columns,
        into: target + rows.lowerBound * y.columns)
    }
    return y
  }

  /// The given rows, in the given order.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func gather(_ x: Variable, rows: [Int]) -> Variable {
    let y = append(rows: rows.count, columns: x.columns, .gather(x, rows))
    let source = pointer(x)
    let target = pointer(y)
    for (i, row) in rows.enumerated() {
      (target + i * x.columns).update(from: source + row * x.columns, count: x.columns)
    }
    return y
  }

  /// The decoder's input: rows of the embedding table and of projected features, mixed.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func compose(
    _ sources: [RowSource], projected: Variable?, table: ParameterID
  ) -> Variable {
    let y = append(
      rows: sources.count, columns: table.columns,
      .compose(sources, projected: projected, table: table))
    let width = table.columns
    let target = pointer(y)
    let panels = bound.transposed(table)
    for (i, source) in sources.enumerated() {
      switch source {
      case .token(let token):
        precondition(token >= 0 && token < table.rows, "Token \(token) of \(table.rows).")
        panels.copyRow(token, columns: width, into: target + i * width)
      case .feature(let row):
        guard let projected else { preconditionFailure("A feature row without features.") }
        (target + i * width).update(from: pointer(projected) + row * width, count: width)
      }
    }
    return y
  }

  /// Passes the gradient of one step on to what it was computed from.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func propagate(_ index: Int) {
    let node = nodes[index]
    guard let gradient = node.gradient?.pointer else { return }
    switch node.operation {
    case .input: break
    case .leaf(let sink):
      sink.values = Array(UnsafeBufferPointer(start: gradient, count: node.rows * node.columns))
    case .linear(let x, let weight, let bias, let residual, let changes):
      if let bias { propagateBias(gradient, rows: node.rows, bias) }
      for change in changes {
        propagateChange(change, gradient, columns: node.columns, x, wantsInput: needsGradient(x))
      }
      propagateLinear(index, gradient, x, weight, residual)
    case .rmsNorm(let x, let weight, let inverse):
      propagateNorm(gradient, x, weight, inverse.pointer)
    case .headNorm(let x, let weight, let heads, let inverse):
      propagateHeadNorm(gradient, x, weight, heads: heads, inverse.pointer)
    case .swiGLU(let gateUp): propagateGatedUnit(gradient, gateUp, columns: node.columns)
    case .layerNorm(let x, let weight, let bias, let statistics):
      propagateLayerNorm(gradient, x, weight, bias, statistics.pointer)
    case .activation(let x, let kind): propagateActivation(gradient, x, kind)
    case .regroup(let x): propagateRegroup(gradient, x)
    case .gather(let x, let rows): propagateGather(gradient, x, rows)
    case .gated(let step): propagateGates(gradient, rows: node.rows, step)
    case .compose(let sources, let projected, let table):
      propagateCompose(gradient, sources, projected, table)
    case .pointing(let logits, let query, let keys, let plan):
      propagatePointing(gradient, logits, query, keys, plan)
    case .attention(let query, let keyValue, let plan, let logSums):
      propagateAttention(
        output: node.value.pointer, gradient, query, keyValue, plan, logSums.pointer)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func propagateGather(
    _ gradient: UnsafeMutablePointer<Scalar>, _ x: Variable, _ rows: [Int]
  ) {
    let target = self.gradient(x)
    if !target.adding { target.pointer.update(repeating: 0, count: x.rows * x.columns) }
    for (i, row) in rows.enumerated() {
      Vectors.add(gradient + i * x.columns, to: target.pointer + row * x.columns, count: x.columns)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func propagateCompose(
    _ gradient: UnsafeMutablePointer<Scalar>, _ sources: [RowSource], _ projected: Variable?,
    _ table: ParameterID
  ) {
    let width = table.columns
    let features = projected.map { self.gradient($0).pointer }
    if let features, let projected {
      features.update(repeating: 0, count: projected.rows * projected.columns)
    }
    for (i, source) in sources.enumerated() {
      switch source {
      case .token(let token):
        guard let target = bound.gradient else { continue }
        Vectors.add(
          gradient + i * width, to: target + table.offset + token * width, count: width)
      case .feature(let row):
        guard let features else { continue }
        Vectors.add(gradient + i * width, to: features + row * width, count: width)
      }
    }
  }
}
