package import Core

/// What there is to know about a data set before anything is trained on it.
package struct DatasetSummary: Codable, Sendable, Hashable {
  /// The smallest, the middle and the largest of some numbers.
  package struct Spread: Codable, Sendable, Hashable {
    /// The smallest.
    package let least: Double
    /// The middle one; of an even number, the upper of two.
    package let median: Double
    /// The largest.
    package let most: Double

    init(_ values: [Double]) {
      let sorted = values.sorted()
      least = sorted.first ?? 0
      median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
      most = sorted.last ?? 0
    }
  }

  /// The prompts of one part.
  package struct Part: Codable, Sendable, Hashable {
    /// How many prompts there are.
    package let prompts: Int
    /// How many videos they are about.
    package let videos: Int
    /// Seconds of a video.
    package let duration: Spread
    /// Frames of a video.
    package let frames: Spread
    /// Right answers to a question.
    package let windowsPerPrompt: Spread
    /// Seconds of a right answer.
    package let windowLength: Spread
    /// Videos of several frames that are all equal: still, or not the features of a video.
    package let stillVideos: Int
    /// Frames whose numbers are all 0: padding, or never written.
    package let emptyFrames: Int
    /// The mean intersection over union of answering with the whole video, which needs no training.
    package let wholeVideoIoU: Double

    init(_ prompts: [Prompt]) {
      let videos = Dictionary(prompts.map { ($0.video, $0.evidence) }) { first, _ in first }.values
      self.prompts = prompts.count
      self.videos = videos.count
      duration = Spread(videos.map(\.duration))
      frames = Spread(videos.map { Double($0.frames) })
      stillVideos = videos.count(where: \.isStill)
      emptyFrames = videos.reduce(0) { $0 + $1.emptyFrames }
      windowsPerPrompt = Spread(prompts.map { Double($0.truth.count) })
      windowLength = Spread(prompts.flatMap { $0.stretches.map(\.length) })
      wholeVideoIoU =
        GroundingMetrics.top1(
          predicted: prompts.map { Interval(0, $0.duration) }, truths: prompts.map(\.stretches)
        ).meanIoU
    }
  }

  /// What people call the data.
  package let name: String
  /// A digest of every prompt.
  package let fingerprint: String
  /// Feature rows of a frame.
  package let rowsPerFrame: Int
  /// Numbers of a feature row.
  package let channels: Int
  /// Different words of all queries.
  package let words: Int
  /// Whether queries come with an embedding; if not, the student reads their words.
  package let hasQueryEmbeddings: Bool
  /// Whether the frames were made knowing the query.
  package let isQueryAware: Bool
  /// The prompts to train on.
  package let train: Part
  /// The prompts to report on.
  package let dev: Part
  /// The prompts to choose settings by; `nil` where there are none.
  package let tune: Part?
  /// What is reached on `dev` without learning from videos; `nil` where nobody asked.
  package var bounds: [Bound]?

  /// Looks at a data set.
  package init(_ dataset: Dataset) {
    name = dataset.name
    fingerprint = dataset.fingerprint
    rowsPerFrame = dataset.tokensPerFrame
    channels = dataset.channels
    words = dataset.words.count
    hasQueryEmbeddings = (dataset.train.first ?? dataset.dev.first)?.queryEmbedding != nil
    isQueryAware = dataset.isQueryAware
    train = Part(dataset.train)
    dev = Part(dataset.dev)
    tune = dataset.tune.isEmpty ? nil : Part(dataset.tune)
  }
}

extension FrameFeatures {
  /// Whether there are several frames, and all are equal.
  fileprivate var isStill: Bool {
    frames > 1 && (stride..<values.count).allSatisfy { values[$0] == values[$0 - stride] }
  }

  /// How many frames have nothing but zeros.
  fileprivate var emptyFrames: Int {
    (0..<frames).count { frame in
      values[frame * stride..<(frame + 1) * stride].allSatisfy { $0 == 0 }
    }
  }
}
