internal import Core
internal import Tensors

extension ResponsePass {
  /// Positions whose teacher rows are in memory at a time.
  var chunk: Int {
    let bytes = width * MemoryLayout<Scalar>.stride
    return max(1, loss.context.chunkBytes / max(bytes, 1))
  }

  /// Closes the gates of positions where an entropy is out of bounds.
  mutating func openGates() throws {
    guard plans.contains(where: { !$0.gates.isEmpty }) else { return }
    var teacherEntropies: [Double] = []
    if plans.contains(where: { $0.gates.contains { $0.owner == .teacher } }) {
      teacherEntropies = try entropiesOfTeacher()
    }
    for index in plans.indices {
      for gate in plans[index].gates {
        let values = gate.owner == .teacher ? teacherEntropies : entropies
        for t in values.indices where !(values[t] > gate.above && values[t] <= gate.upTo) {
          plans[index].weights[t] = 0
        }
      }
    }
  }

  private mutating func entropiesOfTeacher() throws(ObjectiveError) -> [Double] {
    guard let rows = response.teacherRows else {
      throw .missing(.teacherRows, response.promptID)
    }
    var result: [Double] = []
    for start in stride(from: 0, to: response.length, by: chunk) {
      let range = start..<min(start + chunk, response.length)
      // Log-softmax of log-probabilities is themselves; what is wanted is the entropy.
      var values = rows.read(range, as: Scalar.self)
      var span = values.mutableSpan
      result += Rows.logSoftmax(&span, width: width, temperature: 1)
    }
    record("teacher_entropy", sum: result.reduce(0, +), weight: Double(result.count))
    return result
  }

  /// Adds the components that look at rows, and turns log-probabilities into the gradient.
  mutating func writeGradient(_ logits: inout MutableSpan<Scalar>) throws {
    let dense = zip(loss.objective.components, plans).filter(\.0.isDense)
    guard !dense.isEmpty || response.teacherRows != nil else {
      for t in slopes.indices { writeSampledGradient(&logits, t) }
      return
    }
    if let rows = response.teacherRows, rows.width != width {
      throw ObjectiveError.tokenCountMismatch(
        signal: .teacherRows, prompt: response.promptID, expected: width, received: rows.width)
    }
    var gradient = [Scalar](repeating: 0, count: width)
    var shares = [Double](repeating: 0, count: dense.count)
    for start in stride(from: 0, to: response.length, by: chunk) {
      let range = start..<min(start + chunk, response.length)
      let values = response.teacherRows?.read(range, as: Scalar.self) ?? []
      for t in range {
        let teacher = TeacherRow(
          values: values, offset: (t - start) * width, top: response.teacherTop?[t])
        measureExactly(logits.span, t, teacher, &gradient)
        for index in gradient.indices { gradient[index] = 0 }
        for (place, (component, plan)) in dense.enumerated() {
          shares[place] += add(component, plan, t, logits.span, teacher, &gradient)
        }
        if dense.isEmpty {
          writeSampledGradient(&logits, t)
        } else {
          gradient[response.tokens[t]] += Scalar(slopes[t])
          Rows.backward(
            &logits, at: t * width, width: width, gradient: gradient.span,
            temperature: loss.temperature)
        }
      }
    }
    for ((component, _), share) in zip(dense, shares) { add(component, share: share) }
  }

  private func writeSampledGradient(_ logits: inout MutableSpan<Scalar>, _ t: Int) {
    Rows.sampledTokenGradient(
      &logits, at: t * width, width: width, token: response.tokens[t], coefficient: slopes[t],
      temperature: loss.temperature)
  }

  /// One dense component at one position: its share of the loss; its gradient in log π is added.
  private mutating func add(
    _ component: ObjectiveComponent, _ plan: ComponentPlan, _ t: Int, _ student: Span<Scalar>,
    _ teacher: TeacherRow<Scalar>, _ gradient: inout [Scalar]
  ) -> Double {
    let scale = unit(component) * plan.weights[t]
    var span = gradient.mutableSpan
    switch component.estimator {
    case .divergence(let kind):
      let value = DivergenceObjective(kind, support: component.support).evaluate(
        student: student, at: t * width, teacher: teacher, scale: scale, gradient: &span)
      if component.isWholeReverseKL { record("teacher_kl/reverse", sum: value, weight: 1) }
      return scale * value
    case .vocabularyAdvantage:
      let row = CoarseRow(
        support: component.support, student: student, at: t * width, width: width,
        teacher: teacher)
      return row.addVocabularyAdvantage(scale: scale, gradient: &span)
    case .policyGradient, .logRatio: return 0
    }
  }
}

extension CoarseRow {
  /// `−Σ_v sg[p̃_v(log q_v − log π_v)]·log π_v`, scaled, with p̃ renormalised over the kept tokens.
  func addVocabularyAdvantage<Scalar: Real>(
    scale: Double, gradient: inout MutableSpan<Scalar>
  ) -> Double {
    let own = logSumExp(student)
    var value = 0.0
    for (index, token) in tokens.enumerated() {
      let advantage = exponentialOf(student[index] - own) * (teacher[index] - student[index])
      gradient[token] -= Scalar(scale * advantage)
      value -= scale * advantage * student[index]
    }
    return value
  }
}
