package import Tensors

extension Decoder {
  /// A pass over responses: `body` reads the logits of each, and may replace them.
  ///
  /// - Parameters:
  ///   - branches: Prompts with responses.
  ///   - tape: A tape bound to weights of this shape.
  ///   - differentiating: Whether `body` replaces the logits by a loss's gradient in them, to be added to the tape's gradient.
  ///   - features: Gets the gradient in the feature rows of all branches, one after the other, where it is wanted.
  ///   - pictures: The feature rows of all branches, where steps before this made them on the same tape.
  ///   - body: Gets the indices of branch and response and the T·V logits, row-major.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func pass(
    _ branches: [Branch], on tape: Tape<Scalar>, differentiating: Bool,
    features: GradientSink<Scalar>? = nil, pictures: Variable? = nil,
    _ body: (_ branch: Int, _ response: Int, inout MutableSpan<Scalar>) throws -> Void
  ) rethrows {
    let batch = packed(branches)
    let hidden = hidden(batch, on: tape, features: features, pictures: pictures)
    // Words that are pointed at are times, some hundred at most: their logits are never too many.
    let isWhole = batch.readRows.count * configuration.vocabularySize <= Self.wholeLogits
    guard isWhole || pointers != nil else {
      for (branch, responses) in batch.predictors.enumerated() {
        try tape.exchange(hidden, through: head, responses: responses, piece: Self.pieceRows) {
          try body(branch, $0, &$1)
        }
      }
      if differentiating { tape.backward(fromPiecesOf: hidden) }
      return
    }
    let logits = logits(hidden, of: batch, on: tape)
    for (branch, responses) in batch.predictors.enumerated() {
      try tape.exchange(logits, responses: responses) { response, rows in
        try body(branch, response, &rows)
      }
    }
    if differentiating { tape.backward(from: logits) }
  }

  /// Logits of a pass up to which they are kept together: 16 MB in single precision, a pass of 360 rows over 11,000 words.
  static var wholeLogits: Int { 1 << 22 }

  /// Rows of logits that are computed together past that: enough for the product kernel to read the output matrix for.
  static var pieceRows: Int { 64 }

  /// The rows from which a response's logits are made, T·`keptWidth` numbers: what is kept of a response whose logits are wanted
  /// later.
  package func hiddenRows(
    _ branches: [Branch], on tape: Tape<Scalar>,
    _ body: (_ branch: Int, _ response: Int, [Scalar]) -> Void
  ) {
    let batch = packed(branches)
    var hidden = hidden(batch, on: tape)
    if pointers != nil { hidden = logits(hidden, of: batch, on: tape) }
    for (branch, responses) in batch.predictors.enumerated() {
      for (response, rows) in responses.enumerated() {
        body(branch, response, tape.values(tape.gather(hidden, rows: rows)))
      }
    }
  }

  /// The logits of kept rows, row-major, with the bits of a pass.
  package func logits(ofRows hidden: [Scalar], on tape: Tape<Scalar>) -> [Scalar] {
    guard pointers == nil else { return hidden }
    let width = configuration.width
    let rows = tape.input(hidden, rows: hidden.count / width, columns: width)
    return tape.values(tape.linear(rows, head))
  }

  /// Floating-point operations of a forward pass over packed responses.
  ///
  /// Matrices only: two operations a weight and row, the last layer and the output for predicting rows alone, and attention's
  /// products by the keys each row sees.
  package func flops(_ branches: [Branch]) -> Double {
    branches.reduce(0) { sum, branch in
      let prompt = Double(branch.prompt.count)
      let inputs = branch.responses.map { Double(max(0, $0.count - 1)) }
      let responseRows = inputs.reduce(0, +)
      let rows = prompt + responseRows
      let predicting = 1 + responseRows
      let read = pointers == nil ? predicting : rows
      let layers = Double(configuration.layers)
      let within = hasPrefixAttention ? prompt * prompt : prompt * (prompt + 1) / 2
      let seen = within + inputs.reduce(0) { $0 + $1 * (prompt + ($1 + 1) / 2) }
      let attention = 4 * Double(configuration.heads * configuration.headWidth) * seen
      let matrices = configuration.layerFlops * ((layers - 1) * rows + read)
      let output = 2 * Double(configuration.vocabularySize * configuration.width) * predicting
      let pointing = pointingFlops(rows: predicting, features: branch.prompt.featureRows)
      let encoding = encoderFlops(rows: branch.prompt.featureRows)
      return sum + matrices + attention * layers + output + pointing + encoding
    }
  }
}
