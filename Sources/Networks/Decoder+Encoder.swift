internal import Core
package import Tensors

/// A decoder with an encoder of its own before it.
extension Decoder {
  /// What the encoder makes of rows.
  ///
  /// - Parameters:
  ///   - channels: R rows of C numbers.
  ///   - tape: A tape bound to weights of this shape.
  /// - Returns: R rows of E numbers; each has the bits that it has alone.
  /// - Precondition: There is an encoder.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func encode(_ channels: Variable, on tape: Tape<Scalar>) -> Variable {
    guard let encoder else { preconditionFailure("This decoder has no encoder.") }
    return tape.linear(tape.activate(tape.linear(channels, encoder.inner), .gelu), encoder.outer)
  }

  /// Feature rows through the encoder.
  ///
  /// - Parameters:
  ///   - features: All rows of a batch: channels, then what tells rows apart.
  ///   - batch: The batch.
  ///   - isProbed: Whether the gradient in the rows is wanted, which a frozen encoder hands on, too.
  ///   - tape: The tape of the pass.
  /// - Returns: Rows as wide as the decoder; `nil` where there is no encoder.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func encoded(
    _ features: Variable, of batch: PackedBatch<Scalar>, isProbed: Bool, on tape: Tape<Scalar>
  ) -> Variable? {
    guard let encoder, let shape = configuration.encoder, let featureProjection else { return nil }
    var rows = encode(tape.columns(features, 0..<shape.channels), on: tape)
    if shape.isFrozen, !isProbed {
      rows = tape.input(tape.values(rows), rows: rows.rows, columns: rows.columns)
    }
    if let gates = gates(of: batch, on: tape) { rows = tape.scale(rows, by: gates) }
    return tape.linear(
      tape.columns(features, shape.channels..<features.columns), featureProjection,
      adding: tape.linear(rows, encoder.projection))
  }

  /// How much of each feature row goes on: g for rows of gated frames, 1 for all others; `nil` where all are.
  ///
  /// The numbers are those that the frames were chosen with. On the way back they are a function of the encoder: the rows of all
  /// frames are encoded once more, so that a score's gradient reaches frames that are not shown.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func gates(of batch: PackedBatch<Scalar>, on tape: Tape<Scalar>) -> Variable? {
    guard !batch.gated.isEmpty else { return nil }
    var values = [Scalar](repeating: 1, count: batch.featureRows)
    for (first, rows) in batch.gated {
      for (place, gate) in rows.gates.enumerated() {
        for token in 0..<rows.tokensPerFrame {
          values[first + place * rows.tokensPerFrame + token] = Scalar(gate)
        }
      }
    }
    guard tape.isDifferentiating, let gate, let shape = configuration.encoder, !shape.isFrozen
    else { return tape.input(values, rows: values.count, columns: 1) }
    let candidates = batch.gated.flatMap { $0.rows.candidates.map { Scalar($0) } }
    let count = candidates.count / shape.channels
    let encoded = encode(
      tape.input(candidates, rows: count, columns: shape.channels), on: tape)
    let gated = batch.gated
    return tape.computed(from: encoded, values: values) { rows, slopes in
      Self.pullback(slopes, of: gated, rows, shape, gate)
    }
  }

  /// The gradient in the encoded rows of all frames that there were to choose from, from that in the gates of feature rows.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private static func pullback(
    _ slopes: [Scalar], of gated: [(first: Int, rows: GatedRows)], _ encoded: [Scalar],
    _ shape: RowEncoder, _ gate: any FrameGate
  ) -> [Scalar] {
    var result: [Scalar] = []
    for (first, rows) in gated {
      let count = rows.candidates.count / shape.channels * shape.width
      let own = encoded[result.count..<result.count + count].map { Double($0) }
      let kept = rows.gates.indices.map { place in
        (0..<rows.tokensPerFrame).reduce(0.0) { sum, token in
          sum + Double(slopes[first + place * rows.tokensPerFrame + token])
        }
      }
      result += gate.pullback(
        kept, rows: own, tokensPerFrame: rows.tokensPerFrame, channels: shape.width
      ).map { Scalar($0) }
    }
    return result
  }

  /// Floating-point operations of encoding rows and reading what comes out, forward.
  package func encoderFlops(rows: Int) -> Double {
    guard let shape = configuration.encoder else { return 0 }
    return Double(rows) * (shape.flops + 2 * Double(shape.width * configuration.width))
  }
}
