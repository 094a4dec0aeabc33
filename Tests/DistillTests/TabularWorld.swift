import Distill
import Foundation
import Core
import Student

/// Student and teacher as tables of logits, one row a prefix: small enough to visit every response.
struct TabularWorld {
  let width: Int
  let length: Int
  var student: [[Token]: [Double]] = [:]
  var teacher: [[Token]: [Double]] = [:]
  var reference: [[Token]: [Double]] = [:]

  init(width: Int, length: Int, seed: UInt64) {
    self.width = width
    self.length = length
    var dice = Seed(seed).generator()
    func row() -> [Double] { (0..<width).map { _ in dice.normal() } }
    for prefix in prefixes {
      student[prefix] = row()
      teacher[prefix] = row()
      reference[prefix] = row()
    }
  }

  /// Every prefix after which a token is drawn.
  var prefixes: [[Token]] { (0..<length).flatMap { sequences($0) } }

  /// Every response.
  var responses: [[Token]] { sequences(length) }

  private func sequences(_ count: Int) -> [[Token]] {
    count == 0
      ? [[]] : sequences(count - 1).flatMap { start in (0..<width).map { start + [$0] } }
  }

  static func logSoftmax(_ z: [Double]) -> [Double] {
    let peak = z.max() ?? 0
    let total = peak + log(z.reduce(0) { $0 + exp($1 - peak) })
    return z.map { $0 - total }
  }

  func studentRow(_ prefix: [Token]) -> [Double] { Self.logSoftmax(student[prefix] ?? []) }
  func teacherRow(_ prefix: [Token]) -> [Double] { Self.logSoftmax(teacher[prefix] ?? []) }

  /// The probability that the student draws these tokens.
  func probability(_ tokens: [Token]) -> Double {
    exp(tokens.indices.reduce(0) { $0 + studentRow(Array(tokens[..<$1]))[tokens[$1]] })
  }

  func signals(_ tokens: [Token], reward: Double? = nil, slot: Int = 0) -> ResponseSignals {
    let rows = tokens.indices.map { Array(tokens[..<$0]) }
    func sampled(_ table: [[Token]: [Double]]) -> [Double] {
      zip(rows, tokens).map { Self.logSoftmax(table[$0] ?? [])[$1] }
    }
    var result = ResponseSignals(
      promptID: "p", slot: slot, tokens: tokens, behaviour: sampled(student))
    result.teacher = sampled(teacher)
    result.reference = sampled(reference)
    result.teacherRows = .exact(rows.flatMap { teacherRow($0) }, width: width)
    result.reward = reward.map { Reward(total: $0, terms: [:], parsed: true) }
    return result
  }

  /// Adds a response's gradient, weighted, to a table.
  func addGradient(
    _ loss: PreparedLoss, _ slot: Int, _ tokens: [Token], weight: Double,
    to table: inout [[Token]: [Double]]
  ) throws {
    var logits = tokens.indices.flatMap { student[Array(tokens[..<$0])] ?? [] }
    var span = logits.mutableSpan
    _ = try loss.evaluate(group: 0, slot: slot, logits: &span)
    for t in tokens.indices {
      let prefix = Array(tokens[..<t])
      for v in 0..<width {
        table[prefix, default: zeros][v] += weight * logits[t * width + v]
      }
    }
  }

  var zeros: [Double] { [Double](repeating: 0, count: width) }

  /// The expected gradient of an objective in every logit, over every response.
  func expectedGradient(_ objective: Objective) throws -> [[Token]: [Double]] {
    var table: [[Token]: [Double]] = [:]
    for tokens in responses {
      let batch = SignalBatch(groups: [[signals(tokens)]])
      let loss = try objective.prepare(batch: batch, temperature: 1)
      try addGradient(loss, 0, tokens, weight: probability(tokens), to: &table)
    }
    return table
  }

  /// `Σ_s π(s)·∂D(s)/∂z`, the distribution of prefixes held fixed, for a gradient `π(v)·(f_v − Σ π f)`.
  func local(_ derivative: ([Double], [Double]) -> [Double]) -> [[Token]: [Double]] {
    var table: [[Token]: [Double]] = [:]
    for prefix in prefixes {
      let gradient = derivative(studentRow(prefix), teacherRow(prefix))
      let weight = probability(prefix)
      table[prefix] = gradient.map { weight * $0 }
    }
    return table
  }

  /// The largest difference between two tables.
  static func difference(_ a: [[Token]: [Double]], _ b: [[Token]: [Double]]) -> Double {
    a.reduce(0) { worst, entry in
      zip(entry.value, b[entry.key] ?? []).reduce(worst) { max($0, abs($1.0 - $1.1)) }
    }
  }

  // ∂KL(π‖q)/∂z_v = π_v (log π_v − log q_v − KL).
  static func reverseKL(_ p: [Double], _ q: [Double]) -> [Double] {
    let value = zip(p, q).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
    return zip(p, q).map { exp($0) * ($0 - $1 - value) }
  }

  // ∂KL(q‖π)/∂z_v = π_v − q_v.
  static func forwardKL(_ p: [Double], _ q: [Double]) -> [Double] {
    zip(p, q).map { exp($0) - exp($1) }
  }
}
