package import Core

/// Where the scenes of a video begin, by how its neighbouring frames differ.
package struct SceneSegmentation: Codable, Sendable, Hashable {
  /// What begins a scene.
  package enum Rule: String, Codable, Sendable, CaseIterable {
    /// 1 − cosine of neighbouring mean rows, `deviations` standard deviations above its mean.
    case features
    /// Half the absolute difference of neighbouring histograms, `deviations` standard deviations above its mean.
    case histogram
    /// A change `ratio` times that of its neighbours: PySceneDetect's adaptive rule.
    case adaptive
    /// Nothing: each frame is a scene, which no mean over a scene can blur.
    case frames
  }

  /// What begins a scene.
  package var rule: Rule
  /// Standard deviations above the mean from which a difference begins a scene.
  package var deviations: Double
  /// How many times the change of its neighbours begins a scene.
  package var ratio: Double

  /// A rule with its limits.
  package init(_ rule: Rule = .features, deviations: Double = 1, ratio: Double = 3) {
    self.rule = rule
    self.deviations = deviations
    self.ratio = ratio
  }

  /// The scenes of features, as ranges of frames in time order; together all frames.
  ///
  /// - Throws: `KeyframeError` for features without frames or not finite, or a ratio out of range.
  /// - Complexity: O(F·N·C).
  package func scenes(of features: FrameFeatures, video: String) throws -> [Range<Int>] {
    try features.refuseEmpty(video: video)
    try features.refuseNotFinite(video: video)
    switch rule {
    case .features: return scenes(features.variation(reading: .pooled))
    case .histogram: return scenes(features.histogramChanges())
    case .adaptive:
      // No threshold for pixels applies to features, and without one the noise of a still scene is cut: the mean change stands in.
      let changes = features.variation(reading: .pooled)
      let mean = changes.reduce(0, +) / Double(max(1, changes.count - 1))
      return try adaptive(changes, content: max(mean, 1e-9), shortest: 1)
    case .frames: return (0..<features.frames).map { $0..<$0 + 1 }
    }
  }

  /// The scenes of a video that was read once; `adaptive` with the published limits for pictures.
  ///
  /// - Throws: `KeyframeError` for a ratio out of range.
  package func scenes(of curves: FrameCurves) throws -> [Range<Int>] {
    switch rule {
    case .features: return scenes(curves.variation(.pooled, .zero))
    case .histogram: return scenes(curves.histogramChanges)
    case .adaptive:
      let published = AdaptiveScenes.Parameters()
      return try adaptive(
        curves.content, content: published.minimumContent, shortest: published.minimumScene)
    case .frames: return (0..<curves.frames).map { $0..<$0 + 1 }
    }
  }

  private func scenes(_ differences: [Double]) -> [Range<Int>] {
    sceneRanges(differences, deviations: deviations)
  }

  private func adaptive(
    _ changes: [Double], content: Double, shortest: Int
  ) throws -> [Range<Int>] {
    var parameters = AdaptiveScenes.Parameters()
    parameters.threshold = ratio
    parameters.minimumContent = content
    parameters.minimumScene = shortest
    let cuts = try AdaptiveScenes(parameters).cuts(content: changes)
    return zip([0] + cuts, cuts + [changes.count]).map { $0..<$1 }
  }
}

/// The scenes between differences of neighbouring frames that exceed their mean by so many standard deviations; together all frames.
///
/// - Parameters:
///   - differences: How much each frame differs from the one before, F numbers; the first does not count.
///   - deviations: How many standard deviations above the mean a difference begins a scene.
/// - Returns: Ranges of frames in time order.
func sceneRanges(_ differences: [Double], deviations: Double) -> [Range<Int>] {
  let later = differences.dropFirst()
  guard !later.isEmpty else { return [0..<differences.count] }
  let mean = later.reduce(0, +) / Double(later.count)
  let variance = later.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(later.count)
  let limit = mean + deviations * variance.squareRoot()
  let cuts = spaced(later.indices.filter { differences[$0] > limit }, minimum: 1)
  return zip([0] + cuts, cuts + [differences.count]).map { $0..<$1 }
}

/// Scenes in seconds: they meet half way between the last frame of one and the first of the next.
///
/// - Parameters:
///   - scenes: Ranges of frames in time order, together all frames.
///   - times: When each frame is shown, in seconds, ascending.
///   - duration: How long the video is, in seconds.
/// - Returns: One stretch a scene; together the whole video.
package func sceneIntervals(
  _ scenes: [Range<Int>], times: [Double], duration: Double
) -> [Interval] {
  let cuts = scenes.dropFirst().map { (times[$0.lowerBound - 1] + times[$0.lowerBound]) / 2 }
  return zip([0] + cuts, cuts + [duration]).map { Interval($0, $1) }
}

extension FrameFeatures {
  /// How much the mean row of each frame, its absolute values scaled to sum 1, differs from that of the frame before: 0 … 1.
  func histogramChanges() -> [Double] {
    let rows = pooled()
    let histograms = (0..<rows.frames).map { frame -> [Double] in
      let row = rows[frame: frame].map { abs(Double($0)) }
      let sum = row.reduce(0, +)
      return row.map { sum > 0 ? $0 / sum : 0 }
    }
    return histograms.indices.map { frame in
      frame == 0 ? 0 : histogramDifference(histograms[frame], histograms[frame - 1])
    }
  }
}
