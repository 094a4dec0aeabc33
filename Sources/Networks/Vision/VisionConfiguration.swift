package import Tensors

/// The shape of a network that reads pictures, and of what leads from it to a decoder.
package struct VisionConfiguration: Sendable, Hashable {
  /// Which published network it is.
  package enum Family: String, Sendable, Hashable {
    /// SigLIP: learned positions, and a head that pools. Source: Zhai et al., arXiv:2303.15343.
    case siglip = "siglip"
    /// CLIP: a row of its own that sees all patches, and a matrix behind it. Source: Radford et al., arXiv:2103.00020, §2.4.
    case clip = "clip"
    /// SigLIP before a decoder, by pixel shuffle. Source: Laurençon et al., arXiv:2408.12637, §3.1.
    case idefics3 = "idefics3"
    /// Rotary rows and columns, at the picture's own size. Source: Wang et al., arXiv:2409.12191, §2.1.
    case qwen2 = "qwen2-vl"
    /// The same with attention in windows. Source: Bai et al., arXiv:2502.13923, §2.1.1.
    case qwen25 = "qwen2.5-vl"

    /// Whether positions are learned, one row of a table a patch, and not rotations by row and column.
    var hasLearnedPositions: Bool { self == .siglip || self == .clip || self == .idefics3 }
    /// Whether a learned row stands before the patches of a tile, and a norm behind both.
    var hasClassRow: Bool { self == .clip }
    /// Whether norms take the mean away and have a bias.
    var hasLayerNorms: Bool { self != .qwen25 }
    /// Whether the feed-forward part has a gate.
    var isGated: Bool { self == .qwen25 }
  }

  /// Which network.
  package var family: Family
  /// Layers.
  package var layers: Int
  /// Numbers of a hidden state.
  package var width: Int
  /// Heads, each with keys and values of its own.
  package var heads: Int
  /// Numbers inside the feed-forward part.
  package var hidden: Int
  /// The side of a patch, pixels.
  package var patch: Int
  /// Frames of a patch.
  package var frames = 1
  /// Patches on a side of the picture that learned positions were made for; 0 where any number will do.
  package var side = 0
  /// The function of the feed-forward part.
  package var activation: Activation
  /// ε of the norms.
  package var normEpsilon = 1e-6
  /// Whether all patches become one row, by a head or because one row has seen them all.
  package var pools = false
  /// Columns of the matrix behind a class row; 0 where there is none.
  package var projection = 0
  /// Patches on a side of the square that becomes one row of a decoder.
  package var merge = 1
  /// d of the decoder; 0 where there is none.
  package var outputs = 0
  /// Merged squares on a side of a region whose patches see each other; `nil` where all of a picture do.
  package var window: Int?
  /// The layers in which all patches of a picture see each other whatever `window` says, ascending.
  package var fullLayers: [Int] = []
  /// The base of the rotary frequencies.
  package var rotaryBase = 10_000.0
  /// Rotary positions a second of video.
  package var positionsPerSecond: Int?

  /// Numbers of a patch.
  package var patchNumbers: Int { 3 * frames * patch * patch }
  /// Numbers of the one row that all patches become.
  package var pooledWidth: Int { projection > 0 ? projection : width }
  /// Rows of a tile before its patches.
  var classRows: Int { family.hasClassRow ? 1 : 0 }
  /// Numbers of what becomes one row of a decoder.
  var merged: Int { width * merge * merge }
  /// Numbers of a head.
  var headWidth: Int { width / heads }

  /// How the heads are laid out.
  var headLayout: HeadLayout { HeadLayout(heads: heads, keyValueHeads: heads, width: headWidth) }

  /// Appends the parameters to those of a decoder, or to none.
  func append(to layout: inout ParameterLayout) {
    layout.append("vision.patch", shape: [width, patchNumbers])
    if family.hasLearnedPositions {
      if !family.hasClassRow { layout.append("vision.patchBias", shape: [width]) }
      layout.append("vision.positions", shape: [classRows + side * side, width])
    }
    if family.hasClassRow {
      // One column, so that a product with ones and zeros adds it to some rows.
      layout.append("vision.class", shape: [width, 1])
      appendNorm("vision.inputNorm", to: &layout)
    }
    for layer in 0..<layers { appendLayer("vision.layers.\(layer).", to: &layout) }
    if family.hasLearnedPositions { appendNorm("vision.norm", to: &layout) }
    if pools, !family.hasClassRow { appendHead(to: &layout) }
    if projection > 0 { layout.append("vision.projection", shape: [projection, width]) }
    guard outputs > 0 else { return }
    guard !family.hasLearnedPositions else {
      layout.append("vision.connector", shape: [outputs, merged])
      return
    }
    appendNorm("vision.merger.norm", to: &layout)
    appendLinear("vision.merger.up", rows: merged, columns: merged, to: &layout)
    appendLinear("vision.merger.down", rows: outputs, columns: merged, to: &layout)
  }

  private func appendLayer(_ prefix: String, to layout: inout ParameterLayout) {
    appendNorm(prefix + "attentionNorm", to: &layout)
    appendAttention(prefix, to: &layout)
    appendNorm(prefix + "feedForwardNorm", to: &layout)
    let up = family.isGated ? "gateUp" : "up"
    appendLinear(
      prefix + up, rows: (family.isGated ? 2 : 1) * hidden, columns: width, to: &layout)
    appendLinear(prefix + "down", rows: width, columns: hidden, to: &layout)
  }

  private func appendHead(to layout: inout ParameterLayout) {
    layout.append("vision.head.probe", shape: [1, width])
    appendAttention("vision.head.", to: &layout)
    appendNorm("vision.head.feedForwardNorm", to: &layout)
    appendLinear("vision.head.up", rows: hidden, columns: width, to: &layout)
    appendLinear("vision.head.down", rows: width, columns: hidden, to: &layout)
  }

  private func appendAttention(_ prefix: String, to layout: inout ParameterLayout) {
    appendLinear(prefix + "query", rows: width, columns: width, to: &layout)
    appendLinear(prefix + "keyValue", rows: 2 * width, columns: width, to: &layout)
    appendLinear(prefix + "output", rows: width, columns: width, to: &layout)
  }

  private func appendNorm(_ name: String, to layout: inout ParameterLayout) {
    layout.append(name, shape: [width])
    if family.hasLayerNorms { layout.append(name + "Bias", shape: [width]) }
  }

  private func appendLinear(
    _ name: String, rows: Int, columns: Int, to layout: inout ParameterLayout
  ) {
    layout.append(name, shape: [rows, columns])
    layout.append(name + "Bias", shape: [rows])
  }
}
