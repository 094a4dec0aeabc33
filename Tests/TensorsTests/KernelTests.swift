import Testing

@testable import Tensors

/// Deterministic numbers in −1 … 1.
private func numbers(_ count: Int, seed: UInt64) -> [Double] {
  var state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(Int64(bitPattern: state) >> 11) / Double(1 << 52)
  }
}

extension UnsafeBufferPointer {
  fileprivate var start: UnsafePointer<Element> {
    guard let baseAddress else { preconditionFailure("There are no numbers.") }
    return baseAddress
  }
}

extension UnsafeMutableBufferPointer {
  fileprivate var start: UnsafeMutablePointer<Element> {
    guard let baseAddress else { preconditionFailure("There are no numbers.") }
    return baseAddress
  }
}

@Suite("Product kernel")
struct MultiplyTests {
  /// `A·B` (+ what is in C) by the kernel, B given as its transpose or as it stands.
  private func product<Scalar: Real>(
    _ a: [Scalar], _ b: [Scalar], m: Int, n: Int, k: Int, transposed: Bool,
    adding c: [Scalar]? = nil
  ) -> [Scalar] {
    var packed = [Scalar](repeating: .nan, count: Multiply.packedCount(k: k, n: n))
    let isAdding = c != nil
    var result = c ?? [Scalar](repeating: .nan, count: m * n)
    packed.withUnsafeMutableBufferPointer { packed in
      b.withUnsafeBufferPointer { b in
        let (target, b) = (packed.start, b.start)
        if transposed {
          Multiply.packTransposed(b, k: k, n: n, panels: Multiply.panels(n), into: target)
        } else {
          Multiply.pack(b, stride: n, k: k, n: n, panels: Multiply.panels(n), into: target)
        }
      }
      a.withUnsafeBufferPointer { a in
        result.withUnsafeMutableBufferPointer { c in
          Multiply.run(
            m: m, n: n, k: k, a: a.start, rowStride: k, columnStride: 1,
            packed: packed.start, c: c.start, ldc: n, adding: isAdding)
        }
      }
    }
    return result
  }

  @Test(
    "agrees with three loops for every number of rows, ragged columns and more terms than a block")
  func naiveTwin() {
    for (n, k) in [(1, 3), (16, 32), (19, 7), (48, 385), (33, 800)] {
      let b = numbers(n * k, seed: UInt64(n))
      for m in 1...20 {
        let a = numbers(m * k, seed: UInt64(m))
        let before = numbers(m * n, seed: 7)
        var expected = before
        for i in 0..<m {
          for j in 0..<n { for t in 0..<k { expected[i * n + j] += a[i * k + t] * b[j * k + t] } }
        }
        let found = product(a, b, m: m, n: n, k: k, transposed: true, adding: before)
        let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < 1e-12, "\(m) × \(n) × \(k)")
      }
    }
  }

  @Test("adds up in one order, the same on every processor: fused, ascending, in blocks of 384")
  func order() {
    for (m, n, k) in [(1, 1, 1), (6, 16, 384), (13, 19, 385), (8, 40, 800)] {
      let a = numbers(k * m, seed: 1).map { Float($0) }
      let b = numbers(k * n, seed: 2).map { Float($0) }
      var expected = numbers(m * n, seed: 3).map { Float($0) }
      var gathered = expected
      for i in 0..<m {
        for j in 0..<n {
          for from in stride(from: 0, to: k, by: 384) {
            var sum: Float = 0
            for t in from..<min(k, from + 384) { sum.addProduct(a[t * m + i], b[t * n + j]) }
            expected[i * n + j] += sum
          }
        }
      }
      Multiply.addTransposed(
        m: m, n: n, k: k, a: a, lda: m, b: b, ldb: n, c: &gathered, ldc: n)
      #expect(gathered == expected, "\(m) × \(n) × \(k)")
    }
  }

  @Test("gives a row the same bits whatever is multiplied beside it")
  func sameBits() {
    let (n, k) = (40, 400)
    let a = numbers(17 * k, seed: 1).map { Float($0) }
    let b = numbers(n * k, seed: 2).map { Float($0) }
    let together = product(a, b, m: 17, n: n, k: k, transposed: false)
    for m in 1...17 {
      let first = 17 - m
      let some = product(Array(a[(first * k)...]), b, m: m, n: n, k: k, transposed: false)
      #expect(some == Array(together[(first * n)...]), "\(m) rows")
    }
  }

  @Test("gives back the rows it packed")
  func unpack() {
    let (n, k) = (37, 11)
    let b = numbers(n * k, seed: 3)
    var packed = [Double](repeating: .nan, count: Multiply.packedCount(k: k, n: n))
    var row = [Double](repeating: .nan, count: k)
    b.withUnsafeBufferPointer { b in
      packed.withUnsafeMutableBufferPointer {
        Multiply.packTransposed(
          b.start, k: k, n: n, panels: Multiply.panels(n), into: $0.start)
      }
    }
    for index in 0..<n {
      packed.withUnsafeBufferPointer { packed in
        row.withUnsafeMutableBufferPointer {
          Multiply.unpackRow(index, k: k, packed.start, into: $0.start)
        }
      }
      #expect(row == Array(b[index * k..<(index + 1) * k]))
    }
  }
}

@Suite("Softmax kernels")
struct SoftmaxTests {
  @Test(
    "read only as many numbers as they are told, whatever stands behind them", arguments: 1...33)
  func padding(count: Int) {
    let room = (count + 15) / 16 * 16
    let scores = numbers(count, seed: UInt64(count)).map { Float(8 * $0) }
    for garbage in [Float.nan, .infinity, 1e30] {
      var row = scores + [Float](repeating: garbage, count: room - count)
      row.withUnsafeMutableBufferPointer { row in
        let start = row.start
        let peak = Softmax.maximum(start, count)
        #expect(peak == scores.max())
        let sum = Softmax.exponentials(start, count, minus: peak).total()
        let expected = scores.reduce(0.0) { $0 + Double.exponential(Double($1 - peak)) }
        #expect(abs(Double(sum) - expected) < 1e-5 * expected)
        #expect(row[count...].allSatisfy { $0 == 0 })
      }
    }
  }

  @Test("clear the gradient where a weight is zero, and keep a NaN where one is not")
  func gradient() {
    let weights: [Float] = [0.5, 0, 0.25, 0, .nan, 0.25, 0, 0]
    var gradient: [Float] = [3, .nan, 2, .infinity, 1, .nan, 1, -.infinity]
    weights.withUnsafeBufferPointer { weights in
      gradient.withUnsafeMutableBufferPointer {
        Softmax.differentiate($0.start, weights: weights.start, 8, minus: 1)
      }
    }
    #expect(gradient[0] == 1 && gradient[2] == 0.25)
    #expect([1, 3, 6, 7].allSatisfy { gradient[$0] == 0 })
    #expect(gradient[4].isNaN && gradient[5].isNaN)
  }
}

@Suite("Gradient parts")
struct GradientShardsTests {
  @Test("add up in order, with the norm of the sum; parts without an answer count nothing")
  func total() throws {
    var layout = ParameterLayout()
    layout.append("w", shape: [300, 700])
    let count = layout.count
    let shards = GradientShards(layout: layout)
    for round in 0..<2 {
      _ = try shards.fill { part, _, values -> Int? in
        guard part != 2 else { return nil }
        let own = numbers(count, seed: UInt64(10 * round + part))
        for i in 0..<count { values[i] = Float(own[i]) }
        return part
      }
      let parts = [0, 1, 3].map { numbers(count, seed: UInt64(10 * round + $0)).map { Float($0) } }
      let expected = (0..<count).map { parts[0][$0] + parts[1][$0] + parts[2][$0] }
      let (sum, norm) = shards.total()
      #expect(sum.values == expected)
      let squares = expected.reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(norm - squares.squareRoot()) < 1e-5 * norm)
    }
  }
}
