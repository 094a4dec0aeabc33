/// What a step does with rows and what decides how much of them goes on.
enum GateStep<Scalar: Real> {
  /// Some neighbouring columns.
  case columns(Variable, Range<Int>)
  /// `y[r, c] = g[r]·x[r, c]`.
  case scale(Variable, Variable)
  /// Numbers that somebody computed from a value, and the way back.
  case computed(Variable, (_ x: [Scalar], _ slopes: [Scalar]) -> [Scalar])
}

/// Steps with rows and what decides how much of them goes on.
extension Tape {
  /// Whether a backward pass follows.
  public var isDifferentiating: Bool { bound.isDifferentiating }

  /// Some neighbouring columns of every row.
  ///
  /// Of a value from outside they are from outside, too: no gradient is computed in them.
  ///
  /// - Precondition: `range` lies within the columns.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func columns(_ x: Variable, _ range: Range<Int>) -> Variable {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= x.columns,
      "Columns \(range) of \(x.columns).")
    let y = append(rows: x.rows, columns: range.count, .gated(.columns(x, range)))
    let (source, target) = (pointer(x) + range.lowerBound, pointer(y))
    for row in 0..<x.rows {
      (target + row * y.columns).update(from: source + row * x.columns, count: y.columns)
    }
    return y
  }

  /// `y[r, c] = g[r]·x[r, c]`.
  ///
  /// - Parameters:
  ///   - x: R rows.
  ///   - factors: g, R rows of one number.
  /// - Returns: R rows.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func scale(_ x: Variable, by factors: Variable) -> Variable {
    precondition(
      factors.rows == x.rows && factors.columns == 1, "\(factors.rows) factors of \(x.rows) rows.")
    let y = append(rows: x.rows, columns: x.columns, .gated(.scale(x, factors)))
    let (source, target, gates) = (pointer(x), pointer(y), pointer(factors))
    for row in 0..<x.rows {
      let factor = gates[row]
      for index in row * x.columns..<(row + 1) * x.columns {
        target[index] = factor * source[index]
      }
    }
    return y
  }

  /// Numbers that somebody computed from a value, one a row, with the way back.
  ///
  /// - Parameters:
  ///   - x: What they were computed from.
  ///   - values: The numbers.
  ///   - pullback: Gets the numbers of `x` and ∂L/∂values, and gives ∂L/∂x, as many numbers as `x` has.
  /// - Returns: The numbers, a row each.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func computed(
    from x: Variable, values: [Scalar],
    pullback: @escaping (_ x: [Scalar], _ slopes: [Scalar]) -> [Scalar]
  ) -> Variable {
    let y = append(rows: values.count, columns: 1, .gated(.computed(x, pullback)))
    let target = pointer(y)
    for (row, value) in values.enumerated() { target[row] = value }
    return y
  }

  /// Whether anybody reads a gradient in a value: nobody does in one from outside.
  func needsGradient(_ x: Variable) -> Bool {
    switch nodes[x.index].operation {
    case .input: false
    case .gated(.columns(let source, _)): needsGradient(source)
    default: true
    }
  }

  /// Passes the gradient of a step on; the step has `rows` rows.
  func propagateGates(
    _ gradient: UnsafeMutablePointer<Scalar>, rows: Int, _ step: GateStep<Scalar>
  ) {
    switch step {
    case .columns(let x, let range): propagateColumns(gradient, x, range)
    case .scale(let x, let factors): propagateScale(gradient, x, factors)
    case .computed(let x, let pullback): propagateComputed(gradient, rows: rows, x, pullback)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func propagateColumns(
    _ gradient: UnsafeMutablePointer<Scalar>, _ x: Variable, _ range: Range<Int>
  ) {
    guard needsGradient(x) else { return }
    let target = cleared(x)
    for row in 0..<x.rows {
      Vectors.add(
        gradient + row * range.count, to: target + row * x.columns + range.lowerBound,
        count: range.count)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func propagateScale(
    _ gradient: UnsafeMutablePointer<Scalar>, _ x: Variable, _ factors: Variable
  ) {
    if needsGradient(factors) {
      let slopes = cleared(factors)
      for row in 0..<x.rows {
        slopes[row] += dot(
          pointer(x) + row * x.columns, gradient + row * x.columns, x.columns)
      }
    }
    guard needsGradient(x) else { return }
    let target = cleared(x)
    for row in 0..<x.rows {
      Vectors.add(
        gradient + row * x.columns, times: pointer(factors)[row], to: target + row * x.columns,
        count: x.columns)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func propagateComputed(
    _ gradient: UnsafeMutablePointer<Scalar>, rows: Int, _ x: Variable,
    _ pullback: ([Scalar], [Scalar]) -> [Scalar]
  ) {
    guard needsGradient(x) else { return }
    let slopes = Array(UnsafeBufferPointer(start: gradient, count: rows))
    let found = pullback(values(x), slopes)
    precondition(
      found.count == x.rows * x.columns, "\(found.count) slopes in \(x.rows) × \(x.columns).")
    let target = cleared(x)
    for (index, slope) in found.enumerated() { target[index] += slope }
  }
}
