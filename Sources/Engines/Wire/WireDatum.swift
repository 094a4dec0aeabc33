#if Engines
/// A part of what a model reads.
package enum WireChunk: Sendable, Equatable {
  /// Tokens of the model's vocabulary, each from 0 to 2³¹ − 1.
  case tokens([Int])
  /// A picture as the bytes of its file.
  case image(WireImage)
}

/// A picture within an input.
package struct WireImage: Sendable, Equatable {
  package var data: [UInt8]
  /// `jpeg` or `png`.
  package var format: String
  /// How many tokens it should become; the server refuses it where it becomes another number.
  package var expectedTokens: Int?

  package init(data: [UInt8], format: String, expectedTokens: Int? = nil) {
    self.data = data
    self.format = format
    self.expectedTokens = expectedTokens
  }
}

/// A named tensor.
package struct NamedTensor: Sendable, Equatable {
  package var name: String
  package var tensor: WireTensor

  package init(_ name: String, _ tensor: WireTensor) {
    self.name = name
    self.tensor = tensor
  }
}

/// An input and what its loss needs.
package struct WireDatum: Sendable, Equatable {
  package var input: [WireChunk]
  /// `target_tokens`, `weights`, and what else the loss reads.
  package var lossInputs: [NamedTensor]

  package init(input: [WireChunk], lossInputs: [NamedTensor]) {
    self.input = input
    self.lossInputs = lossInputs
  }

  /// The first tensor of a name.
  package subscript(name: String) -> WireTensor? {
    lossInputs.first { $0.name == name }?.tensor
  }
}

/// What a training server is asked to run forward, and backward unless it says not to.
package struct PassRequest: Sendable, Equatable {
  package var modelID: String
  /// The number of the write; equal numbers with equal contents are one write.
  package var sequence: Int
  package var data: [WireDatum]
  package var loss: String
  package var forwardOnly: Bool

  package init(
    modelID: String, sequence: Int, data: [WireDatum], loss: String, direction: PassDirection
  ) {
    self.modelID = modelID
    self.sequence = sequence
    self.data = data
    self.loss = loss
    forwardOnly = direction == .forward
  }
}

/// Whether a pass leaves a gradient behind.
package enum PassDirection: Sendable {
  case forward
  case forwardBackward
}
#endif
