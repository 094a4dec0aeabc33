/// How the frames in view become pictures for a model that sees.
package struct PictureSettings: Sendable, Hashable, DefaultedConfiguration {
  /// The folder of the videos; `nil` where the model sees none.
  package var folder: String?
  /// To how many pixels the longer side is scaled down.
  package var side = 448
  /// Of how many pixels both sides are a multiple, and for which square a picture counts as a token.
  package var patch = 28
  /// Tokens of every picture, for a model that does not count patches.
  package var tokens: Int?

  /// No pictures.
  package init() {}

  /// One line on each parameter.
  package static let keys: [String: KeyDeclaration] = [
    "folder": .text(
      """
      the folder of the videos, which are found by the names that the data gives them; no pictures if left out. They stand \
      at {frames} of the prompt, or before it
      """),
    "side": .integer(16...8192, "to how much the longer side is scaled down", unit: "px"),
    "patch": .integer(
      1...512,
      "both sides are multiples of it; a picture is a token for each square of it (28: Qwen2.5-VL, 32: Qwen3-VL)",
      unit: "px"),
    "tokens": .integer(
      1...65_536, "tokens of every picture, for a model that does not count patches",
      unit: "tokens"),
  ]

  /// Tokens that a picture becomes.
  package func tokens(of picture: FramePicture) -> Int {
    tokens ?? (picture.width / patch) * (picture.height / patch)
  }
}
