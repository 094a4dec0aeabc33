extension Tape {
  /// As `exchange` of the rows of `linear(x, weight)`, a few responses at a time: what they need is computed, lent, passed on to
  /// the gradient in `x` and given back before the next.
  ///
  /// Memory is that of one piece, however many responses there are; values and the gradient in `x` have the bits of the whole.
  /// A gradient in the weight itself is summed piece by piece.
  ///
  /// - Parameters:
  ///   - x: The rows of all responses before the map.
  ///   - weight: The map.
  ///   - responses: For each response its rows; the first is shared by all.
  ///   - piece: Rows that are computed together; a longer response is a piece of its own.
  ///   - body: Gets the response's number and its mapped rows, to read and to replace by a gradient.
  public func exchange(
    _ x: Variable, through weight: ParameterID, responses: [[Int]], piece: Int,
    _ body: (_ response: Int, inout MutableSpan<Scalar>) throws -> Void
  ) rethrows {
    guard let shared = responses.first?.first else { return }
    let width = weight.rows
    let sum = arena.take(width)
    defer { arena.give(sum) }
    sum.pointer.update(repeating: 0, count: width)
    var next = 0
    while next < responses.count {
      let first = next
      var rows: [Int] = []
      repeat {
        rows += responses[next]
        next += 1
      } while next < responses.count && rows.count + responses[next].count <= piece
      try map(x, rows, through: weight) { values in
        try lend(values, width: width, responses, first..<next, sum.pointer, body)
      }
    }
    guard bound.isDifferentiating else { return }
    map(x, [shared], through: weight) { $0.update(from: sum.pointer, count: width) }
  }

  /// Lends each response its rows, which stand one after another, and adds up what they leave in the first.
  private func lend(
    _ values: UnsafeMutablePointer<Scalar>, width: Int, _ responses: [[Int]], _ range: Range<Int>,
    _ sum: UnsafeMutablePointer<Scalar>,
    _ body: (_ response: Int, inout MutableSpan<Scalar>) throws -> Void
  ) rethrows {
    var start = values
    for number in range where !responses[number].isEmpty {
      precondition(responses[number][0] == responses[0][0], "Responses share their first row.")
      let count = responses[number].count * width
      var span = MutableSpan(
        _unsafeElements: UnsafeMutableBufferPointer(start: start, count: count))
      try body(number, &span)
      // The shared row's gradient is added up before it goes through the map, as that of the whole is.
      Vectors.add(start, to: sum, count: width)
      start.update(repeating: 0, count: width)
      start += count
    }
  }

  /// Maps some rows, lets `body` replace them by a gradient, and passes that on.
  private func map(
    _ x: Variable, _ rows: [Int], through weight: ParameterID,
    _ body: (UnsafeMutablePointer<Scalar>) throws -> Void
  ) rethrows {
    let first = nodes.count
    let y = linear(gather(x, rows: rows), weight)
    try body(pointer(y))
    if bound.isDifferentiating {
      nodes[y.index].gradient = nodes[y.index].value
      propagate(from: y.index, downTo: first)
    } else {
      for node in nodes[first...] { release(node) }
    }
    nodes.removeSubrange(first...)
  }
}
