package import Student
internal import Tensors

/// How far student and teacher are from each other over whole rows of the vocabulary.
///
/// Sums over positions, so that the comparisons of parts add up to that of the whole.
package struct DistributionComparison: Sendable, Hashable {
  /// KL(π‖q), nats.
  package private(set) var reverseKL = WeightedMean(sum: 0, weight: 0)
  /// KL(π‖q) of each position, nats, in the order in which they were added.
  package private(set) var reverseKLByPosition: [Double] = []
  /// KL(q‖π), nats.
  package private(set) var forwardKL = WeightedMean(sum: 0, weight: 0)
  /// The student's entropy, nats.
  package private(set) var studentEntropy = WeightedMean(sum: 0, weight: 0)
  /// The teacher's entropy, nats.
  package private(set) var teacherEntropy = WeightedMean(sum: 0, weight: 0)
  /// The share of the k best tokens that both have.
  package private(set) var overlap = WeightedMean(sum: 0, weight: 0)
  /// The student's mass on its k best tokens.
  package private(set) var studentMass = WeightedMean(sum: 0, weight: 0)
  /// The teacher's mass on the same tokens.
  package private(set) var teacherMass = WeightedMean(sum: 0, weight: 0)
  /// The student's mass on tokens that end a response.
  package private(set) var stopMass = WeightedMean(sum: 0, weight: 0)
  /// k.
  package let k: Int

  /// A comparison of nothing yet.
  package init(k: Int) { self.k = k }

  /// Adds positions.
  ///
  /// - Parameters:
  ///   - student: log π, row-major, nats.
  ///   - teacher: log q of the same positions, row-major, nats.
  ///   - width: V.
  ///   - stopTokens: Tokens that end a response.
  /// - Precondition: Both are whole numbers of rows, as many of either.
  /// - Complexity: O(positions·V).
  package mutating func add(
    student: [Float], teacher: [Float], width: Int, stopTokens: [Int] = []
  ) {
    precondition(
      student.count == teacher.count && student.count.isMultiple(of: width),
      "\(student.count) and \(teacher.count) log-probabilities are not rows of \(width).")
    var scratch = [Float](repeating: 0, count: width)
    func divergence(_ kind: RowDivergence, _ offset: Int) -> Double {
      var span = scratch.mutableSpan
      return Rows.divergence(
        kind, student: student.span, at: offset, teacher: teacher.span, at: offset, scale: 0,
        gradient: &span)
    }
    for offset in stride(from: 0, to: student.count, by: width) {
      let reverse = divergence(.reverseKL, offset)
      reverseKL.note(reverse)
      reverseKLByPosition.append(reverse)
      forwardKL.note(divergence(.forwardKL, offset))
      studentEntropy.note(Self.entropy(student[offset..<offset + width]))
      teacherEntropy.note(Self.entropy(teacher[offset..<offset + width]))
      let row = CoarseRow(
        support: .top(k, of: .student, rest: .tail), student: student.span, at: offset,
        width: width, teacher: TeacherRow(values: teacher, offset: offset))
      overlap.note(row.overlap)
      studentMass.note(row.studentMass)
      teacherMass.note(row.teacher.reduce(0) { $0 + exponentialOf($1) })
      stopMass.note(
        stopTokens.reduce(0) { $0 + exponentialOf(Double(student[offset + $1])) })
    }
  }

  private static func entropy(_ row: ArraySlice<Float>) -> Double {
    -row.reduce(0) { total, x in
      let x = Rows.readable(Double(x))
      return total + exponentialOf(x) * x
    }
  }

  /// The means by metric name.
  package var metrics: [String: WeightedMean] {
    [
      "teacher_kl/reverse": reverseKL, "teacher_kl/forward": forwardKL,
      "entropy": studentEntropy, "teacher_entropy": teacherEntropy,
      "teacher_overlap@\(k)": overlap, "student_mass@\(k)": studentMass,
      "teacher_mass@\(k)": teacherMass, "stop_mass": stopMass,
    ]
  }
}

extension WeightedMean {
  /// Adds one value of weight 1.
  fileprivate mutating func note(_ value: Double) {
    sum += value
    weight += 1
  }
}
