import Testing

@testable import Tensors

@Suite("Rows mapped in pieces")
struct PieceTests {
  private let layout: ParameterLayout = {
    var layout = ParameterLayout()
    layout.append("w", shape: [37, 12])
    return layout
  }()
  private let inputs: [Float] = (0..<17 * 12).map { Float(($0 * 7919) % 1013) / 400 - 1.2 }
  /// Two prompts with rows 0 and 9; a response of one token, an empty one.
  private let responses: [[[Int]]] = [
    [[0, 1, 2], [0], [0, 3, 4, 5, 6, 7, 8], []], [[9, 10], [9, 11, 12]],
  ]

  /// Values as they are lent, and the gradients in the input and the weight of Σ (3·value + place).
  private func pass(piece: Int?) -> (values: [[Float]], input: [Float], weight: [Float]) {
    var parameters = Parameters<Float>(zeros: layout)
    for index in parameters.values.indices {
      parameters.values[index] = Float((index * 104_729) % 997) / 600 - 0.8
    }
    let w = ParameterID("w", in: layout)
    let sink = GradientSink<Float>()
    var weight = [Float](repeating: 0, count: layout.count)
    var values: [[Float]] = []
    func lend(_ span: inout MutableSpan<Float>) {
      var own: [Float] = []
      for index in 0..<span.count {
        own.append(span[index])
        span[index] = 3 * span[index] + Float(index)
      }
      values.append(own)
    }
    Tape<Float>().run(Weights(parameters, for: .training), addingGradientTo: &weight) { tape in
      let x = tape.leaf(inputs, rows: 17, columns: 12, gradient: sink)
      if let piece {
        for own in responses {
          tape.exchange(x, through: w, responses: own, piece: piece) { lend(&$1) }
        }
        tape.backward(fromPiecesOf: x)
      } else {
        let y = tape.linear(x, w)
        // Rows that nobody reads have no gradient.
        let read = Set(responses.joined().joined())
        for own in responses {
          tape.exchange(y, responses: own.filter { !$0.isEmpty }) { lend(&$1) }
        }
        tape.withValues(y) { span in
          for row in 0..<17 where !read.contains(row) {
            for column in 0..<37 { span[row * 37 + column] = 0 }
          }
        }
        tape.backward(from: y)
      }
    }
    return (values.filter { !$0.isEmpty }, sink.values, weight)
  }

  @Test(
    "have the values and the input's gradient of the whole, bit for bit",
    arguments: [1, 3, 4, 10, 100])
  func sameBits(piece: Int) {
    let whole = pass(piece: nil)
    let pieces = pass(piece: piece)
    #expect(pieces.values == whole.values)
    #expect(pieces.input == whole.input)
    let worst = zip(pieces.weight, whole.weight).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst < 1e-3 * (whole.weight.map { abs($0) }.max() ?? 0))
  }

  @Test("give their memory back without a gradient, too")
  func forwardOnly() {
    let parameters = Parameters<Float>(zeros: layout)
    let tape = Tape<Float>()
    let w = ParameterID("w", in: layout)
    let weights = Weights(parameters, for: .inference)
    for _ in 0..<3 {
      tape.run(weights) { tape in
        let x = tape.input(inputs, rows: 17, columns: 12)
        tape.exchange(x, through: w, responses: responses[0], piece: 4) { _, _ in }
        #expect(tape.nodes.count == 1)
      }
    }
    let after = tape.allocations
    tape.run(weights) { tape in
      let x = tape.input(inputs, rows: 17, columns: 12)
      tape.exchange(x, through: w, responses: responses[0], piece: 4) { _, _ in }
    }
    #expect(tape.allocations == after)
  }
}
