import Synchronization
import Testing

@testable import Tensors

@Suite("Work of one pass on all threads", .serialized)
struct SharedWorkTests {
  /// What `body` gives on 1, 2 and 4 threads, three times each.
  private func onThreads<Result>(_ body: () throws -> Result) rethrows -> [Result] {
    let kept = Parallel.threads
    defer { Parallel.threads = kept }
    return try [1, 2, 4].flatMap { threads in
      try (0..<3).map { _ in
        Parallel.threads = threads
        return try body()
      }
    }
  }

  /// Values, and the gradients in the input and in the weights, of `swiGLU(norm(x)·Wᵀ)`.
  private func pass(_ weights: Weights<Float>, rows: Int) -> [[Float]] {
    let w = ParameterID("w", in: weights.layout)
    let norm = ParameterID("norm", in: weights.layout)
    let inputs = (0..<rows * w.columns).map { Float($0 * 7919 % 1009) / 500 - 1 }
    let sink = GradientSink<Float>()
    var values: [Float] = []
    var gradient = [Float](repeating: 0, count: weights.layout.count)
    Tape<Float>().run(weights, addingGradientTo: &gradient) { tape in
      let x = tape.leaf(inputs, rows: rows, columns: w.columns, gradient: sink)
      let y = tape.swiGLU(tape.linear(tape.rmsNorm(x, norm, epsilon: 1e-5), w))
      values = tape.values(y)
      tape.backward(from: y)
    }
    return [values, sink.values, gradient]
  }

  @Test(
    "gives the same bits on 1, 2 and 4 threads, by panels and by rows",
    arguments: [(1026, 416, 1), (1026, 416, 7), (1026, 416, 130), (16, 96, 700)])
  func products(outputs: Int, columns: Int, rows: Int) {
    let source = RandomCodes(.nibbles(bias: 8), rows: outputs, columns: columns)
    let coded = Weights(frozen: source, source.layout, for: .training)
    let numbers = Weights(source.parameters, for: .training)
    let found = onThreads { [pass(coded, rows: rows), pass(numbers, rows: rows)] }
    #expect(found.allSatisfy { $0[0][0] == $0[1][0] && $0[0][1] == $0[1][1] })
    #expect(found.allSatisfy { $0 == found[0] })
  }

  @Test("is cut where it is long and others may help, and not otherwise")
  func pieces() {
    let kept = Parallel.threads
    defer { Parallel.threads = kept }
    Parallel.threads = 4
    #expect(Pieces(1000, work: 1).count == 1 && Pieces(0, work: 1 << 30).count == 1)
    #expect(Pieces(3, work: 1 << 30).count == 3 && Pieces(3, work: 1 << 30).seats == 3)
    #expect(Pieces(1000, work: 1 << 20).count >= 8)
    Parallel.threads = 1
    #expect(Pieces(1000, work: 1 << 30).count == 1)
  }

  @Test("does every piece once, at a seat that nobody else has, and before it goes on")
  func everyPieceOnce() {
    let kept = Parallel.threads
    defer { Parallel.threads = kept }
    Parallel.threads = 4
    for items in [2, 3, 64, 1001] {
      let pieces = Pieces(items, work: 1 << 20)
      var seen = [Int](repeating: 0, count: items)
      var busy = [Int](repeating: 0, count: pieces.seats)
      seen.withUnsafeMutableBufferPointer { seen in
        busy.withUnsafeMutableBufferPointer { busy in
          let (places, seats) = (seen.baseAddress, busy.baseAddress)
          pieces.forEach { range, seat in
            seats?[seat] += range.count
            for item in range { places?[item] += 1 }
          }
        }
      }
      #expect(seen.allSatisfy { $0 == 1 } && busy.reduce(0, +) == items)
    }
  }

  @Test("nests in chunks of several callers, each chunk and piece done once")
  func nested() async {
    let kept = Parallel.threads
    defer { Parallel.threads = kept }
    Parallel.threads = 3
    let done = Count()
    await withTaskGroup(of: Void.self) { group in
      for caller in 0..<4 {
        group.addTask {
          for round in 0..<200 {
            Parallel.run(chunks: 1 + (caller + round) % 5) { _ in
              Pieces(5, work: 1 << 20).forEach { range, _ in
                done.pieces.wrappingAdd(range.count, ordering: .relaxed)
              }
            }
          }
        }
      }
    }
    #expect(done.pieces.load(ordering: .relaxed) == 4 * 5 * 40 * (1 + 2 + 3 + 4 + 5))
  }
}

/// What several tasks count together.
private final class Count: Sendable {
  let pieces = Atomic(0)
}
