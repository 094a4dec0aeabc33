import Testing

@testable import Tensors

/// Deterministic numbers in −1 … 1.
private func numbers(_ count: Int, _ factor: Int) -> [Double] {
  (0..<count).map { Double(($0 * factor + 17) % 1009) / 504 - 1 }
}

@Suite("Rows and what decides how much of them goes on")
struct GateStepTests {
  private static let rows = 5
  private static let columns = 11

  private let layout: ParameterLayout = {
    var layout = ParameterLayout()
    layout.append("w", shape: [3, 4])
    return layout
  }()

  /// Σ a·y with `y = (x[:, 2 ..< 6] scaled by g)·Wᵀ` and `g[r] = Σ_c x[r, c]²`, and its gradient in x.
  private func loss(_ x: [Double]) -> (value: Double, slopes: [Double]) {
    var parameters = Parameters<Double>(zeros: layout)
    parameters.values = numbers(parameters.values.count, 733)
    let sink = GradientSink<Double>()
    var (dropped, value) = (parameters.values, 0.0)
    Tape<Double>().run(Weights(parameters, for: .training), addingGradientTo: &dropped) { tape in
      let input = tape.leaf(x, rows: Self.rows, columns: Self.columns, gradient: sink)
      let squares = (0..<Self.rows).map { row in
        x[row * Self.columns..<(row + 1) * Self.columns].reduce(0) { $0 + $1 * $1 }
      }
      let gates = tape.computed(from: input, values: squares) { x, slopes in
        x.indices.map { 2 * x[$0] * slopes[$0 / Self.columns] }
      }
      let y = tape.linear(
        tape.scale(tape.columns(input, 2..<6), by: gates), ParameterID("w", in: layout))
      tape.withValues(y) { span in
        for (index, weight) in numbers(span.count, 271).enumerated() {
          value += weight * span[index]
          span[index] = weight
        }
      }
      tape.backward(from: y)
    }
    return (value, sink.values)
  }

  @Test("columns, factors and computed numbers pass gradients on, as central differences say")
  func slopes() {
    let x = numbers(Self.rows * Self.columns, 389)
    let slopes = loss(x).slopes
    #expect(slopes.count == x.count)
    for index in x.indices {
      func moved(_ step: Double) -> Double {
        var moved = x
        moved[index] += step
        return loss(moved).value
      }
      let slope = (moved(1e-6) - moved(-1e-6)) / 2e-6
      #expect(abs(slope - slopes[index]) <= 1e-7 * max(1, abs(slope)), "\(index)")
    }
  }

  @Test("values are those of plain loops, and without a way back nothing asks for one")
  func values() {
    var parameters = Parameters<Float>(zeros: layout)
    parameters.values = numbers(parameters.values.count, 733).map(Float.init)
    let x = numbers(Self.rows * Self.columns, 389).map(Float.init)
    let factors: [Float] = [1, -2, 0, 0.5, 3]
    Tape<Float>().run(Weights(parameters, for: .inference)) { tape in
      #expect(!tape.isDifferentiating)
      let input = tape.input(x, rows: Self.rows, columns: Self.columns)
      let gates = tape.computed(from: input, values: factors) { _, _ in
        Issue.record("There is no way back.")
        return []
      }
      let y = tape.values(tape.scale(tape.columns(input, 7..<11), by: gates))
      let expected = (0..<Self.rows).flatMap { row in
        (7..<11).map { factors[row] * x[row * Self.columns + $0] }
      }
      #expect(y == expected)
    }
  }
}
