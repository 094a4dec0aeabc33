internal import Core

/// Why a tower cannot read what it is given.
package enum VisionError: ExplainedError, Hashable {
  /// Tiles where it reads patches, or the other way round.
  case layout(String)
  /// Tiles of a size that it was not made for.
  case size(height: Int, width: Int, side: Int)
  /// Patches that do not fill squares.
  case grid(PatchGrid, merge: Int)
  /// Another number of numbers than the pictures have.
  case count(Int, expected: Int)
  /// Another number of picture tokens than the pictures become.
  case tokens(Int, expected: Int)
  /// A family that can be asked and not trained.
  case untrained(family: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .layout(let family): "A tower of family \(family) was given pictures cut another way."
    case .size(let height, let width, let side):
      "Tiles of \(width) × \(height) pixels were given to a tower that reads \(side) × \(side)."
    case .grid(let grid, let merge):
      """
      \(grid.time) × \(grid.rows) × \(grid.columns) patches cannot be merged in squares of \(merge).
      """
    case .count(let count, let expected):
      "Pictures of \(expected) numbers were given with \(count)."
    case .tokens(let count, let expected):
      "A prompt has \(count) tokens for pictures that become \(expected) rows."
    case .untrained(let family):
      "A model of family \(family) can be shown pictures and asked, but is not trained here."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .layout, .size, .grid, .count:
      "Make pictures ready with the preprocessor_config.json of the same model."
    case .tokens: "Write the prompt again for these pictures."
    case .untrained: "Train a model of family idefics3 (Idefics3, SmolVLM), or one that reads text."
    }
  }
}
