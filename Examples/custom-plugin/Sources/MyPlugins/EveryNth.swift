import Core
import TAD

/// Keeps every n-th frame of a video.
public struct EveryNth: VideoSelector {
  let n: Int

  public init(n: Int) { self.n = max(1, n) }

  public func select(
    _ features: FrameFeatures, video: String, seed: Seed
  ) throws -> KeyframeSelection {
    KeyframeSelection(indices: Array(stride(from: 0, to: features.frames, by: n)))
  }
}
