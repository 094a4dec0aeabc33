package import TAD
package import Core

/// What a selector needs to know of a video, gathered in one pass over its frames.
///
/// Of a frame its time, three variations, its change of content and of histogram are kept, 48 bytes; its descriptor
/// (1 KB) only where asked for. The pictures themselves are gone.
package struct VideoScan: Sendable {
  /// How much is kept of a frame.
  package enum Detail: Sendable, Hashable {
    /// How it differs from the frame before: enough for TAD, scene rules, peaks, scene clips, uniform and random frames.
    case curves
    /// Its descriptor too.
    case descriptors
  }

  /// How much was kept of a frame.
  package let detail: Detail

  /// The times of all frames, and with `Detail.descriptors` F frames × 16 tokens × 16 channels; else no channels.
  package let features: FrameFeatures

  /// How much each frame differs from the one before, by how rows are compared; 0 for the first.
  package let variation: [FeatureReading: [Double]]

  /// How much the content of each frame differs from the one before: mean |ΔHSV|, 0 for the first.
  package let content: [Double]

  /// Half the absolute difference of each frame's colour histogram from the one before, 0 … 1; 0 for the first.
  package let histogramChanges: [Double]

  /// Frames, duration, rate.
  package let summary: VideoSummary

  /// Scans a video.
  ///
  /// - Parameters:
  ///   - decoder: Where the frames come from.
  ///   - detail: How much is kept of a frame.
  ///   - progress: Is told the number of frames so far after each.
  /// - Throws: `VideoError`.
  package init(
    _ decoder: VideoDecoder, detail: Detail = .descriptors, progress: (Int) -> Void = { _ in }
  ) throws {
    var curves = VideoCurves()
    var values: [Float] = []
    summary = try decoder.forEachFrame { frame in
      let patches = curves.append(frame)
      if detail == .descriptors { values += patches }
      progress(curves.times.count)
    }
    self.detail = detail
    let isFull = detail == .descriptors
    features = FrameFeatures(
      values: values, tokensPerFrame: isFull ? FrameDescriptor.tokensPerFrame : 1,
      channels: isFull ? FrameDescriptor.channels : 0, timestamps: curves.times,
      duration: summary.duration)
    variation = curves.variation
    content = curves.content
    histogramChanges = curves.histogramChanges
  }

  /// How much of a frame a selector reads.
  package static func detail(for selector: any KeyframeSelector) -> Detail {
    switch selector {
    case is TemporalApexDistillation, is any SceneRule, is PeakSegments, is UniformKeyframes,
      is RandomKeyframes, is OracleKeyframes:
      .curves
    case let clips as SceneClipKeyframes where !clips.looksAtQuery: .curves
    default: .descriptors
    }
  }

  /// Chooses frames of the video.
  ///
  /// Scene rules read the change of content, scene clips the colour histograms, all others the patch descriptors.
  ///
  /// - Parameters:
  ///   - selector: What chooses; one that looks at the query has none to look at here.
  ///   - video: The name of the video.
  ///   - truth: The true windows, for the oracle.
  ///   - seed: The stream of selectors that draw.
  /// - Returns: The selection.
  /// - Throws: `KeyframeError`.
  /// - Precondition: The scan has the detail that the selector reads.
  package func select(
    _ selector: any KeyframeSelector, video: String, truth: [Interval] = [], seed: Seed
  ) throws -> KeyframeSelection {
    let frames = features.frames
    switch selector {
    case let rule as any SceneRule:
      return rule.select(content: content, cost: cost(flopsPerFrame: 3 * 160 * 90))
    case let apexes as TemporalApexDistillation:
      return apexes.select(
        variation: variation(apexes.parameters.features, apexes.parameters.firstFrame),
        cost: apexes.cost(
          frames: frames, tokensPerFrame: FrameDescriptor.tokensPerFrame,
          channels: FrameDescriptor.channels))
    case let peaks as PeakSegments:
      return peaks.select(
        variation: variation(peaks.parameters.features, .zero), cost: cost(flopsPerFrame: 1024))
    case let clips as SceneClipKeyframes where !clips.looksAtQuery:
      return clips.select(
        differences: histogramChanges, relevance: variation(.pooled, .copy),
        cost: cost(flopsPerFrame: 48))
    default:
      precondition(detail == .descriptors || Self.detail(for: selector) == .curves)
      let prompt = Prompt(id: video, video: video, query: "", evidence: features, truth: truth)
      return try selector.select([prompt], seed: seed)[0]
    }
  }

  private func cost(flopsPerFrame: Int) -> SelectionCost {
    SelectionCost(
      framesScanned: features.frames, flops: Double(flopsPerFrame * features.frames))
  }

  private func variation(_ reading: FeatureReading, _ first: FirstFrame) -> [Double] {
    var result = variation[reading] ?? []
    if first == .copy, result.count > 1 { result[0] = result[1] }
    return result
  }
}

/// How the frames of a stream differ from each other; holds one frame.
private struct VideoCurves {
  var times: [Double] = []
  var variation: [FeatureReading: [Double]] = [:]
  var content: [Double] = []
  var histogramChanges: [Double] = []
  private var colours: HueImage?
  private var last: (patches: [Float], histogram: [Double])?
  private var comparisons = FeatureReading.allCases.map { reading in
    let comparison = FrameComparison(
      tokensPerFrame: FrameDescriptor.tokensPerFrame, channels: FrameDescriptor.channels,
      reading: reading)
    return (reading: reading, comparison: comparison)
  }

  /// Takes in a frame.
  ///
  /// - Returns: Its patch descriptors.
  mutating func append(_ frame: VideoFrame) -> [Float] {
    let picture = HueImage(rgb: frame.pixels)
    let descriptor = FrameDescriptor(picture, width: frame.width, height: frame.height)
    // Each patch holds three histograms, so a third of it sums to one.
    let histogram = descriptor.histogram.map { Double($0) / 3 }
    content.append(colours.map(picture.change) ?? 0)
    histogramChanges.append(last.map { histogramDifference(histogram, $0.histogram) } ?? 0)
    compare(descriptor.patches)
    times.append(frame.time)
    colours = picture
    last = (descriptor.patches, histogram)
    return descriptor.patches
  }

  /// A descriptor is finite and small, so the comparison in single precision never has to give up.
  private mutating func compare(_ patches: [Float]) {
    for index in comparisons.indices {
      let difference =
        if let last {
          comparisons[index].comparison.next(
            patches.span, at: 0, after: last.patches.span, at: 0)
        } else {
          comparisons[index].comparison.start(patches.span, at: 0)
        }
      variation[comparisons[index].reading, default: []].append(difference ?? 0)
    }
  }
}
