package import Core
package import Student
internal import Tensors

extension PreparedLoss: SlopeLoss {
  /// Itself, unless a component looks at the whole vocabulary of the student.
  package var bySlopes: (any SlopeLoss)? {
    objective.requirements.learner.needsLogits ? nil : self
  }

  /// The largest k of supports that the student's own most likely tokens have a part in.
  package var likeliest: Int { objective.requirements.learner.likeliest }

  /// The sampled token, then what the supports keep and what ends a response, each once.
  package func targets(_ place: ResponsePlace, likeliest: [[Token]]) -> [[Token]] {
    let response = batch.groups[place.group][place.slot]
    guard trained[place.group] else { return response.tokens.map { [$0] } }
    precondition(
      self.likeliest == 0 || likeliest.count >= response.length,
      "\(likeliest.count) lists of likely tokens for \(response.length) positions.")
    let pass = ResponsePass<Double>(self, place)
    return response.tokens.indices.map { pass.targets($0, pass.teacherRow($0), likeliest) }
  }

  /// The loss from the log-probabilities of its targets, and its derivatives in them.
  ///
  /// - Throws: `ObjectiveError.notFinite` where a log-probability or the loss is not finite.
  package func slopes(
    _ place: ResponsePlace, _ logProbabilities: [[Double]], likeliest: [[Token]]
  ) throws -> (report: LossReport, slopes: [[Double]]) {
    guard trained[place.group] else {
      return (LossReport(), logProbabilities.map { $0.map { _ in 0 } })
    }
    var pass = ResponsePass<Double>(self, place)
    let targets = targets(place, likeliest: likeliest)
    precondition(
      targets.map(\.count) == logProbabilities.map(\.count),
      "\(logProbabilities.map(\.count)) log-probabilities for \(targets.map(\.count)) targets.")
    try pass.take(logProbabilities, of: targets)
    pass.addSampledComponents()
    let slopes = pass.slopes(targets, logProbabilities, likeliest)
    return (try pass.finished(), slopes)
  }
}

extension PreparedLoss: DivergenceLoss {
  /// Itself, where every teacher's rows are beside the student.
  package var byDivergences: (any DivergenceLoss)? {
    let counted = zip(batch.groups, trained).filter(\.1).flatMap(\.0)
    return !counted.isEmpty && counted.allSatisfy { $0.teacherBeside != nil } ? self : nil
  }

  /// The divergences that components are, and the reverse KL divergence for its metric, where none is.
  package func divergences(_ place: ResponsePlace) -> ResponseDivergences? {
    guard trained[place.group],
      let teacher = batch.groups[place.group][place.slot].teacherBeside
    else { return nil }
    let pass = ResponsePass<Double>(self, place)
    var terms = pass.divergences.map { component, plan, kind in
      ResponseDivergences.Term(kind, weights: plan.weights.map { $0 * pass.unit(component) })
    }
    if !terms.contains(where: { $0.divergence == .reverseKL }) {
      let none = [Double](repeating: 0, count: pass.response.length)
      terms.append(ResponseDivergences.Term(.reverseKL, weights: none))
    }
    return ResponseDivergences(teacher: teacher, terms: terms)
  }

  /// The loss from the log-probabilities of the response and the divergences at its positions.
  ///
  /// - Throws: `ObjectiveError.notFinite` where a log-probability or the loss is not finite.
  package func slopes(
    _ place: ResponsePlace, _ logProbabilities: [Double], divergences: [[Double]]
  ) throws -> (report: LossReport, slopes: [Double]) {
    guard trained[place.group] else { return (LossReport(), logProbabilities.map { _ in 0 }) }
    var pass = ResponsePass<Double>(self, place)
    try pass.take(logProbabilities.map { [$0] }, of: pass.response.tokens.map { [$0] })
    pass.addSampledComponents()
    pass.add(divergences)
    return (try pass.finished(), pass.slopes)
  }
}

extension ResponsePass<Double> {
  /// The components that are divergences over the whole vocabulary, in order.
  fileprivate var divergences: [(ObjectiveComponent, ComponentPlan, RowDivergence)] {
    zip(loss.objective.components, plans).compactMap { component, plan in
      component.wholeDivergence.map { (component, plan, $0) }
    }
  }

  /// Adds the components that are divergences: their values at each position are known, and their gradients are made elsewhere.
  fileprivate mutating func add(_ values: [[Double]]) {
    for ((component, plan, _), values) in zip(divergences, values) {
      let sum = zip(plan.weights, values).reduce(0) { $0 + $1.0 * $1.1 }
      add(component, share: unit(component) * sum)
    }
    let kinds = divergences.map(\.2)
    let reverse = kinds.firstIndex(of: .reverseKL) ?? kinds.count
    record(
      "teacher_kl/reverse", sum: values[reverse].reduce(0, +), weight: Double(response.length))
  }

  fileprivate init(_ loss: PreparedLoss, _ place: ResponsePlace) {
    let response = loss.batch.groups[place.group][place.slot]
    self.init(
      loss: loss, response: response, plans: loss.plans[place.group][place.slot],
      width: response.teacherRows?.width ?? 0)
  }

  /// What the teacher says at a position.
  fileprivate func teacherRow(_ t: Int) -> TeacherRow<Double> {
    TeacherRow(
      values: response.teacherRows?.read(t..<t + 1, as: Double.self) ?? [],
      top: response.teacherTop?[t])
  }

  fileprivate func targets(
    _ t: Int, _ teacher: TeacherRow<Double>, _ likeliest: [[Token]]
  ) -> [Token] {
    var result = [response.tokens[t]]
    func add(_ tokens: [Token]) {
      for token in tokens where !result.contains(token) { result.append(token) }
    }
    for (component, plan) in zip(loss.objective.components, plans) {
      if component.isDense { add(component.support.kept(t, teacher, width, likeliest)) }
      if plan.stopTokens.contains(response.tokens[t]) { add(plan.stopTokens) }
    }
    return result
  }

  /// Notes the log-probabilities of the response and of what ends it.
  fileprivate mutating func take(
    _ logProbabilities: [[Double]], of targets: [[Token]]
  ) throws {
    current = logProbabilities.map { $0[0] }
    compared = plans.map(\.stopTokens).map { stop in
      var values = current
      for (t, token) in response.tokens.enumerated() where stop.contains(token) {
        values[t] = logSumExp(
          zip(targets[t], logProbabilities[t]).filter { stop.contains($0.0) }.map(\.1))
      }
      return values
    }
    if let place = logProbabilities.firstIndex(where: { !$0.allSatisfy(\.isFinite) }) {
      throw ObjectiveError.notFinite(
        what: "student's log-probability", prompt: response.promptID, position: place)
    }
    try openGates()
    recordResponse()
  }

  /// Adds the components that look at kept tokens: the derivatives in all targets.
  fileprivate mutating func slopes(
    _ targets: [[Token]], _ logProbabilities: [[Double]], _ likeliest: [[Token]]
  ) -> [[Double]] {
    let dense = Array(zip(loss.objective.components, plans).filter(\.0.isDense))
    var shares = [Double](repeating: 0, count: dense.count)
    var result: [[Double]] = []
    for (t, tokens) in targets.enumerated() {
      var row = [Double](repeating: 0, count: tokens.count)
      row[0] = slopes[t]
      let teacher = teacherRow(t)
      for (place, (component, plan)) in dense.enumerated() {
        let kept = component.support.kept(t, teacher, width, likeliest)
        let coarse = CoarseRow(
          kept, among: tokens, logProbabilities[t], teacher: teacher, width: width)
        var span = row.mutableSpan
        shares[place] += add(component, unit(component) * plan.weights[t], coarse, &span)
      }
      result.append(row)
    }
    for ((component, _), share) in zip(dense, shares) { add(component, share: share) }
    return result
  }

  private func add(
    _ component: ObjectiveComponent, _ scale: Double, _ row: CoarseRow,
    _ gradient: inout MutableSpan<Double>
  ) -> Double {
    guard case .top(_, _, let rest) = component.support else { return 0 }
    switch component.estimator {
    case .divergence(let kind):
      return scale * row.divergence(kind, rest: rest, scale: scale, gradient: &gradient)
    case .vocabularyAdvantage:
      return row.addVocabularyAdvantage(scale: scale, gradient: &gradient)
    case .policyGradient, .logRatio: return 0
    }
  }
}

extension VocabularySupport {
  /// I at a position, as `CoarseRow` chooses it; the student's part as the student names it.
  fileprivate func kept(
    _ t: Int, _ teacher: TeacherRow<Double>, _ width: Int, _ likeliest: [[Token]]
  ) -> [Token] {
    guard case .top(let k, let owner, _) = self else { return [] }
    let mine = owner == .teacher ? [] : Array(likeliest[t].prefix(k))
    guard owner != .student else { return mine }
    let theirs = teacher.best(k, width: width)
    return switch owner {
    case .student: mine
    case .teacher: theirs
    case .union: mine + theirs.filter { !mine.contains($0) }
    case .intersection: mine.filter(theirs.contains)
    }
  }
}

extension CoarseRow {
  /// The row of a position of which only some log-probabilities are known; `tokens` become places among the targets.
  ///
  /// - Parameters:
  ///   - kept: I.
  ///   - targets: The tokens that are known; `kept` is among them.
  ///   - logProbabilities: log π of the targets, nats.
  ///   - source: What the teacher says.
  ///   - width: V; 0 where nobody said, and then the kept tokens are not all there are.
  fileprivate init(
    _ kept: [Token], among targets: [Token], _ logProbabilities: [Double],
    teacher source: TeacherRow<Double>, width: Int
  ) {
    tokens = kept.compactMap { targets.firstIndex(of: $0) }
    student = tokens.map { logProbabilities[$0] }
    teacher = kept.map { source.logProbability($0) ?? Rows.ruledOut }
    overlap = 0
    let isWhole = kept.count == width
    let outside = 1 - student.reduce(0) { $0 + exponentialOf($1) }
    studentTail = isWhole ? -.infinity : logarithmOf(max(outside, Self.leastTail))
    teacherTail =
      isWhole
      ? -.infinity
      : logarithmOf(max(Self.teacherOutside(kept, teacher, source, width), Self.leastTail))
  }
}
