internal import Tensors

/// A linear map with its bias.
struct BiasedLinear: Sendable {
  let weight: ParameterID
  let bias: ParameterID

  init(_ name: String, in layout: ParameterLayout) {
    weight = ParameterID(name, in: layout)
    bias = ParameterID(name + "Bias", in: layout)
  }

  func apply<Scalar: Real>(
    _ x: Variable, adding residual: Variable? = nil, on tape: Tape<Scalar>
  ) -> Variable {
    tape.linear(x, weight, bias: bias, adding: residual)
  }
}

/// A norm: with a bias it takes the mean away, without one it does not.
struct VisionNorm: Sendable {
  let weight: ParameterID
  let bias: ParameterID?

  init(_ name: String, in layout: ParameterLayout) {
    weight = ParameterID(name, in: layout)
    bias = layout[name + "Bias"] == nil ? nil : ParameterID(name + "Bias", in: layout)
  }

  func apply<Scalar: Real>(
    _ x: Variable, epsilon: Double, on tape: Tape<Scalar>
  ) -> Variable {
    guard let bias else { return tape.rmsNorm(x, weight, epsilon: epsilon) }
    return tape.layerNorm(x, weight, bias: bias, epsilon: epsilon)
  }
}

/// One layer of a tower: attention, then a feed-forward part, each behind a norm and beside what it reads.
struct VisionLayer: Sendable {
  let attentionNorm: VisionNorm
  let query: BiasedLinear
  let keyValue: BiasedLinear
  let output: BiasedLinear
  let feedForwardNorm: VisionNorm
  let up: BiasedLinear
  let down: BiasedLinear

  init(_ prefix: String, in layout: ParameterLayout) {
    attentionNorm = VisionNorm(prefix + "attentionNorm", in: layout)
    query = BiasedLinear(prefix + "query", in: layout)
    keyValue = BiasedLinear(prefix + "keyValue", in: layout)
    output = BiasedLinear(prefix + "output", in: layout)
    feedForwardNorm = VisionNorm(prefix + "feedForwardNorm", in: layout)
    let isGated = layout[prefix + "gateUp"] != nil
    up = BiasedLinear(prefix + (isGated ? "gateUp" : "up"), in: layout)
    down = BiasedLinear(prefix + "down", in: layout)
  }

  func apply<Scalar: Real>(
    to x: Variable, _ plan: AttentionPlan<Scalar>, _ shape: VisionConfiguration,
    on tape: Tape<Scalar>
  ) -> Variable {
    let attended = tape.transient {
      let normed = attentionNorm.apply(x, epsilon: shape.normEpsilon, on: tape)
      let mixed = tape.attention(
        query: query.apply(normed, on: tape), keyValue: keyValue.apply(normed, on: tape),
        plan: plan)
      return output.apply(mixed, adding: x, on: tape)
    }
    return tape.transient {
      let normed = feedForwardNorm.apply(attended, epsilon: shape.normEpsilon, on: tape)
      let wide = up.apply(normed, on: tape)
      let active =
        shape.family.isGated ? tape.swiGLU(wide) : tape.activate(wide, shape.activation)
      return down.apply(active, adding: attended, on: tape)
    }
  }
}

/// SigLIP's pooling: one learned row asks all patches, and a feed-forward part reads what it gets.
///
/// Source: Zhai et al., "Scaling Vision Transformers", arXiv:2106.04560, §3.2.
struct PoolingHead: Sendable {
  let probe: ParameterID
  let query: BiasedLinear
  let keyValue: BiasedLinear
  let output: BiasedLinear
  let norm: VisionNorm
  let up: BiasedLinear
  let down: BiasedLinear

  init(_ layout: ParameterLayout) {
    let prefix = "vision.head."
    probe = ParameterID(prefix + "probe", in: layout)
    query = BiasedLinear(prefix + "query", in: layout)
    keyValue = BiasedLinear(prefix + "keyValue", in: layout)
    output = BiasedLinear(prefix + "output", in: layout)
    norm = VisionNorm(prefix + "feedForwardNorm", in: layout)
    up = BiasedLinear(prefix + "up", in: layout)
    down = BiasedLinear(prefix + "down", in: layout)
  }

  func apply<Scalar: Real>(
    _ hidden: Variable, tiles: Int, _ shape: VisionConfiguration, on tape: Tape<Scalar>
  ) -> Variable {
    let length = hidden.rows / tiles
    let plan = AttentionPlan<Scalar>(
      heads: shape.headLayout, rotary: .still(width: shape.headWidth),
      segments: (0..<tiles).map { $0 * length..<($0 + 1) * length },
      families: (0..<tiles).map { tile in
        .init(
          visible: [],
          members: [.init(queries: tile..<tile + 1, own: tile, firstOwn: 0, sight: .whole)])
      }, queryPositions: [Int](repeating: 0, count: tiles),
      keyPositions: [Int](repeating: 0, count: hidden.rows))
    let asking = tape.compose(
      [RowSource](repeating: .token(0), count: tiles), projected: nil, table: probe)
    let mixed = tape.attention(
      query: query.apply(asking, on: tape), keyValue: keyValue.apply(hidden, on: tape),
      plan: plan)
    let pooled = output.apply(mixed, on: tape)
    let normed = norm.apply(pooled, epsilon: shape.normEpsilon, on: tape)
    let active = tape.activate(up.apply(normed, on: tape), shape.activation)
    return down.apply(active, adding: pooled, on: tape)
  }
}
