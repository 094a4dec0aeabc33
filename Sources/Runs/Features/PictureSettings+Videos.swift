package import Core

extension PictureSettings {
  /// The videos; `nil` where the model sees none.
  ///
  /// - Throws: `KeyframeInputError` for a folder that is not there or has no videos, `FeatureError.oneName`.
  package func videos() throws -> (any FilmedVideos)? {
    try folder.map { try VideoFolder($0, side: side, patch: patch) }
  }

  /// Counts the tokens that the pictures of a prompt become.
  func counted() throws -> (Prompt) async throws -> Int {
    let videos = try videos()
    return { prompt in
      try await videos?.pictures(of: prompt).reduce(0) { $0 + tokens(of: $1) } ?? 0
    }
  }
}
