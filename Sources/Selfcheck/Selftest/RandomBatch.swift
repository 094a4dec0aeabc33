internal import Distill
internal import Core
internal import Student
internal import Tensors

/// A ragged batch with every signal an objective may need, its sizes drawn too.
struct RandomBatch {
  /// V.
  let width: Int
  /// Responses by group and slot.
  private(set) var groups: [[ResponseSignals]] = []
  /// The student's logits by group and slot, T·V.
  private(set) var logits: [[[Double]]] = []

  /// A batch of 2 to 4 groups of 2 to 4 responses of 1 to 7 tokens over 5 to 17 words.
  ///
  /// - Parameters:
  ///   - seed: Its stream.
  ///   - teacherIsStudent: Whether the teacher's logits are the student's.
  init(_ seed: Seed, teacherIsStudent: Bool = false) {
    var dice = seed.generator()
    width = 5 + dice.integer(below: 13)
    for g in 0..<2 + dice.integer(below: 3) {
      var responses: [ResponseSignals] = []
      var rows: [[Double]] = []
      for slot in 0..<2 + dice.integer(below: 3) {
        let length = 1 + dice.integer(below: 7)
        let student = (0..<length * width).map { _ in 1.5 * dice.normal() }
        let teacher = student.map { $0 + (teacherIsStudent ? 0 : dice.normal()) }
        let tokens = (0..<length).map { _ in dice.integer(below: width) }
        responses.append(
          response("prompt \(g)", slot, tokens, student: student, teacher: teacher, &dice))
        rows.append(student)
      }
      groups.append(responses)
      logits.append(rows)
    }
  }

  private func response(
    _ prompt: String, _ slot: Int, _ tokens: [Token], student: [Double], teacher: [Double],
    _ dice: inout SeededGenerator
  ) -> ResponseSignals {
    let rows = logProbabilities(teacher)
    var result = ResponseSignals(
      promptID: prompt, slot: slot, tokens: tokens,
      behaviour: picked(logProbabilities(student), tokens))
    result.teacher = picked(rows, tokens)
    result.teacherRows = .exact(rows, width: width)
    result.reference = result.behaviour.map { $0 + 0.3 * dice.normal() }
    let accuracy = dice.uniform()
    let format = dice.uniform() < 0.5 ? 0.0 : 1
    result.reward = Reward(
      total: accuracy + 0.5 * format, terms: ["accuracy": accuracy, "format": format], parsed: true)
    return result
  }

  /// Log-probabilities of rows of logits.
  func logProbabilities(_ logits: [Double]) -> [Double] {
    var rows = logits
    var span = rows.mutableSpan
    _ = Rows.logSoftmax(&span, width: width, temperature: 1)
    return rows
  }

  private func picked(_ rows: [Double], _ tokens: [Token]) -> [Double] {
    tokens.enumerated().map { rows[$0 * width + $1] }
  }

  /// Loss, metrics and gradient in all logits under an objective.
  ///
  /// - Throws: What the objective refuses.
  func evaluate(
    _ objective: Objective, context: ObjectiveContext = ObjectiveContext()
  ) throws -> (report: LossReport, gradient: [Double]) {
    let loss = try objective.prepare(
      batch: SignalBatch(groups: groups), temperature: 1, context: context)
    var report = LossReport()
    var gradient: [Double] = []
    for (g, group) in logits.enumerated() {
      for (slot, row) in group.enumerated() {
        var rows = row
        var span = rows.mutableSpan
        report.add(try loss.evaluate(group: g, slot: slot, logits: &span))
        gradient += rows
      }
    }
    return (report, gradient)
  }

  /// The same batch with something taken away from every response.
  func without(_ remove: (inout ResponseSignals) -> Void) -> RandomBatch {
    var copy = self
    for g in groups.indices {
      for i in groups[g].indices { remove(&copy.groups[g][i]) }
    }
    return copy
  }

  /// Every response with the logits it was answered from.
  var responses: [(signals: ResponseSignals, logits: [Double])] {
    Array(zip(groups.joined(), logits.joined())).map { (signals: $0.0, logits: $0.1) }
  }
}

/// The largest magnitude, 0 of nothing.
func largest(_ values: some Sequence<Double>) -> Double {
  values.reduce(0) { largestError($0, $1.magnitude) }
}
