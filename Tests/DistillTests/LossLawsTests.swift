import Distill
import Core
import Student
import Tensors
import Testing

/// A ragged batch of three groups of three, with every signal, from a random world.
struct RaggedBatch {
  let width = 11
  var groups: [ScoredGroup] = []
  var logits: [[[Double]]] = []

  init(seed: UInt64, teacherIsStudent: Bool = false, top: Int? = nil) {
    var dice = Seed(seed).generator()
    for g in 0..<3 {
      var rollouts: [ScoredRollout] = []
      var rows: [[Double]] = []
      for slot in 0..<3 {
        let length = 1 + (g * 3 + slot * 2) % 5
        let z = (0..<length * width).map { _ in 1.5 * dice.normal() }
        let q = teacherIsStudent ? z : z.map { $0 + dice.normal() }
        rollouts.append(Self.scored(z, q, "p\(g)", slot, width, &dice, top: top))
        rows.append(z)
      }
      let frames = FrameFeatures(
        values: [0], tokensPerFrame: 1, channels: 1, timestamps: [0], duration: 1)
      let prompt = Prompt(id: "p\(g)", video: "v", query: "", evidence: frames, truth: [])
      groups.append(ScoredGroup(prompt: prompt, rollouts: rollouts))
      logits.append(rows)
    }
  }

  private static func scored(
    _ z: [Double], _ q: [Double], _ id: String, _ slot: Int, _ width: Int,
    _ dice: inout SeededGenerator, top: Int?
  ) -> ScoredRollout {
    func rows(_ values: [Double]) -> [[Double]] {
      stride(from: 0, to: values.count, by: width).map {
        TabularWorld.logSoftmax(Array(values[$0..<$0 + width]))
      }
    }
    let student = rows(z)
    let teacher = rows(q)
    let tokens = student.indices.map { _ in dice.integer(below: width) }
    func sampled(_ rows: [[Double]]) -> [Float] { zip(rows, tokens).map { Float($0[$1]) } }
    let rollout = Rollout(
      promptID: id, slot: slot, tokens: tokens, logProbabilities: sampled(student), finish: .stop)
    let likely = teacher.map { row in
      row.enumerated().sorted { $0.element > $1.element }
        .map { ScoredToken($0.offset, Float($0.element)) }
    }
    let score = TeacherScore(
      sampled: sampled(teacher), top: likely.map { Array($0.prefix(top ?? 3)) },
      rows: DenseVocabularyRows(
        vocabularySize: width, values: teacher.flatMap { $0.map { Float($0) } }))
    let reward = Reward(
      total: dice.uniform(), terms: ["iou": dice.uniform(), "format": 1], parsed: true)
    return ScoredRollout(
      rollout, teacher: score, reference: sampled(teacher).map { $0 - 0.1 }, reward: reward)
  }

  /// Value, gradient and metrics of some groups.
  func evaluate<Scalar: Real>(
    _ loss: PreparedLoss, groups: [Int] = [0, 1, 2], as _: Scalar.Type
  ) throws -> (report: LossReport, gradient: [Double]) {
    var report = LossReport()
    var gradient: [Double] = []
    for g in groups {
      for slot in logits[g].indices {
        var rows = logits[g][slot].map { Scalar($0) }
        var span = rows.mutableSpan
        report.add(try loss.evaluate(group: g, slot: slot, logits: &span))
        gradient += rows.map { Double($0) }
      }
    }
    return (report, gradient)
  }
}

/// Methods that can be evaluated on a ragged batch without disordered inputs.
private let methods = MethodPreset.all.filter {
  $0.objective.requirements.disorderedInput == nil
}

@Suite("Laws of every method")
struct LossLawsTests {
  let batch = RaggedBatch(seed: 5)

  @Test("a batch may be cut anywhere", arguments: methods)
  func cuts(method: MethodPreset) throws {
    let loss = try method.objective.prepare(groups: batch.groups, temperature: 1)
    let whole = try batch.evaluate(loss, as: Float.self)
    var parts = LossReport()
    var gradient: [Double] = []
    for g in 0..<3 {
      let part = try batch.evaluate(loss, groups: [g], as: Float.self)
      parts.add(part.report)
      gradient += part.gradient
    }
    #expect(abs(parts.value - whole.report.value) < 1e-6)
    #expect(gradient == whole.gradient)
  }

  @Test("rows may be read in chunks of any size", arguments: methods)
  func chunks(method: MethodPreset) throws {
    let whole = try method.objective.prepare(groups: batch.groups, temperature: 1)
    let chunked = try method.objective.prepare(
      groups: batch.groups, temperature: 1, context: ObjectiveContext(chunkBytes: 1))
    let a = try batch.evaluate(whole, as: Float.self)
    let b = try batch.evaluate(chunked, as: Float.self)
    #expect(abs(a.report.value - b.report.value) < 1e-6)
    #expect(zip(a.gradient, b.gradient).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("Float and Double agree to 1e-5", arguments: methods)
  func precisions(method: MethodPreset) throws {
    let loss = try method.objective.prepare(groups: batch.groups, temperature: 1)
    let a = try batch.evaluate(loss, as: Float.self)
    let b = try batch.evaluate(loss, as: Double.self)
    #expect(abs(a.report.value - b.report.value) < 1e-5 * max(1, abs(b.report.value)))
    #expect(zip(a.gradient, b.gradient).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test("a gradient in logits adds up to 0 in every row", arguments: methods)
  func shift(method: MethodPreset) throws {
    let loss = try method.objective.prepare(groups: batch.groups, temperature: 0.7)
    let gradient = try batch.evaluate(loss, as: Double.self).gradient
    for start in stride(from: 0, to: gradient.count, by: batch.width) {
      #expect(abs(gradient[start..<start + batch.width].reduce(0, +)) < 1e-10)
    }
  }

  @Test("a component added with weight 0 changes nothing, and components add up")
  func components() throws {
    let opd = try MethodPreset.named("opd").objective
    let gkd = try MethodPreset.named("gkd").objective
    func evaluate(_ objective: Objective) throws -> (report: LossReport, gradient: [Double]) {
      try batch.evaluate(objective.prepare(groups: batch.groups, temperature: 1), as: Double.self)
    }
    let both = try evaluate(Objective(opd.components + gkd.components))
    let a = try evaluate(opd)
    let b = try evaluate(gkd)
    #expect(abs(both.report.value - a.report.value - b.report.value) < 1e-12)
    for (i, value) in both.gradient.enumerated() {
      #expect(abs(value - a.gradient[i] - b.gradient[i]) < 1e-12)
    }
    var silent = gkd.components[0]
    silent.weight = 0
    #expect(try evaluate(Objective(opd.components + [silent])).gradient == a.gradient)
    let joint = try Objective(opd.components + gkd.components).prepare(
      groups: batch.groups, temperature: 1)
    #expect(
      try batch.evaluate(joint.isolating(component: 1), as: Double.self).gradient == b.gradient)
  }

  @Test("a mini-batch is a batch of its own")
  func miniBatch() throws {
    let objective = try MethodPreset.named("opd-full").objective
    let part = try objective.prepare(groups: batch.groups, temperature: 1).restricted(to: [1])
    let alone = try objective.prepare(groups: [batch.groups[1]], temperature: 1)
    var rows = batch.logits[1][2]
    var same = rows
    var span = rows.mutableSpan
    var sameSpan = same.mutableSpan
    let a = try part.evaluate(group: 0, slot: 2, logits: &span)
    let b = try alone.evaluate(group: 0, slot: 2, logits: &sameSpan)
    #expect(a == b)
    #expect(rows == same)
  }

  @Test(
    "a teacher that is the student leaves it where it is",
    arguments: ["opd", "opd-full", "opd-topk", "gkd", "student-topk-opd", "importance-decayed-opd"])
  func ownTeacher(name: String) throws {
    let batch = RaggedBatch(seed: 8, teacherIsStudent: true)
    let objective = try MethodPreset.named(name).objective
    let loss = try objective.prepare(groups: batch.groups, temperature: 1)
    let result = try batch.evaluate(loss, as: Double.self)
    // The teacher's rows are kept in single precision.
    #expect(abs(result.report.value) < 1e-6)
    #expect(result.gradient.allSatisfy { abs($0) < 1e-6 })
    #expect(abs(try #require(result.report.metrics["teacher_kl/k1"]?.mean)) < 1e-6)
  }

  @Test("metrics are means over tokens, not means of means")
  func metrics() throws {
    let objective = try MethodPreset.named("opd-full").objective
    let loss = try objective.prepare(groups: batch.groups, temperature: 1)
    let report = try batch.evaluate(loss, as: Double.self).report
    var total = 0.0
    var tokens = 0.0
    for (group, logits) in zip(batch.groups, batch.logits) {
      for (scored, z) in zip(group.rollouts, logits) {
        for (t, token) in scored.rollout.tokens.enumerated() {
          let row = TabularWorld.logSoftmax(
            Array(z[t * batch.width..<(t + 1) * batch.width]))
          total += row[token] - Double(scored.teacher?.sampled[t] ?? 0)
          tokens += 1
        }
      }
    }
    #expect(abs(try #require(report.metrics["teacher_kl/k1"]?.mean) - total / tokens) < 1e-9)
    #expect(report.metrics["entropy"]?.weight == tokens)
    let exact = try #require(report.metrics["teacher_kl/reverse"]?.mean)
    #expect(abs(exact - report.value) < 1e-9)
  }

  @Test("sampler, behaviour and trainer agree at every temperature", arguments: [0.6, 1, 1.4])
  func temperature(tau: Double) throws {
    var groups = batch.groups
    for g in groups.indices {
      for i in groups[g].rollouts.indices {
        let old = groups[g].rollouts[i].rollout
        let values = old.tokens.enumerated().map { t, token in
          let row = batch.logits[g][i][t * batch.width..<(t + 1) * batch.width].map { $0 / tau }
          return Float(TabularWorld.logSoftmax(row)[token])
        }
        groups[g].rollouts[i].rollout = Rollout(
          promptID: old.promptID, slot: old.slot, tokens: old.tokens, logProbabilities: values,
          finish: .stop)
      }
    }
    let loss = try MethodPreset.named("opd").objective.prepare(groups: groups, temperature: tau)
    let report = try batch.evaluate(loss, as: Double.self).report
    #expect(try #require(report.metrics["sampling/logp_difference"]?.mean) < 1e-6)
    #expect(abs(try #require(report.metrics["ratio/mean"]?.mean) - 1) < 1e-6)
  }
}
