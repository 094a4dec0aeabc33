internal import Core

/// Why a picture cannot be made ready.
package enum PictureError: ExplainedError, Hashable {
  /// One side is too many times as long as the other.
  case tooThin(width: Int, height: Int, most: Int)

  /// What happened.
  package var happened: String {
    switch self {
    case .tooThin(let width, let height, let most):
      """
      Of a picture of \(width) × \(height) pixels one side is more than \(most) times as long as the other.
      """
    }
  }

  /// What to do.
  package var remedy: String { "Cut it into pieces that are less thin." }
}
