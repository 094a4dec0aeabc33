internal import Tensors

extension Decoder {
  /// The parameters of one layer.
  struct Layer: Sendable {
    let attentionNorm: ParameterID
    let query: ParameterID
    let queryBias: ParameterID?
    let queryNorm: ParameterID?
    let keyValue: ParameterID
    let keyValueBias: ParameterID?
    let keyNorm: ParameterID?
    let output: ParameterID
    let feedForwardNorm: ParameterID
    let gateUp: ParameterID
    let down: ParameterID

    init(_ prefix: String, in layout: ParameterLayout) {
      let find = { (name: String) in ParameterID(prefix + name, in: layout) }
      let findAny = { (name: String) in layout[prefix + name] == nil ? nil : find(name) }
      attentionNorm = find("attentionNorm")
      query = find("query")
      queryBias = findAny("queryBias")
      queryNorm = findAny("queryNorm")
      keyValue = find("keyValue")
      keyValueBias = findAny("keyValueBias")
      keyNorm = findAny("keyNorm")
      output = find("output")
      feedForwardNorm = find("feedForwardNorm")
      gateUp = find("gateUp")
      down = find("down")
    }
  }

  /// One layer, the same for passes, prompts and single steps.
  ///
  /// - Parameters:
  ///   - layer: Its parameters.
  ///   - x: All rows.
  ///   - rows: The rows wanted of the result, all where `nil`. Only these need queries, output and the feed-forward part; all
  ///     need keys and values.
  ///   - tape: The tape.
  ///   - attend: Attention of queries to keys and values: within a batch, or with what a cache holds.
  /// - Returns: The rows wanted.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func apply(
    _ layer: Layer, to x: Variable, reading rows: [Int]?, on tape: Tape<Scalar>,
    _ attend: (_ query: Variable, _ keyValue: Variable) -> Variable
  ) -> Variable {
    // The order of steps is the order in which the backward pass adds gradients up: it decides bits.
    let attended = tape.transient {
      let normed = tape.rmsNorm(x, layer.attentionNorm, epsilon: configuration.normEpsilon)
      let asking = rows.map { tape.gather(normed, rows: $0) } ?? normed
      let query = normedHeads(
        tape.linear(asking, layer.query, bias: layer.queryBias), layer.queryNorm,
        configuration.heads, on: tape)
      let keyValue = normedHeads(
        tape.linear(normed, layer.keyValue, bias: layer.keyValueBias), layer.keyNorm,
        configuration.keyValueHeads, on: tape)
      let mixed = attend(query, keyValue)
      return tape.linear(
        mixed, layer.output, adding: rows.map { tape.gather(x, rows: $0) } ?? x)
    }
    return tape.transient {
      let normed = tape.rmsNorm(
        attended, layer.feedForwardNorm, epsilon: configuration.normEpsilon)
      return tape.linear(
        tape.swiGLU(tape.linear(normed, layer.gateUp)), layer.down, adding: attended)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func normedHeads(
    _ x: Variable, _ norm: ParameterID?, _ heads: Int, on tape: Tape<Scalar>
  ) -> Variable {
    guard let norm else { return x }
    return tape.headNorm(x, norm, heads: heads, epsilon: configuration.normEpsilon)
  }
}
