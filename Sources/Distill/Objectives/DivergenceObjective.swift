internal import Core
package import Tensors

/// A divergence between the student and the teacher at one position, over a support, with its gradient.
///
/// Over the top k tokens I with p̂ = Σ_{v ∉ I} π_v and q̂ likewise: `raw` sums over I alone; `renormalised` divides both sides
/// by their mass in I; `tail` adds the bucket (p̂, q̂), which keeps it a divergence.
package struct DivergenceObjective: Sendable, Hashable {
  /// Which divergence.
  package var divergence: RowDivergence
  /// Over which tokens.
  package var support: VocabularySupport

  /// A divergence over a support.
  package init(_ divergence: RowDivergence, support: VocabularySupport) {
    self.divergence = divergence
    self.support = support
  }

  /// Evaluates one position.
  ///
  /// - Parameters:
  ///   - student: log π, row-major, nats.
  ///   - offset: Where the student's row begins.
  ///   - teacher: What the teacher says at that position.
  ///   - scale: What the gradient is multiplied by.
  ///   - gradient: `scale·∂D/∂log π_v` is added to it, V numbers.
  /// - Returns: D in nats, not scaled.
  /// - Complexity: O(V).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func evaluate<Scalar: Real>(
    student: Span<Scalar>, at offset: Int, teacher: TeacherRow<Scalar>, scale: Double,
    gradient: inout MutableSpan<Scalar>
  ) -> Double {
    if case .top(_, _, let rest) = support {
      let kept = CoarseRow(
        support: support, student: student, at: offset, width: gradient.count, teacher: teacher)
      return kept.divergence(divergence, rest: rest, scale: scale, gradient: &gradient)
    }
    return Rows.divergence(
      divergence, student: student, at: offset, teacher: teacher.values.span,
      at: teacher.offset, scale: scale, gradient: &gradient)
  }
}

/// What a teacher says at one position: a whole row, or its most likely tokens.
package struct TeacherRow<Scalar: Real>: Sendable {
  /// Rows of log-probabilities, nats; empty if the teacher gives none.
  package var values: [Scalar]
  /// Where the position's row begins.
  package var offset: Int
  /// The teacher's most likely tokens, most likely first; `nil` if the rows say it.
  package var top: [LikelyToken]?

  /// What a teacher says.
  package init(values: [Scalar] = [], offset: Int = 0, top: [LikelyToken]? = nil) {
    self.values = values
    self.offset = offset
    self.top = top
  }

  /// log q of a token, or `nil` if the teacher did not say.
  func logProbability(_ token: Int) -> Double? {
    if !values.isEmpty { return Rows.readable(Double(values[offset + token])) }
    return top?.first { $0.token == token }?.logProbability
  }

  /// The k tokens it finds most likely.
  func best(_ count: Int, width: Int) -> [Int] {
    if !values.isEmpty { return Rows.largest(count, of: values.span, at: offset, width: width) }
    return top?.prefix(count).map(\.token) ?? []
  }
}
