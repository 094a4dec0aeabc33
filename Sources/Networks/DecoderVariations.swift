/// How an architecture departs from the plain decoder: tied output, no biases, one norm a part, full attention.
package struct DecoderVariations: Sendable, Hashable, Codable {
  /// Whether queries, keys and values have biases (Qwen 2).
  package var hasBiases = false
  /// Whether every head of queries and keys is normalised before it is rotated (Qwen 3).
  package var hasHeadNorms = false
  /// Whether the output matrix is another one than the embedding.
  package var hasOwnOutput = false
  /// How rotary frequencies are changed.
  package var rotaryScaling = RotaryScaling.none
  /// W: how many keys a query of a sliding layer sees at most, itself included.
  package var slidingWindow: Int?
  /// The layers that slide, in ascending order.
  package var slidingLayers: [Int] = []

  /// The axis along which each pair of a head turns (0 time, 1 row, 2 column), where rows of pictures stand along several.
  ///
  /// Optional, so that a shape without is written as it always was.
  package var rotaryAxes: [Int]?

  /// Whether all rows of a prompt see each other, and only answers see no more than what is before them: a prefix language
  /// model.
  ///
  /// In a causal decoder a frame that stands before the question cannot know what is asked for.
  /// Source: Raffel et al., "Exploring the limits of transfer learning", arXiv:1910.10683, §3.2.1.
  /// Optional, so that a shape without is written as it always was.
  package var hasPrefixAttention: Bool?

  /// Whether answers point at frames: see `Decoder+Pointers.swift`.
  ///
  /// Optional, so that a shape without is written as it always was.
  package var hasPointers: Bool?

  /// The plain architecture.
  package init() {}
}
