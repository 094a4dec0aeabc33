/// Divergences between the student π and another distribution q over the same tokens.
public enum RowDivergence: Sendable, Hashable {
  /// `KL(π‖q) = Σ_v π_v (log π_v − log q_v)`.
  case reverseKL
  /// `KL(q‖π) = Σ_v q_v (log q_v − log π_v)`.
  case forwardKL
  /// `β·KL(q‖m) + (1−β)·KL(π‖m)` with `m = βq + (1−β)π`; `normalised` divides by β(1−β).
  ///
  /// Without the division it is 0 for every π at both ends. With it, β → 0 is the forward and β → 1 the reverse KL
  /// divergence, and the ends are computed as those.
  case jensenShannon(beta: Double, normalised: Bool)
}

extension Rows {
  /// A divergence over a whole row, and its gradient in the student's log-probabilities.
  ///
  /// `backward` carries the gradient on to the logits, where a multiple of π vanishes because Σπ = 1. Such multiples are
  /// left out here: a student that is its teacher gets exactly 0, not a rounding error that an optimizer with moments
  /// would blow up to whole steps.
  ///
  /// - Parameters:
  ///   - divergence: Which one.
  ///   - student: log π, row-major, from `logSoftmax`.
  ///   - studentOffset: Where the student's row begins.
  ///   - teacher: log q, row-major; −∞ is allowed, see `ruledOut`.
  ///   - teacherOffset: Where the teacher's row begins.
  ///   - scale: What the gradient is multiplied by.
  ///   - gradient: `scale·∂D/∂log π_v`, up to a multiple of π_v, is added to it; V numbers.
  /// - Returns: The divergence in nats, not scaled.
  /// - Complexity: O(V).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func divergence<Scalar: Real>(
    _ divergence: RowDivergence, student: Span<Scalar>, at studentOffset: Int,
    teacher: Span<Scalar>, at teacherOffset: Int, scale: Double,
    gradient: inout MutableSpan<Scalar>
  ) -> Double {
    let width = gradient.count
    precondition(studentOffset + width <= student.count, "There is no row at \(studentOffset).")
    precondition(teacherOffset + width <= teacher.count, "There is no row at \(teacherOffset).")
    return student.withUnsafeBufferPointer { student in
      teacher.withUnsafeBufferPointer { teacher in
        gradient.withUnsafeMutableBufferPointer { gradient in
          guard let p = student.baseAddress, let q = teacher.baseAddress,
            let g = gradient.baseAddress
          else { return 0 }
          return row(divergence, p + studentOffset, q + teacherOffset, g, width, Scalar(scale))
        }
      }
    }
  }

  @inline(__always)
  private static func row<Scalar: Real>(
    _ divergence: RowDivergence, _ p: UnsafePointer<Scalar>, _ q: UnsafePointer<Scalar>,
    _ g: UnsafeMutablePointer<Scalar>, _ width: Int, _ scale: Scalar
  ) -> Double {
    switch divergence {
    case .reverseKL: reverseKL(p, q, g, width, scale)
    case .forwardKL: forwardKL(p, q, g, width, scale)
    case .jensenShannon(let beta, true) where beta <= 0: forwardKL(p, q, g, width, scale)
    case .jensenShannon(let beta, true) where beta >= 1: reverseKL(p, q, g, width, scale)
    case .jensenShannon(let beta, _) where beta <= 0 || beta >= 1: 0
    case .jensenShannon(let beta, let normalised):
      jensenShannon(
        p, q, g, width, scale, Scalar(beta), normalised ? 1 / (beta * (1 - beta)) : 1)
    }
  }

  @inline(__always)
  private static func teacherLanes<Scalar: Real>(
    _ q: UnsafePointer<Scalar>, _ index: Int, _ width: Int
  ) -> SIMD8<Scalar> {
    let x = lanes(q, index, width, padding: emptyPadding(Scalar.self))
    let limit = SIMD8<Scalar>(repeating: Scalar(ruledOutBelow))
    return Scalar.choose(SIMD8(repeating: Scalar(ruledOut)), x, whereLess: x, limit)
  }

  @inline(__always)
  private static func reverseKL<Scalar: Real>(
    _ p: UnsafePointer<Scalar>, _ q: UnsafePointer<Scalar>, _ g: UnsafeMutablePointer<Scalar>,
    _ width: Int, _ scale: Scalar
  ) -> Double {
    blockSum(width) { index in
      let student = lanes(p, index, width, padding: emptyPadding(Scalar.self))
      let term = Scalar.exponential(student) * (student - teacherLanes(q, index, width))
      write(lanes(g, index, width, padding: 0) + term * scale, g, index, width)
      return term
    }
  }

  @inline(__always)
  private static func forwardKL<Scalar: Real>(
    _ p: UnsafePointer<Scalar>, _ q: UnsafePointer<Scalar>, _ g: UnsafeMutablePointer<Scalar>,
    _ width: Int, _ scale: Scalar
  ) -> Double {
    blockSum(width) { index in
      let student = lanes(p, index, width, padding: emptyPadding(Scalar.self))
      let teacher = teacherLanes(q, index, width)
      let weight = Scalar.exponential(teacher)
      let pull = Scalar.exponential(student) - weight
      write(lanes(g, index, width, padding: 0) + pull * scale, g, index, width)
      return weight * (teacher - student)
    }
  }

  /// With `m = βq + (1−β)π` the derivative in log π_v is `(1−β)·π_v·log(π_v/m_v)`; the other terms cancel.
  @inline(__always)
  private static func jensenShannon<Scalar: Real>(
    _ p: UnsafePointer<Scalar>, _ q: UnsafePointer<Scalar>, _ g: UnsafeMutablePointer<Scalar>,
    _ width: Int, _ scale: Scalar, _ beta: Scalar, _ factor: Double
  ) -> Double {
    let rest = 1 - beta
    let logBeta = Scalar.logarithm(beta)
    let logRest = Scalar.logarithm(rest)
    let gradientScale = scale * rest * Scalar(factor)
    let value = blockSum(width) { index in
      let student = lanes(p, index, width, padding: emptyPadding(Scalar.self))
      let teacher = teacherLanes(q, index, width)
      let mixture = logSum(teacher + logBeta, student + logRest)
      let studentTerm = Scalar.exponential(student) * (student - mixture)
      let teacherTerm = Scalar.exponential(teacher) * (teacher - mixture)
      write(
        lanes(g, index, width, padding: 0) + studentTerm * gradientScale, g, index, width)
      return teacherTerm * beta + studentTerm * rest
    }
    return value * factor
  }

  /// `log(e^a + e^b)` of each lane.
  @inline(__always)
  private static func logSum<Scalar: Real>(
    _ a: SIMD8<Scalar>, _ b: SIMD8<Scalar>
  ) -> SIMD8<Scalar> {
    let peak = Scalar.larger(a, b)
    var result = Scalar.exponential(Scalar.smaller(a, b) - peak) + 1
    for lane in 0..<8 { result[lane] = Scalar.logarithm(result[lane]) }
    return peak + result
  }
}
