import Foundation
import Testing

@testable import Tensors

/// Naive twins of the row kernels, in `Double`, one entry at a time.
private enum Naive {
  static func logSoftmax(_ z: [Double], _ temperature: Double) -> [Double] {
    let scaled = z.map { $0 / temperature }
    let peak = scaled.max() ?? 0
    let total = peak + log(scaled.reduce(0) { $0 + exp($1 - peak) })
    return scaled.map { $0 - total }
  }

  static func term(_ kind: RowDivergence, _ p: Double, _ q: Double) -> Double {
    switch kind {
    case .reverseKL: return exp(p) * (p - q)
    case .forwardKL: return exp(q) * (q - p)
    case .jensenShannon(let beta, let normalised):
      let m = log(beta * exp(q) + (1 - beta) * exp(p))
      let value = beta * exp(q) * (q - m) + (1 - beta) * exp(p) * (p - m)
      return normalised ? value / (beta * (1 - beta)) : value
    }
  }
}

private func logits(_ count: Int, seed: UInt64, scale: Double = 2) -> [Double] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return scale * (Double(state >> 11) * 0x1p-52 - 1)
  }
}

private let kinds: [RowDivergence] = [
  .reverseKL, .forwardKL, .jensenShannon(beta: 0.5, normalised: false),
  .jensenShannon(beta: 0.1, normalised: true), .jensenShannon(beta: 0.93, normalised: false),
]

@Suite("Row kernels")
struct RowsTests {
  @Test(
    "log-softmax equals its naive twin for any width and temperature",
    arguments: [1, 2, 7, 8, 9, 16, 31, 520, 1031], [0.6, 1, 1.4])
  func logSoftmax(width: Int, temperature: Double) {
    let z = logits(3 * width, seed: 7)
    var values = z
    var single = z.map { Float($0) }
    var span = values.mutableSpan
    var singleSpan = single.mutableSpan
    let entropies = Rows.logSoftmax(&span, width: width, temperature: temperature)
    _ = Rows.logSoftmax(&singleSpan, width: width, temperature: temperature)
    for row in 0..<3 {
      let expected = Naive.logSoftmax(Array(z[row * width..<(row + 1) * width]), temperature)
      let entropy = -expected.reduce(0) { $0 + exp($1) * $1 }
      #expect(abs(entropies[row] - entropy) < 1e-12)
      for (v, x) in expected.enumerated() {
        #expect(abs(values[row * width + v] - x) < 1e-12)
        #expect(abs(Double(single[row * width + v]) - x) < 1e-5)
      }
    }
  }

  @Test("log-softmax survives logits of 10,000 and of −∞")
  func extremes() {
    var values: [Float] = [1e4, -1e4, 1e4, -.infinity, 0]
    var span = values.mutableSpan
    let entropy = Rows.logSoftmax(&span, width: 5, temperature: 1)
    #expect(abs(values[0] + 0.693147) < 1e-5)
    #expect(abs(entropy[0] - 0.693147) < 1e-5)
    #expect(values.allSatisfy { $0.isFinite })
  }

  @Test("log-softmax passes NaN and +∞ on", arguments: [Float.nan, .infinity])
  func notFinite(bad: Float) {
    var values: [Float] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, bad, 0]
    var span = values.mutableSpan
    let entropies = Rows.logSoftmax(&span, width: 6, temperature: 1)
    #expect(entropies[0].isFinite && entropies[1].isNaN)
    #expect(values[..<6].allSatisfy { $0.isFinite })
    #expect(values[6...].allSatisfy { $0.isNaN })
  }

  @Test("the sampled token's gradient is c·(onehot − π)/τ", arguments: [3, 8, 21])
  func sampledGradient(width: Int) {
    var row = Naive.logSoftmax(logits(width, seed: 3), 0.7)
    let p = row.map { exp($0) }
    var span = row.mutableSpan
    Rows.sampledTokenGradient(
      &span, at: 0, width: width, token: 1, coefficient: -2.5, temperature: 0.7)
    for v in 0..<width {
      #expect(abs(row[v] - -2.5 * ((v == 1 ? 1 : 0) - p[v]) / 0.7) < 1e-12)
    }
  }

  @Test("divergences equal their naive twins", arguments: kinds, [1, 5, 8, 13, 600])
  func divergences(kind: RowDivergence, width: Int) {
    let p = Naive.logSoftmax(logits(width, seed: 11), 1)
    let q = Naive.logSoftmax(logits(width, seed: 12), 1)
    var gradient = [Double](repeating: 0, count: width)
    var span = gradient.mutableSpan
    let value = Rows.divergence(
      kind, student: p.span, at: 0, teacher: q.span, at: 0, scale: 1, gradient: &span)
    let expected = zip(p, q).reduce(0) { $0 + Naive.term(kind, $1.0, $1.1) }
    #expect(abs(value - expected) < 1e-12 * max(1, Double(width) / 10))
    #expect(value >= -1e-12)
    _ = gradient
  }

  @Test("gradients of divergences equal central differences", arguments: kinds)
  func gradients(kind: RowDivergence) {
    let z = logits(11, seed: 21)
    let q = Naive.logSoftmax(logits(11, seed: 22), 1)
    func value(_ z: [Double]) -> (Double, [Double]) {
      var row = z
      var rowSpan = row.mutableSpan
      _ = Rows.logSoftmax(&rowSpan, width: 11, temperature: 1.3)
      var gradient = [Double](repeating: 0, count: 11)
      var span = gradient.mutableSpan
      let value = Rows.divergence(
        kind, student: row.span, at: 0, teacher: q.span, at: 0, scale: 1, gradient: &span)
      var backward = row.mutableSpan
      Rows.backward(&backward, at: 0, width: 11, gradient: gradient.span, temperature: 1.3)
      return (value, row)
    }
    let exact = value(z).1
    for v in z.indices {
      var up = z
      var down = z
      up[v] += 1e-6
      down[v] -= 1e-6
      #expect(abs((value(up).0 - value(down).0) / 2e-6 - exact[v]) < 1e-8)
    }
  }

  @Test("a token the teacher rules out costs much, but never infinitely much")
  func ruledOut() {
    let p = Naive.logSoftmax([0, 0], 1)
    let q = [0, -Double.infinity]
    var gradient = [0.0, 0]
    var span = gradient.mutableSpan
    let reverse = Rows.divergence(
      .reverseKL, student: p.span, at: 0, teacher: q.span, at: 0, scale: 1, gradient: &span)
    #expect(abs(reverse - (-log(2) + 50)) < 1e-9)
    var forwardSpan = gradient.mutableSpan
    let forward = Rows.divergence(
      .forwardKL, student: p.span, at: 0, teacher: q.span, at: 0, scale: 1,
      gradient: &forwardSpan)
    #expect(abs(forward - log(2)) < 1e-9)
  }

  @Test("the ends of JSD are 0, and normalised they are the two KL divergences")
  func ends() {
    let p = Naive.logSoftmax(logits(9, seed: 31), 1)
    let q = Naive.logSoftmax(logits(9, seed: 32), 1)
    func value(_ kind: RowDivergence) -> Double {
      var gradient = [Double](repeating: 0, count: 9)
      var span = gradient.mutableSpan
      return Rows.divergence(
        kind, student: p.span, at: 0, teacher: q.span, at: 0, scale: 1, gradient: &span)
    }
    #expect(value(.jensenShannon(beta: 0, normalised: false)) == 0)
    #expect(value(.jensenShannon(beta: 1, normalised: false)) == 0)
    #expect(value(.jensenShannon(beta: 0, normalised: true)) == value(.forwardKL))
    #expect(value(.jensenShannon(beta: 1, normalised: true)) == value(.reverseKL))
    let near = value(.jensenShannon(beta: 1e-6, normalised: true))
    #expect(abs(near - value(.forwardKL)) < 1e-4)
  }

  @Test("the largest entries come in order, the earlier of two equal ones first")
  func largest() {
    let row: [Float] = [1, 5, 3, 5, -2, 3]
    #expect(Rows.largest(4, of: row.span, at: 0, width: 6) == [1, 3, 2, 5])
    #expect(Rows.largest(9, of: row.span, at: 1, width: 3) == [0, 2, 1])
    #expect(Rows.largest(0, of: row.span, at: 0, width: 6).isEmpty)
  }

  @Test("the mass outside some entries is what is left of 1", arguments: [1, 8, 40])
  func massOutside(width: Int) {
    let row = Naive.logSoftmax(logits(width, seed: 5), 1)
    for kept in [[], [0], [width - 1, 0], Array(0..<width)].map({ Array(Set($0)) }) {
      let expected = row.indices.filter { !kept.contains($0) }.reduce(0) { $0 + exp(row[$1]) }
      let mass = Rows.massOutside(kept, of: row.span, at: 0, width: width)
      #expect(abs(mass - expected) < 1e-12)
    }
  }
}
