internal import Tensors

/// CLIP's way to one row for a picture: a learned row stands before the patches and sees them in every layer; what it has
/// become is the picture's row, behind a norm and, in most files, a matrix.
///
/// Source: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", arXiv:2103.00020, §2.4.
struct ClassRow: Sendable {
  /// The norm behind patches, class row and positions.
  let inputNorm: VisionNorm

  private let row: ParameterID
  private let norm: VisionNorm
  private let projection: ParameterID?

  init(_ layout: ParameterLayout) {
    row = ParameterID("vision.class", in: layout)
    inputNorm = VisionNorm("vision.inputNorm", in: layout)
    norm = VisionNorm("vision.norm", in: layout)
    projection =
      layout["vision.projection"] == nil ? nil : ParameterID("vision.projection", in: layout)
  }

  /// The rows with the learned one added at the head of each tile.
  func added<Scalar: Real>(
    to rows: Variable, _ grid: TileGrid, on tape: Tape<Scalar>
  ) -> Variable {
    tape.linear(
      tape.input(grid.classRows(), rows: grid.rows, columns: 1), row, adding: rows)
  }

  /// One row a tile.
  func apply<Scalar: Real>(
    _ hidden: Variable, tiles: Int, _ shape: VisionConfiguration, on tape: Tape<Scalar>
  ) -> Variable {
    let length = hidden.rows / tiles
    let first = tape.gather(hidden, rows: (0..<tiles).map { $0 * length })
    let normed = norm.apply(first, epsilon: shape.normEpsilon, on: tape)
    return projection.map { tape.linear(normed, $0) } ?? normed
  }
}
