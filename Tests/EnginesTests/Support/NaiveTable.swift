#if Engines
import Foundation

@testable import Engines

/// The model of Tests/Programs/training_server.py again, one number at a time.
struct NaiveTable {
  static let size = 16
  var weights = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)

  /// log π of each token after a context.
  func row(after context: [Int]) -> [Double] {
    let last = ([0, 0] + context).suffix(2).map { Double($0) }
    let own = weights[context[context.count - 1]]
    let logits = (0..<Self.size).map { token in
      let v = Double(token)
      return 3 * sin(1.3 * last[1] + 0.7 * last[0] + 2.1 * v + 0.37 * v * v) + own[token]
    }
    let total = log(logits.reduce(0) { $0 + exp($1) })
    return logits.map { $0 - total }
  }

  private func context(_ response: ScoredResponse, _ position: Int) -> [Int] {
    response.prompt.flatMap(\.tokensOrZeros) + response.response.prefix(position)
  }

  func scores(_ response: ScoredResponse) -> [[Double]] {
    response.targets.enumerated().map { position, targets in
      let row = row(after: context(response, position))
      return targets.map { row[$0] }
    }
  }

  /// Weights after a step of Adam without memory down the gradient of Σ slope · log π(target).
  mutating func descend(
    _ responses: some Sequence<(ScoredResponse, [[Double]])>, _ adam: AdamStep
  ) {
    var gradient = weights.map { $0.map { _ in 0.0 } }
    for (response, slopes) in responses {
      for (position, targets) in response.targets.enumerated() {
        let context = context(response, position)
        let row = row(after: context)
        for (target, slope) in zip(targets, slopes[position]) {
          for token in 0..<Self.size {
            let own = token == target ? 1.0 : 0
            gradient[context[context.count - 1]][token] += slope * (own - exp(row[token]))
          }
        }
      }
    }
    for (b, row) in gradient.enumerated() {
      for (v, g) in row.enumerated() {
        weights[b][v] -= adam.learningRate * g / (abs(g) + adam.epsilon)
      }
    }
  }
}
#endif
