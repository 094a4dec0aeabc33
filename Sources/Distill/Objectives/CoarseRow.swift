internal import Core
internal import Tensors

/// Both distributions at one position, on the tokens of a support, with the mass that is left over.
struct CoarseRow {
  /// I, the kept tokens.
  var tokens: [Int]
  /// log π of each.
  var student: [Double]
  /// log q of each.
  var teacher: [Double]
  /// log of the student's mass outside; −∞ where nothing is left out.
  var studentTail: Double
  /// log of the teacher's mass outside.
  var teacherTail: Double
  /// The share of the student's k best that are also among the teacher's.
  var overlap: Double

  /// The least mass a tail counts as: a mass below it cannot be told from rounding.
  static let leastTail = 1e-30

  /// The row of a position; k tokens of whoever owns the support.
  init<Scalar: Real>(
    support: VocabularySupport, student row: Span<Scalar>, at offset: Int, width: Int,
    teacher source: TeacherRow<Scalar>
  ) {
    guard case .top(let k, let owner, _) = support else {
      preconditionFailure("A coarse row needs a top-k support.")
    }
    let mine = Rows.largest(k, of: row, at: offset, width: width)
    let theirs = source.best(k, width: width)
    let shared = Set(mine).intersection(theirs)
    overlap = Double(shared.count) / Double(max(1, min(k, width)))
    tokens =
      switch owner {
      case .student: mine
      case .teacher: theirs
      case .union: mine + theirs.filter { !shared.contains($0) }
      case .intersection: mine.filter { shared.contains($0) }
      }
    student = []
    teacher = []
    for token in tokens {
      student.append(Double(row[offset + token]))
      teacher.append(source.logProbability(token) ?? Rows.ruledOut)
    }
    let isWhole = tokens.count == width
    let outside = isWhole ? 0 : Rows.massOutside(tokens, of: row, at: offset, width: width)
    studentTail = isWhole ? -.infinity : logarithmOf(max(outside, Self.leastTail))
    teacherTail =
      isWhole
      ? -.infinity
      : logarithmOf(max(Self.teacherOutside(tokens, teacher, source, width), Self.leastTail))
  }

  static func teacherOutside<Scalar: Real>(
    _ tokens: [Int], _ logProbabilities: [Double], _ source: TeacherRow<Scalar>, _ width: Int
  ) -> Double {
    if !source.values.isEmpty {
      return Rows.massOutside(tokens, of: source.values.span, at: source.offset, width: width)
    }
    // A list of k log-probabilities in single precision: what is left cannot be known better than this.
    return max(1 - logProbabilities.reduce(0) { $0 + exponentialOf($1) }, 1e-7)
  }

  /// Σ_{v ∈ I} π_v.
  var studentMass: Double { student.reduce(0) { $0 + exponentialOf($1) } }

  /// A divergence on the kept tokens; adds `scale` times its gradient in log π.
  func divergence<Scalar: Real>(
    _ kind: RowDivergence, rest: VocabularySupport.Rest, scale: Double,
    gradient: inout MutableSpan<Scalar>
  ) -> Double {
    switch rest {
    case .raw:
      let terms = zip(student, teacher).map { kind.term($0, $1) }
      for (token, term) in zip(tokens, terms) { gradient[token] += Scalar(scale * term.slope) }
      return terms.reduce(0) { $0 + $1.value }
    case .renormalised: return renormalised(kind, scale, &gradient)
    case .tail: return withTail(kind, scale, &gradient)
    }
  }

  private func renormalised<Scalar: Real>(
    _ kind: RowDivergence, _ scale: Double, _ gradient: inout MutableSpan<Scalar>
  ) -> Double {
    let own = logSumExp(student)
    let other = logSumExp(teacher)
    let terms = zip(student, teacher).map { kind.term($0 - own, $1 - other) }
    let total = terms.reduce(0) { $0 + $1.slope }
    for (index, token) in tokens.enumerated() {
      let share = exponentialOf(student[index] - own)
      gradient[token] += Scalar(scale * (terms[index].slope - share * total))
    }
    return terms.reduce(0) { $0 + $1.value }
  }

  /// The tail's mass is `1 − Σ π_v`, so `∂log p̂/∂log π_v = −π_v/p̂` for every kept token.
  private func withTail<Scalar: Real>(
    _ kind: RowDivergence, _ scale: Double, _ gradient: inout MutableSpan<Scalar>
  ) -> Double {
    let tail = studentTail > -.infinity ? kind.term(studentTail, teacherTail) : (0, 0)
    var value = tail.0
    for (index, token) in tokens.enumerated() {
      let term = kind.term(student[index], teacher[index])
      let pulled =
        studentTail > -.infinity ? exponentialOf(student[index] - studentTail) * tail.1 : 0
      gradient[token] += Scalar(scale * (term.slope - pulled))
      value += term.value
    }
    return value
  }
}

extension RowDivergence {
  /// One entry's share of the divergence and its derivative in the student's log-probability.
  ///
  /// - Parameters:
  ///   - student: log π_v, nats.
  ///   - teacher: log q_v, nats.
  /// - Returns: The share in nats, and its derivative.
  func term(_ student: Double, _ teacher: Double) -> (value: Double, slope: Double) {
    switch self {
    case .reverseKL:
      let p = exponentialOf(student)
      return (p * (student - teacher), p * (student - teacher + 1))
    case .forwardKL:
      let q = exponentialOf(teacher)
      return (q * (teacher - student), -q)
    case .jensenShannon(let beta, let normalised) where beta <= 0 || beta >= 1:
      guard normalised else { return (0, 0) }
      return (beta <= 0 ? RowDivergence.forwardKL : .reverseKL).term(student, teacher)
    case .jensenShannon(let beta, let normalised):
      let factor = normalised ? 1 / (beta * (1 - beta)) : 1
      let mixture = logSumExp([teacher + logarithmOf(beta), student + logarithmOf(1 - beta)])
      let p = exponentialOf(student)
      let q = exponentialOf(teacher)
      let own = (1 - beta) * p
      let value = beta * q * (teacher - mixture) + own * (student - mixture)
      // With m = βq + (1−β)π the other terms of the derivative cancel, entry by entry.
      return (factor * value, factor * own * (student - mixture))
    }
  }
}
