internal import Core
internal import Networks
internal import Plugins
internal import TAD
internal import Tasks

/// What can be set of the network before a decoder.
struct RowEncoderParameters: DefaultedConfiguration {
  var hidden = 64
  var width = 32
  var frozen = false
  var tad: TemporalApexDistillation.Parameters?

  static let keys: [String: KeyDeclaration] = [
    "hidden": .integer(1...65_536, "numbers inside: linear, GELU, linear"),
    "width": .integer(1...16_384, "numbers of an encoded row"),
    "frozen": .flag("whether it stays as it was drawn while the decoder learns"),
    "tad": .structure(
      TemporalApexDistillation.Parameters.self,
      "which of the frames in view the student keeps, by its own encoded rows at the weights of each step; all if left out"
    ),
  ]

  /// The network for rows of a data set.
  ///
  /// - Throws: `ConfigurationError.unusable` for data without frames.
  func encoder(of dataset: Dataset) throws -> RowEncoder {
    guard dataset.channels > 0 else {
      throw ConfigurationError.unusable(
        path: "student.decoder.encoder", reason: "the data has no frames to encode", source: nil)
    }
    return RowEncoder(
      channels: dataset.channels, hidden: hidden, width: width, isFrozen: frozen)
  }
}
