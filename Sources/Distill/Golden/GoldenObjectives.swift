internal import Core
internal import Student
internal import Tensors

/// How one reference case came out.
package struct GoldenOutcome: Sendable, Hashable, Codable {
  /// Whether it agrees.
  package enum Status: String, Sendable, Hashable, Codable {
    /// Value and gradient agree within the tolerance.
    case pass
    /// They do not.
    case fail
    /// The name stands for nothing this program computes.
    case unsupported
  }

  /// The case.
  package var name: String
  /// The numbers it was computed in: `Double` or `Float`.
  package var precision: String
  /// |value − reference|; for `Float` divided by the larger of 1 and |reference|.
  package var valueError: Double
  /// The largest |gradient − reference|; for `Float` divided by the largest |reference| or 1, whichever is larger.
  package var gradientError: Double
  /// The largest error that passes.
  package var tolerance: Double
  /// Whether it agrees.
  package var status: Status

  init(
    name: String, precision: String, valueError: Double = 0, gradientError: Double = 0,
    tolerance: Double, isSupported: Bool = true
  ) {
    self.name = name
    self.precision = precision
    self.valueError = valueError
    self.gradientError = gradientError
    self.tolerance = tolerance
    let isWithin = valueError <= tolerance && gradientError <= tolerance
    status = isSupported ? (isWithin ? .pass : .fail) : .unsupported
  }
}

/// Checks the algebra against reference values computed elsewhere.
package enum GoldenObjectives {
  /// The largest absolute error in `Double`.
  package static let doubleTolerance = 1e-9
  /// The largest relative error in `Float`.
  package static let floatTolerance = 1e-5

  /// Computes every case of a file in the format of `objectives.json`, in both precisions, and its advantages.
  ///
  /// - Parameter contents: The file's bytes.
  /// - Returns: Outcomes, cases by name and then advantages by name; a name that is not known is `unsupported`.
  /// - Throws: `GoldenError.unreadable` if the file is not in the format.
  package static func check(_ contents: [UInt8]) throws -> [GoldenOutcome] {
    let file = try GoldenFile(contents: contents)
    guard !file.cases.isEmpty else { throw GoldenError.unreadable("it has no cases") }
    let batch = file.batch()
    var outcomes: [GoldenOutcome] = []
    for (name, reference) in file.cases.sorted(by: { $0.key < $1.key }) {
      guard let objective = GoldenCaseName.objective(name, length: file.T) else {
        outcomes.append(unsupported(name, "Double"))
        continue
      }
      guard file.hasShape(reference.gradient) else {
        // What the reference leaves out cannot be compared.
        throw GoldenError.unreadable("the gradient of '\(name)' is not of the logits' shape")
      }
      let loss = try objective.prepare(batch: batch, temperature: 1)
      outcomes.append(
        try outcome(name, file, reference, loss, Double.self, "Double", doubleTolerance))
      outcomes.append(
        try outcome(name, file, reference, loss, Float.self, "Float", floatTolerance))
    }
    return try outcomes + advantages(file, batch)
  }

  private static func unsupported(_ name: String, _ precision: String) -> GoldenOutcome {
    GoldenOutcome(
      name: name, precision: precision, tolerance: doubleTolerance, isSupported: false)
  }

  private static func outcome<Scalar: Real>(
    _ name: String, _ file: GoldenFile, _ reference: GoldenFile.Case, _ loss: PreparedLoss,
    _: Scalar.Type, _ precision: String, _ tolerance: Double
  ) throws -> GoldenOutcome {
    var value = 0.0
    var error = WorstError()
    var largest = 0.0
    for b in file.lengths.indices {
      let length = file.lengths[b]
      var rows = file.studentLogits[b].prefix(length).joined().map { Scalar($0) }
      var span = rows.mutableSpan
      value += try loss.evaluate(
        group: b / file.group, slot: b % file.group, logits: &span
      ).value
      for (t, expected) in reference.gradient[b].enumerated() {
        for (v, expected) in expected.enumerated() {
          let computed = t < length ? Double(rows[t * file.V + v]) : 0
          error.note(abs(computed - expected))
          largest = max(largest, abs(expected))
        }
      }
    }
    let isRelative = precision == "Float"
    return GoldenOutcome(
      name: name, precision: precision,
      valueError: abs(value - reference.value) / (isRelative ? max(1, abs(reference.value)) : 1),
      gradientError: error.value / (isRelative ? max(1, largest) : 1), tolerance: tolerance)
  }

  private static func advantages(
    _ file: GoldenFile, _ batch: SignalBatch
  ) throws -> [GoldenOutcome] {
    try (file.advantages ?? [:]).sorted { $0.key < $1.key }.map { name, expected in
      guard let settings = rewardSignal(name) else {
        return unsupported("advantages/\(name)", "Double")
      }
      let computed = try RewardAdvantage(settings).advantages(of: batch).joined().map { $0[0] }
      let errors = zip(computed, expected).map { abs($0 - $1) }
      return GoldenOutcome(
        name: "advantages/\(name)", precision: "Double",
        valueError: computed.count == expected.count ? WorstError.of(errors) : .infinity,
        tolerance: doubleTolerance)
    }
  }

  private static func rewardSignal(_ name: String) -> RewardSignal? {
    switch name {
    case "dr_grpo": return RewardSignal()
    case "rloo": return RewardSignal(baseline: .leaveOneOut)
    case "reinforce++", "reinforce_plus_plus":
      return RewardSignal(baseline: .none, scale: .batch)
    default:
      let prefix = "grpo_sample_std"
      guard name.hasPrefix(prefix) else { return nil }
      let rest = name.dropFirst(prefix.count)
      guard !rest.isEmpty else { return .grpo }
      guard rest.hasPrefix("_eps"), let epsilon = Double(rest.dropFirst(4)) else { return nil }
      return RewardSignal(scale: .sampleStd, epsilon: epsilon)
    }
  }
}
