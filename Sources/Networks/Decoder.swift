public import Tensors

/// A Llama-architecture network over prefix trees: RMS norms, rotary positions, grouped-query attention, SwiGLU, and an
/// output matrix tied to the embedding.
///
/// It holds no weights: the same decoder serves Float training and Double checks, student, reference and teacher.
public struct Decoder<Scalar: Real>: Sendable {
  /// The shape.
  public let configuration: DecoderConfiguration

  let heads: HeadLayout
  let rotary: RotaryTable<Scalar>
  let embedding: ParameterID
  let featureProjection: ParameterID?
  let layers: [Layer]
  let norm: ParameterID

  struct Layer: Sendable {
    let attentionNorm: ParameterID
    let query: ParameterID
    let keyValue: ParameterID
    let output: ParameterID
    let feedForwardNorm: ParameterID
    let gateUp: ParameterID
    let down: ParameterID
  }

  /// A decoder of the given shape.
  public init(_ configuration: DecoderConfiguration) {
    self.configuration = configuration
    let layout = configuration.layout
    let find = { (name: String) in ParameterID(name, in: layout) }
    heads = configuration.headLayout
    rotary = RotaryTable(
      width: configuration.headWidth, positions: configuration.positions,
      base: configuration.rotaryBase)
    embedding = find("embedding")
    featureProjection = configuration.features > 0 ? find("features") : nil
    layers = (0..<configuration.layers).map { layer in
      let prefix = "layers.\(layer)."
      return Layer(
        attentionNorm: find(prefix + "attentionNorm"), query: find(prefix + "query"),
        keyValue: find(prefix + "keyValue"), output: find(prefix + "output"),
        feedForwardNorm: find(prefix + "feedForwardNorm"), gateUp: find(prefix + "gateUp"),
        down: find(prefix + "down"))
    }
    norm = find("norm")
  }

  /// Logits at the rows that predict response tokens.
  ///
  /// - Parameters:
  ///   - batch: Prompts with responses, packed.
  ///   - tape: The tape of the pass, bound to weights of this shape.
  ///   - features: Gets the gradient in the feature rows, where it is wanted.
  /// - Returns: Hidden rows after the last norm, one a predicting row, and which of them predicts each token.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func hidden(
    _ batch: PackedBatch<Scalar>, on tape: Tape<Scalar>, features: GradientSink<Scalar>? = nil
  ) -> Variable {
    var x = inputs(batch, on: tape, features: features)
    for layer in layers.dropLast() {
      let attended = tape.transient {
        let normed = tape.rmsNorm(x, layer.attentionNorm, epsilon: configuration.normEpsilon)
        let mixed = tape.attention(
          query: tape.linear(normed, layer.query), keyValue: tape.linear(normed, layer.keyValue),
          plan: plan(batch, read: false))
        return tape.linear(mixed, layer.output, adding: x)
      }
      x = feedForward(attended, layer, on: tape)
    }
    // Only rows the loss reads need the last layer's queries, output and feed-forward part; all need its keys and values.
    if let layer = layers.last {
      let attended = tape.transient {
        let normed = tape.rmsNorm(x, layer.attentionNorm, epsilon: configuration.normEpsilon)
        let mixed = tape.attention(
          query: tape.linear(tape.gather(normed, rows: batch.readRows), layer.query),
          keyValue: tape.linear(normed, layer.keyValue), plan: plan(batch, read: true))
        return tape.linear(mixed, layer.output, adding: tape.gather(x, rows: batch.readRows))
      }
      x = feedForward(attended, layer, on: tape)
    }
    return tape.rmsNorm(x, norm, epsilon: configuration.normEpsilon)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func inputs(
    _ batch: PackedBatch<Scalar>, on tape: Tape<Scalar>, features sink: GradientSink<Scalar>? = nil
  ) -> Variable {
    var projected: Variable?
    if batch.featureRows > 0 {
      guard let featureProjection else {
        preconditionFailure("A decoder of text alone was given feature rows.")
      }
      let (rows, columns) = (batch.featureRows, configuration.features)
      let features =
        sink.map { tape.leaf(batch.features, rows: rows, columns: columns, gradient: $0) }
        ?? tape.input(batch.features, rows: rows, columns: columns)
      projected = tape.linear(features, featureProjection)
    }
    return tape.compose(batch.sources, projected: projected, table: embedding)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func feedForward(_ x: Variable, _ layer: Layer, on tape: Tape<Scalar>) -> Variable {
    tape.transient {
      let normed = tape.rmsNorm(x, layer.feedForwardNorm, epsilon: configuration.normEpsilon)
      return tape.linear(tape.swiGLU(tape.linear(normed, layer.gateUp)), layer.down, adding: x)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func plan(_ batch: PackedBatch<Scalar>, read: Bool) -> AttentionPlan<Scalar> {
    AttentionPlan(
      heads: heads, rotary: rotary, segments: batch.segments,
      families: read ? batch.readFamilies : batch.families,
      queryPositions: read ? batch.readRows.map { batch.positions[$0] } : batch.positions,
      keyPositions: batch.positions)
  }
}
