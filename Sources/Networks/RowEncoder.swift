package import Tensors

/// A small network that every row of features passes before a decoder reads it: `e = W₂·gelu(W₁·x)`.
///
/// x are the channels of a frame or of the question; what tells frames apart (their token, their time) goes around it. It is part of
/// the decoder's parameters and learns with them. Without biases a row of zeros stays one.
package struct RowEncoder: Sendable, Hashable, Codable {
  /// C: channels of a row.
  package var channels: Int
  /// Numbers inside.
  package var hidden: Int
  /// E: numbers of an encoded row.
  package var width: Int
  /// Whether it stays as it is while the rest learns.
  package var isFrozen: Bool

  /// A shape.
  package init(channels: Int, hidden: Int, width: Int, isFrozen: Bool = false) {
    self.channels = channels
    self.hidden = hidden
    self.width = width
    self.isFrozen = isFrozen
  }

  /// What its own matrices are called: W₁ and W₂.
  private static let names = (inner: "encoder.inner", outer: "encoder.outer")

  func append(to layout: inout ParameterLayout, decoderWidth: Int) {
    layout.append(Self.names.inner, shape: [hidden, channels])
    layout.append(Self.names.outer, shape: [width, hidden])
    layout.append("encoder.projection", shape: [decoderWidth, width])
  }

  /// Where the numbers of a frozen encoder lie, which no update may move; empty where it learns.
  package func frozen(in layout: ParameterLayout) -> [Range<Int>] {
    guard isFrozen else { return [] }
    return [Self.names.inner, Self.names.outer].compactMap { layout[$0] }.map {
      $0.offset..<$0.offset + $0.count
    }
  }

  /// Floating-point operations of a row, forward.
  package var flops: Double { 2 * Double(hidden * (channels + width)) }

  /// Its matrices, and the one through which the decoder reads what it makes.
  struct Matrices: Sendable {
    let inner: ParameterID
    let outer: ParameterID
    let projection: ParameterID

    init(in layout: ParameterLayout) {
      inner = ParameterID(names.inner, in: layout)
      outer = ParameterID(names.outer, in: layout)
      projection = ParameterID("encoder.projection", in: layout)
    }
  }
}

/// Frames whose rows are multiplied by what a decoder's own encoder makes of all frames they were chosen from.
package struct GatedRows: Sendable, Hashable {
  /// g, one a kept frame.
  package var gates: [Double]
  /// N: rows of a frame.
  package var tokensPerFrame: Int
  /// The channels of all frames that there were to choose from, F·N·C.
  package var candidates: [Float]
  /// Feature rows of the prompt before those of its frames.
  package var before: Int

  /// Gated frames.
  package init(gates: [Double], tokensPerFrame: Int, candidates: [Float], before: Int) {
    self.gates = gates
    self.tokensPerFrame = tokensPerFrame
    self.candidates = candidates
    self.before = before
  }
}
