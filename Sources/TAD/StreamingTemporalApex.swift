internal import Core

/// A frame that was kept from a stream.
package struct KeptFrame: Sendable, Hashable, Codable {
  /// Its number in the video.
  package var index: Int

  /// Its time, in seconds from the start of the video.
  package var time: Double

  /// What it was ranked by.
  package var score: Double

  /// Whether it is a local maximum of the variation.
  package var isApex: Bool

  /// A kept frame.
  package init(index: Int, time: Double, score: Double, isApex: Bool) {
    self.index = index
    self.time = time
    self.score = score
    self.isApex = isApex
  }
}

/// Temporal Apex Distillation in one pass over a stream of frames.
///
/// Keeps one frame's features, the last W scores and the K best frames so far, whatever the length of the video; the
/// result is that of `TemporalApexDistillation` over all frames at once. While frames without any variation are kept,
/// the times of all such frames are, too. A ratio needs to know how many frames will come;
/// a budget does not.
///
/// ```swift
/// var stream = try StreamingTemporalApex(parameters, tokensPerFrame: 16, channels: 8)
/// while let frame = decoder.next() { try stream.append(describe(frame), time: frame.time) }
/// let kept = try stream.finish()
/// ```
package struct StreamingTemporalApex: Sendable {
  private let parameters: TemporalApexDistillation.Parameters
  private let tokensPerFrame: Int
  private let channels: Int
  private let announced: Int?
  private let video: String
  private var comparison: FrameComparison
  private var last: [Float] = []
  private var apexes: ApexStream
  private var best: BestFrames
  private var times: [Int: Double] = [:]

  /// How many frames have come.
  package private(set) var frames = 0

  /// A stream that has not begun.
  ///
  /// - Parameters:
  ///   - parameters: As for all frames at once; but `pick` must be `apex`, for the middle of a stretch has gone by when
  ///     the stretch is known.
  ///   - tokensPerFrame: N.
  ///   - channels: C.
  ///   - frames: How many frames will come; needed without a budget.
  ///   - video: The name of the video, for messages.
  /// - Throws: `KeyframeError` for a parameter out of range, or a ratio without a number of frames.
  package init(
    _ parameters: TemporalApexDistillation.Parameters, tokensPerFrame: Int, channels: Int,
    frames: Int? = nil, video: String = "stream"
  ) throws {
    try parameters.check()
    if parameters.pick == .midpoint {
      throw KeyframeError.parameter(
        selector: "tad", name: "pick", value: "midpoint", allowed: "apex in a stream")
    }
    guard let capacity = parameters.budget ?? frames.map(parameters.kept) else {
      throw KeyframeError.parameter(
        selector: "tad", name: "budget", value: "nothing",
        allowed: "given where the number of frames is not known beforehand")
    }
    self.parameters = parameters
    self.tokensPerFrame = tokensPerFrame
    self.channels = channels
    announced = frames
    self.video = video
    comparison = FrameComparison(
      tokensPerFrame: tokensPerFrame, channels: channels, reading: parameters.features)
    apexes = ApexStream(window: parameters.window)
    best = BestFrames(capacity: capacity, spreading: true)
  }

  /// Takes in the next frame.
  ///
  /// - Parameters:
  ///   - frame: N·C numbers.
  ///   - time: Its time, in seconds from the start of the video.
  /// - Returns: Its variation `s_t`.
  /// - Throws: `KeyframeError.notFinite` with the frame, `KeyframeError.frameSize`.
  /// - Complexity: O(N·C + W + log K).
  @discardableResult
  package mutating func append(_ frame: [Float], time: Double) throws -> Double {
    guard frame.count == tokensPerFrame * channels else {
      throw KeyframeError.frameSize(
        frame: frames, expected: tokensPerFrame * channels, received: frame.count)
    }
    let variation = try variation(of: frame)
    last = frame
    times[frames] = time
    if parameters.firstFrame == .copy, frames <= 1 {
      // The first frame takes the score of the second, so it has to wait for it.
      if frames == 1 { for frame in 0...1 { rank(variation, of: frame) } }
    } else {
      rank(variation, of: frames)
    }
    frames += 1
    return variation
  }

  /// Ends the stream.
  ///
  /// - Returns: The kept frames in time order: those of `TemporalApexDistillation` over all frames at once.
  /// - Throws: `KeyframeError.noFrames`, or `KeyframeError.frameCount` if another number of frames was announced.
  package mutating func finish() throws -> [KeptFrame] {
    if frames == 0 { throw KeyframeError.noFrames(video: video) }
    if let announced, announced != frames {
      throw KeyframeError.frameCount(expected: announced, received: frames)
    }
    if frames == 1, parameters.firstFrame == .copy { rank(0, of: 0) }
    while let decided = apexes.drain() { offer(decided) }
    return best.inTimeOrder.map {
      KeptFrame(
        index: $0.frame, time: times[$0.frame] ?? .nan, score: $0.score, isApex: $0.isApex)
    }
  }

  /// How many frames something is remembered of.
  var remembered: Int { times.count + best.candidates.count + apexes.waiting.count }

  private mutating func variation(of frame: [Float]) throws -> Double {
    let before = last
    let fast =
      frames == 0
      ? comparison.start(frame.span, at: 0)
      : comparison.next(frame.span, at: 0, after: before.span, at: 0)
    if let fast { return fast }
    guard frame.allSatisfy(\.isFinite) else {
      throw KeyframeError.notFinite(video: video, frame: frames)
    }
    return TAD.variation(
      before + frame, tokensPerFrame: tokensPerFrame, channels: channels,
      reading: parameters.features)[frames == 0 ? 0 : 1]
  }

  private mutating func rank(_ variation: Double, of frame: Int) {
    if let decided = apexes.append(variation, frame: frame) { offer(decided) }
  }

  private mutating func offer(_ decided: RankedFrame) {
    best.offer(
      parameters.ranked(decided.frame, variation: decided.score, isApex: decided.isApex))
    forgetTimes()
  }

  /// Forgets the times of frames that are neither kept nor waiting, now and then.
  private mutating func forgetTimes() {
    let most = best.capacity + best.tiedCount + parameters.window
    guard times.count > 2 * most + 64 else { return }
    let needed = Set(best.candidates).union(apexes.waiting)
    times = times.filter { needed.contains($0.key) || $0.key >= frames }
  }
}

/// Decides which scores of a stream are apexes, W/2 frames late.
struct ApexStream: Sendable {
  private let reach: Int
  /// The scores of the last W frames, oldest first.
  private var scores: [RankedFrame] = []
  /// How many of `scores` have been decided.
  private var decided = 0

  init(window: Int) { reach = window / 2 }

  /// The frames that are not decided yet.
  var waiting: [Int] { scores[decided...].map(\.frame) }

  /// Takes in a score; returns the frame that is decided by it, if one is.
  mutating func append(_ score: Double, frame: Int) -> RankedFrame? {
    scores.append(RankedFrame(frame: frame, score: score))
    return scores.count - decided > reach ? drain() : nil
  }

  /// Decides the oldest waiting frame with the scores there are.
  mutating func drain() -> RankedFrame? {
    guard decided < scores.count else { return nil }
    var frame = scores[decided]
    let before = scores[max(0, decided - reach)..<decided]
    let after = scores[decided..<min(scores.count, decided + reach + 1)]
    frame.isApex =
      before.allSatisfy { $0.score < frame.score } && after.allSatisfy { $0.score <= frame.score }
    decided += 1
    if decided > reach {
      scores.removeFirst()
      decided -= 1
    }
    return frame
  }
}
