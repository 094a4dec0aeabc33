public import Tensors

/// A network of the Llama family over prefix trees: RMS norms, rotary positions, grouped-query attention, SwiGLU.
///
/// Biases, norms of heads, windows and an output matrix of its own are there where the configuration's variations say so.
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
  /// What turns hidden rows into logits: the embedding where the two are tied.
  let head: ParameterID

  /// A decoder of the given shape.
  public init(_ configuration: DecoderConfiguration) {
    self.configuration = configuration
    let layout = configuration.layout
    heads = configuration.headLayout
    rotary = configuration.rotaryTable()
    embedding = ParameterID("embedding", in: layout)
    featureProjection = configuration.features > 0 ? ParameterID("features", in: layout) : nil
    layers = (0..<configuration.layers).map { Layer("layers.\($0).", in: layout) }
    norm = ParameterID("norm", in: layout)
    head = layout["head"] == nil ? embedding : ParameterID("head", in: layout)
  }

  /// Logits at the rows that predict response tokens.
  ///
  /// - Parameters:
  ///   - batch: Prompts with responses, packed.
  ///   - tape: The tape of the pass, bound to weights of this shape.
  ///   - features: Gets the gradient in the feature rows, where it is wanted.
  ///   - keep: Gets each layer's keys and values with the plan of all rows, before they are attended to.
  /// - Returns: Hidden rows after the last norm, one a predicting row.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func hidden(
    _ batch: PackedBatch<Scalar>, on tape: Tape<Scalar>, features: GradientSink<Scalar>? = nil,
    keep: (_ keyValue: Variable, AttentionPlan<Scalar>) -> Void = { _, _ in }
  ) -> Variable {
    var x = inputs(batch, on: tape, features: features)
    for (index, layer) in layers.enumerated() {
      let isLast = index == layers.count - 1
      let window = configuration.window(ofLayer: index)
      x = apply(layer, to: x, reading: isLast ? batch.readRows : nil, on: tape) { query, keyValue in
        let all = plan(batch, read: false, window: window)
        keep(keyValue, all)
        return tape.attention(
          query: query, keyValue: keyValue,
          plan: isLast ? plan(batch, read: true, window: window) : all)
      }
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
  func plan(
    _ batch: PackedBatch<Scalar>, read: Bool, window: Int?
  ) -> AttentionPlan<Scalar> {
    AttentionPlan(
      heads: heads, rotary: rotary, segments: batch.segments,
      families: read ? batch.readFamilies : batch.families,
      queryPositions: read ? batch.readRows.map { batch.positions[$0] } : batch.positions,
      keyPositions: batch.positions,
      window: window.map {
        SlidingWindow(
          size: $0,
          firstPositions: AttentionPlan<Scalar>.firstPositions(batch.segments, batch.positions))
      })
  }
}
