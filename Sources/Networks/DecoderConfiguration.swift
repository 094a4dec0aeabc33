package import Tensors

/// The shape of a Llama-architecture decoder whose prompts may hold feature rows.
package struct DecoderConfiguration: Sendable, Hashable, Codable {
  /// V: tokens of the vocabulary.
  package var vocabularySize: Int
  /// L: layers.
  package var layers: Int
  /// d: numbers of a hidden state.
  package var width: Int
  /// Heads of the queries.
  package var heads: Int
  /// Heads of keys and values.
  package var keyValueHeads: Int
  /// Numbers of a head.
  package var headWidth: Int
  /// Numbers inside the feed-forward part.
  package var hidden: Int
  /// C: numbers of a feature row as it enters the projection; 0 for a decoder of text alone.
  package var features: Int
  /// The most positions a prompt and its response may take together.
  package var positions: Int
  /// The base of the rotary frequencies.
  package var rotaryBase: Double
  /// ε of the norms.
  package var normEpsilon: Double
  /// How the architecture departs from the plain one; `nil` where it does not.
  ///
  /// Optional, so that a plain shape is written as it always was.
  package var variations: DecoderVariations?
  /// The network that rows of features pass before the decoder reads them; `nil` where they go in as they are.
  ///
  /// Optional, so that a shape without is written as it always was.
  package var encoder: RowEncoder?

  /// A shape.
  package init(
    vocabularySize: Int, layers: Int, width: Int, heads: Int, keyValueHeads: Int,
    headWidth: Int? = nil, hidden: Int, features: Int = 0, positions: Int,
    rotaryBase: Double = 10_000, normEpsilon: Double = 1e-5,
    variations: DecoderVariations? = nil
  ) {
    self.vocabularySize = vocabularySize
    self.layers = layers
    self.width = width
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headWidth = headWidth ?? width / heads
    self.hidden = hidden
    self.features = features
    self.positions = positions
    self.rotaryBase = rotaryBase
    self.normEpsilon = normEpsilon
    self.variations = variations
  }

  /// How the heads are laid out.
  package var headLayout: HeadLayout {
    HeadLayout(heads: heads, keyValueHeads: keyValueHeads, width: headWidth)
  }

  /// The parameters by name.
  ///
  /// Matrices that read the same input and are always used together lie in one tensor (keys with values, gate with up).
  package var layout: ParameterLayout {
    var layout = ParameterLayout()
    layout.append("embedding", shape: [vocabularySize, width])
    if features > 0 {
      layout.append("features", shape: [width, features - (encoder?.channels ?? 0)])
    }
    encoder?.append(to: &layout, decoderWidth: width)
    for layer in 0..<layers { appendLayer("layers.\(layer).", to: &layout) }
    layout.append("norm", shape: [width])
    if variations?.hasOwnOutput == true { layout.append("head", shape: [vocabularySize, width]) }
    if variations?.hasPointers == true { layout.append("pointers", shape: [3 * width, width]) }
    return layout
  }

  private func appendLayer(_ prefix: String, to layout: inout ParameterLayout) {
    let queryWidth = heads * headWidth
    let keyValueWidth = 2 * keyValueHeads * headWidth
    layout.append(prefix + "attentionNorm", shape: [width])
    layout.append(prefix + "query", shape: [queryWidth, width])
    layout.append(prefix + "keyValue", shape: [keyValueWidth, width])
    if variations?.hasBiases == true {
      layout.append(prefix + "queryBias", shape: [queryWidth])
      layout.append(prefix + "keyValueBias", shape: [keyValueWidth])
    }
    if variations?.hasHeadNorms == true {
      layout.append(prefix + "queryNorm", shape: [headWidth])
      layout.append(prefix + "keyNorm", shape: [headWidth])
    }
    layout.append(prefix + "output", shape: [width, queryWidth])
    layout.append(prefix + "feedForwardNorm", shape: [width])
    layout.append(prefix + "gateUp", shape: [2 * hidden, width])
    layout.append(prefix + "down", shape: [width, hidden])
  }

  /// Cosines and sines of every position, with the architecture's scaling.
  func rotaryTable<Scalar: Real>() -> RotaryTable<Scalar> {
    RotaryTable(
      frequencies: rotaryFrequencies, positions: positions,
      magnitude: (variations?.rotaryScaling ?? .none).magnitude)
  }

  /// Radians a position, one a pair of a head, with the architecture's scaling.
  var rotaryFrequencies: [Double] {
    let plain = RotaryTable<Double>.frequencies(width: headWidth, base: rotaryBase)
    return (variations?.rotaryScaling ?? .none).apply(to: plain, base: rotaryBase)
  }

  /// Numbers of what is kept of a row whose logits are wanted later: its hidden state, or where logits depend on more than that,
  /// they themselves, which are few then.
  package var keptWidth: Int { variations?.hasPointers == true ? vocabularySize : width }

  /// How many keys a query of a layer sees at most; all before it where there is no window.
  func window(ofLayer layer: Int) -> Int? {
    guard let variations, variations.slidingLayers.contains(layer) else { return nil }
    return variations.slidingWindow
  }

  /// Floating-point operations of the matrices of one layer for one row, forward.
  var layerFlops: Double {
    let attention = 2 * (heads + keyValueHeads) * headWidth
    return 2 * Double(width * (attention + 3 * hidden))
  }
}
