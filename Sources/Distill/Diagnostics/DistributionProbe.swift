internal import Core
internal import Student
internal import Tensors

/// Looks at the student's distributions on a batch without changing anything; for `Learner.read`.
///
/// Where the student makes its logits, so that no B·T·V array is needed.
struct DistributionProbe: ResponseLoss {
  /// The responses by group and slot, with the teacher's rows where it gives them.
  let responses: [[ResponseSignals]]
  /// τ.
  let temperature: Double
  /// k of overlap and of masses.
  let k: Int
  /// The token that ends a response.
  let end: Token
  /// The estimator to audit at every position, if any.
  let audited: (estimator: GradientAudit.SampledEstimator, target: GradientAudit.Target)?
  /// The most memory rows may take at a time, bytes.
  let chunkBytes: Int

  func evaluate<Scalar: Real>(
    group: Int, slot: Int, logits: inout MutableSpan<Scalar>
  ) throws -> LossReport {
    let response = responses[group][slot]
    let width = logits.count / response.length
    let entropies = Rows.logSoftmax(&logits, width: width, temperature: temperature)
    var report = LossReport()
    report.note("entropy", entropies)
    var current: [Double] = []
    var stop: [Double] = []
    for (t, token) in response.tokens.enumerated() {
      current.append(Double(logits[t * width + token]))
      stop.append(exponentialOf(Double(logits[t * width + end])))
    }
    report.note("stop_mass", stop)
    if let rows = response.teacherRows { compare(logits.span, rows, width, &report) }
    addSampled(response, current, &report)
    return report
  }

  /// Whole rows, a few positions at a time.
  private func compare<Scalar: Real>(
    _ student: Span<Scalar>, _ rows: DistributionRows, _ width: Int, _ report: inout LossReport
  ) {
    let chunk = max(1, chunkBytes / (width * MemoryLayout<Float>.stride))
    var comparison = DistributionComparison(k: min(k, width))
    for start in stride(from: 0, to: rows.positions, by: chunk) {
      let range = start..<min(start + chunk, rows.positions)
      let teacher = rows.read(range, as: Float.self)
      var own: [Float] = []
      own.reserveCapacity(teacher.count)
      for index in range.lowerBound * width..<range.upperBound * width {
        own.append(Float(student[index]))
      }
      comparison.add(student: own, teacher: teacher, width: width, stopTokens: [end])
      for offset in stride(from: 0, to: own.count, by: width) {
        audit(own[offset..<offset + width], teacher[offset..<offset + width], &report)
      }
    }
    report.metrics.merge(comparison.metrics) { _, compared in compared }
    for (position, value) in comparison.reverseKLByPosition.enumerated() {
      report.note("teacher_kl/decile_\(10 * position / rows.positions)", [value])
    }
  }

  private func audit(
    _ student: ArraySlice<Float>, _ teacher: ArraySlice<Float>, _ report: inout LossReport
  ) {
    guard let audited else { return }
    let found = GradientAudit(
      audited.estimator, against: audited.target, student: student.map { Double($0) },
      teacher: teacher.map { Rows.readable(Double($0)) })
    report.note("audit/bias", [found.bias])
    report.note("audit/variance", [found.variance])
    report.note("audit/exact_norm", [found.exactNorm])
    report.note("audit/alignment", [found.alignment])
  }

  /// What the sampled tokens say: the teacher's estimates, and how far the student is from where it sampled.
  private func addSampled(
    _ response: ResponseSignals, _ current: [Double], _ report: inout LossReport
  ) {
    guard response.isSampled else { return }
    let ratios = zip(current, response.behaviour).map { exponentialOf(min(max($0 - $1, -80), 80)) }
    report.note("ratio/mean", ratios)
    report.note("ratio/square_mean", ratios.map { $0 * $0 })
    guard let teacher = response.teacher else { return }
    let d = zip(current, teacher).map { min(max($0 - $1, -80), 80) }
    for estimator in [Estimator.LogRatioLoss.k1, .k3] {
      // Tokens come from π_old: the ratio makes them count as samples of π.
      let values = zip(d, ratios).map { $1 * estimator.value($0) }
      report.note("teacher_kl/\(estimator.rawValue)", values)
    }
  }
}

extension LossReport {
  /// Adds values of weight 1 to a metric.
  fileprivate mutating func note(_ name: String, _ values: [Double]) {
    let share = WeightedMean(sum: values.reduce(0, +), weight: Double(values.count))
    metrics[name] = metrics[name].map { $0 + share } ?? share
  }
}

extension DistributionProbe: DivergenceLoss {
  /// Itself, where every teacher's rows are beside the student.
  var byDivergences: (any DivergenceLoss)? {
    responses.joined().allSatisfy { $0.teacherBeside != nil } ? self : nil
  }

  private static let measured = [
    ("teacher_kl/reverse", RowDivergence.reverseKL), ("teacher_kl/forward", .forwardKL),
  ]

  /// Both KL divergences, without a weight.
  func divergences(_ place: ResponsePlace) -> ResponseDivergences? {
    let response = responses[place.group][place.slot]
    let none = [Double](repeating: 0, count: response.length)
    return response.teacherBeside.map { teacher in
      ResponseDivergences(
        teacher: teacher,
        terms: Self.measured.map { ResponseDivergences.Term($0.1, weights: none) })
    }
  }

  func slopes(
    _ place: ResponsePlace, _ logProbabilities: [Double], divergences: [[Double]]
  ) throws -> (report: LossReport, slopes: [Double]) {
    var report = LossReport()
    for ((name, _), values) in zip(Self.measured, divergences) { report.note(name, values) }
    addSampled(responses[place.group][place.slot], logProbabilities, &report)
    return (report, logProbabilities.map { _ in 0 })
  }
}
