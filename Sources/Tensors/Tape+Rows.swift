extension Tape {
  /// Lends the rows that belong to each response, one response after another, and keeps what `body` makes of them.
  ///
  /// Responses to one prompt share the row that predicts their first token: each sees its value, and what the responses
  /// leave there is added up, as gradients are.
  ///
  /// - Parameters:
  ///   - variable: The rows of all responses.
  ///   - responses: For each response its rows; the first may be shared, within one call by all.
  ///   - body: Gets the response's number and its rows, to read and to replace.
  public func exchange(
    _ variable: Variable, responses: [[Int]],
    _ body: (_ response: Int, inout MutableSpan<Scalar>) throws -> Void
  ) rethrows {
    guard let shared = responses.first?.first else { return }
    let width = variable.columns
    let values = pointer(variable)
    let longest = responses.map(\.count).max() ?? 0
    let scratch = arena.take(longest * width)
    let sum = arena.take(width)
    defer {
      arena.give(scratch)
      arena.give(sum)
    }
    sum.pointer.update(repeating: 0, count: width)
    for (number, rows) in responses.enumerated() {
      precondition(rows.first == shared, "Responses of one call share their first row.")
      for (i, row) in rows.enumerated() {
        (scratch.pointer + i * width).update(from: values + row * width, count: width)
      }
      var span = MutableSpan(
        _unsafeElements: UnsafeMutableBufferPointer(
          start: scratch.pointer, count: rows.count * width))
      try body(number, &span)
      Vectors.add(scratch.pointer, to: sum.pointer, count: width)
      for (i, row) in rows.enumerated().dropFirst() {
        (values + row * width).update(from: scratch.pointer + i * width, count: width)
      }
    }
    (values + shared * width).update(from: sum.pointer, count: width)
  }

  /// Samples from each row's softmax, or takes its largest entry at temperature 0.
  ///
  /// - Parameters:
  ///   - variable: Logits, one row a draw.
  ///   - temperature: What logits are divided by.
  ///   - uniforms: One number in [0, 1) a row; ignored at temperature 0.
  ///   - restrict: Changes the log-probabilities of a row before it is drawn from; they must still sum to 1. It is called for several
  ///     rows at the same time.
  /// - Returns: For each row the drawn column and its log-probability at the temperature (at 1 where that is 0).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func draw(
    _ variable: Variable, temperature: Double, uniforms: [Double],
    restrict: ((inout MutableSpan<Scalar>) -> Void)? = nil
  ) -> [(column: Int, logProbability: Scalar)] {
    let width = variable.columns
    // A logarithm and two exponentials a number, one of them by itself.
    let pieces = Pieces(variable.rows, work: 400 * width)
    let scratch = (0..<pieces.seats).map { _ in arena.take(width) }
    defer { for own in scratch { arena.give(own) } }
    let logits = pointer(variable)
    var draws = [(column: Int, logProbability: Scalar)](repeating: (0, 0), count: variable.rows)
    draws.withUnsafeMutableBufferPointer { draws in
      guard let draws = draws.baseAddress else { return }
      pieces.forEach { rows, seat in
        for row in rows {
          let logs = scratch[seat].pointer
          logs.update(from: logits + row * width, count: width)
          draws[row] = draw(logs, width, temperature: temperature, uniforms[row], restrict)
        }
      }
    }
    return draws
  }

  /// One draw, from logits that are changed.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func draw(
    _ logits: UnsafeMutablePointer<Scalar>, _ width: Int, temperature: Double, _ uniform: Double,
    _ restrict: ((inout MutableSpan<Scalar>) -> Void)?
  ) -> (column: Int, logProbability: Scalar) {
    var span = MutableSpan(
      _unsafeElements: UnsafeMutableBufferPointer(start: logits, count: width))
    _ = Rows.logSoftmax(&span, width: width, temperature: temperature > 0 ? temperature : 1)
    restrict?(&span)
    let column =
      temperature > 0 ? Softmax.inverse(logits, width, uniform) : largest(logits, width)
    return (column, logits[column])
  }

  private func largest(_ logs: UnsafePointer<Scalar>, _ width: Int) -> Int {
    var best = 0
    for column in 1..<width where logs[column] > logs[best] { best = column }
    return best
  }
}

extension Softmax {
  /// The first column at which the running sum of exp(logs) passes `uniform`; the last possible one if rounding keeps the sum
  /// below it.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func inverse<Scalar: Real>(
    _ logs: UnsafePointer<Scalar>, _ width: Int, _ uniform: Double
  ) -> Int {
    var sum = 0.0
    var last = 0
    for column in 0..<width {
      let probability = Double(Scalar.exponential(logs[column]))
      sum += probability
      if probability > 0 { last = column }
      if sum > uniform { return column }
    }
    return last
  }
}
