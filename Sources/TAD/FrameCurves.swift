/// How much of a video a selector reads.
public enum FrameDetail: String, Sendable, Hashable, CaseIterable {
  /// When each frame is shown.
  case times
  /// How each frame differs from the one before.
  case curves
  /// The features of each frame.
  case features
}

/// How the frames of a video differ, each from the one before: what is kept of a video that is read once, about 48 bytes a frame.
public struct FrameCurves: Sendable {
  /// How much the features of each frame differ, by how they are compared; 0 for the first.
  public var variation: [FeatureReading: [Double]]
  /// How much the content of each picture differs: mean |ΔHSV|, 0 for the first.
  public var content: [Double]
  /// Half the absolute difference of the frames' colour histograms, 0 … 1; 0 for the first.
  public var histogramChanges: [Double]
  /// N: rows a frame that were compared.
  public var tokensPerFrame: Int
  /// C: numbers a row.
  public var channels: Int
  /// Numbers of a picture whose content was compared.
  public var pictureNumbers: Int

  /// Curves of F frames.
  public init(
    variation: [FeatureReading: [Double]], content: [Double], histogramChanges: [Double],
    tokensPerFrame: Int, channels: Int, pictureNumbers: Int
  ) {
    self.variation = variation
    self.content = content
    self.histogramChanges = histogramChanges
    self.tokensPerFrame = tokensPerFrame
    self.channels = channels
    self.pictureNumbers = pictureNumbers
  }

  /// F.
  public var frames: Int { content.count }

  /// How much the features of each frame differ, the first frame's own number as asked for.
  package func variation(_ reading: FeatureReading, _ first: FirstFrame) -> [Double] {
    var result = variation[reading] ?? []
    if first == .copy, result.count > 1 { result[0] = result[1] }
    return result
  }

  /// What comparing frames cost that have been read anyway.
  func cost(flopsPerFrame: Int) -> SelectionCost {
    SelectionCost(framesScanned: frames, flops: Double(flopsPerFrame * frames))
  }
}
