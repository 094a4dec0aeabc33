package import TAD
package import Core

/// What a selector needs to know of a video, gathered in one pass over its frames.
///
/// Of a frame its time, three variations, its change of content and of histogram are kept, 48 bytes; its descriptor
/// (1 KB) only where asked for. The pictures themselves are gone.
package struct VideoScan: Sendable {
  /// The times of all frames, and where features are kept F frames × 16 tokens × 16 channels; else no channels.
  package let features: FrameFeatures

  /// How each frame differs from the one before.
  package let curves: FrameCurves

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
    _ decoder: VideoDecoder, detail: FrameDetail = .features, progress: (Int) -> Void = { _ in }
  ) async throws {
    var curves = GrowingCurves()
    var values: [Float] = []
    summary = try await decoder.forEachFrame { frame in
      let patches = curves.append(frame)
      if detail == .features { values += patches }
      progress(curves.times.count)
    }
    let isFull = detail == .features
    features = FrameFeatures(
      values: values, tokensPerFrame: isFull ? FrameDescriptor.tokensPerFrame : 1,
      channels: isFull ? FrameDescriptor.channels : 0, timestamps: curves.times,
      duration: summary.duration)
    self.curves = curves.whole
  }
}

/// How the frames of a stream differ from each other; holds one frame.
private struct GrowingCurves {
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

  /// The curves so far.
  var whole: FrameCurves {
    FrameCurves(
      variation: variation, content: content, histogramChanges: histogramChanges,
      tokensPerFrame: FrameDescriptor.tokensPerFrame, channels: FrameDescriptor.channels,
      // What a picture scaled down to 160 pixels has: 16 : 9 is near enough for a count.
      pictureNumbers: 3 * 160 * 90)
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
