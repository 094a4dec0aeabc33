import Core
import Testing

@testable import TAD

/// The slow twin: every step written down as in the paper, in double precision.
private func naive(
  _ features: FrameFeatures, _ parameters: TemporalApexDistillation.Parameters
) -> [Int] {
  let variation = variation(
    features.values.map(Double.init), tokensPerFrame: features.tokensPerFrame,
    channels: features.channels, reading: parameters.features, firstFrame: parameters.firstFrame)
  let reach = parameters.window / 2
  let scores = variation.indices.map { frame in
    let window = max(0, frame - reach)...min(variation.count - 1, frame + reach)
    let largest = window.map { variation[$0] }.max()
    let first = window.first { variation[$0] == largest }
    var score = variation[frame]
    if first == frame {
      score = parameters.boost == .add ? score + parameters.omega : score * parameters.omega
    }
    return frame == 0 && parameters.firstFrame == .keep ? .infinity : score
  }
  let ranked = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
  return ranked.prefix(parameters.kept(of: features.frames)).sorted()
}

/// Parameters of every kind, drawn.
private func drawn(_ seed: Int) -> TemporalApexDistillation.Parameters {
  var generator = Seed(UInt64(seed)).generator()
  var parameters = TemporalApexDistillation.Parameters()
  parameters.budget = 1 + generator.integer(below: 20)
  parameters.window = 1 + 2 * generator.integer(below: 5)
  parameters.features = FeatureReading.allCases[generator.integer(below: 3)]
  parameters.firstFrame = FirstFrame.allCases[generator.integer(below: 3)]
  parameters.boost = generator.uniform() < 0.5 ? .add : .multiply
  parameters.omega = [0.3, 1, 2][generator.integer(below: 3)]
  return parameters
}

@Suite("Temporal Apex Distillation at speed")
struct FastTemporalApexTests {
  @Test("chooses what the slow twin chooses, for every option and odd sizes", arguments: 0..<60)
  func twin(seed: Int) throws {
    let sizes = [(1, 1, 3), (5, 2, 7), (40, 3, 8), (33, 1, 16), (61, 4, 37), (24, 16, 64)]
    let (frames, tokens, channels) = sizes[seed % sizes.count]
    let features = walk(frames: frames, tokens: tokens, channels: channels, seed: UInt64(seed))
    let selector = try TemporalApexDistillation(drawn(seed))
    let kept = try selector.select(features, video: "v")
    #expect(kept.indices == naive(features, selector.parameters))
  }

  @Test(
    "has the variation of the slow twin within single precision", arguments: FeatureReading.allCases
  )
  func variations(reading: FeatureReading) throws {
    let features = walk(frames: 50, tokens: 5, channels: 37)
    var parameters = TemporalApexDistillation.Parameters()
    parameters.features = reading
    parameters.omega = 1
    let scores = try TemporalApexDistillation(parameters).select(features, video: "v").scores
    let exact = features.variation(reading: reading)
    #expect(zip(scores, exact).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("chooses the same for any number of threads, and as one video at a time", arguments: 1...3)
  func threads(count: Int) throws {
    let lengths = [40, 1, 17, 90, 64]
    let videos = lengths.enumerated().map { walk(frames: $1, seed: UInt64($0)) }
    let selector = try TemporalApexDistillation()
    let batch = try BatchTemporalApex(selector, threads: count).select(
      videos.flatMap(\.values), frames: lengths, tokensPerFrame: 3, channels: 8)
    #expect(batch == (try videos.map { try selector.select($0, video: "v") }))
  }

  @Test("names the video and the frame that cannot be used")
  func broken() throws {
    var values = walk(frames: 30).values
    values[24 * 21] = .nan
    let batch = BatchTemporalApex(try TemporalApexDistillation(), threads: 2)
    let said = message {
      _ = try batch.select(values, frames: [10, 20], tokensPerFrame: 3, channels: 8)
    }
    #expect(said.hasPrefix("Frame 11 of video '1' has a feature that is not a finite number."))
  }

  @Test("falls back to double precision where squares overflow")
  func huge() throws {
    let features = walk(frames: 40)
    let huge = FrameFeatures(
      values: features.values.map { $0 * 1e30 }, tokensPerFrame: 3, channels: 8,
      timestamps: features.timestamps, duration: features.duration)
    let selector = try TemporalApexDistillation()
    let kept = try selector.select(features, video: "v").indices
    #expect(try selector.select(huge, video: "v").indices == kept)
  }
}

@Suite("Temporal Apex Distillation of a stream")
struct StreamingTemporalApexTests {
  @Test("keeps what it keeps with all frames at once", arguments: 0..<60)
  func sameAsBatch(seed: Int) throws {
    let frames = [1, 2, 5, 40, 333][seed % 5]
    let features = walk(frames: frames, seed: UInt64(seed))
    let parameters = drawn(seed)
    var stream = try StreamingTemporalApex(parameters, tokensPerFrame: 3, channels: 8)
    for frame in 0..<frames {
      try stream.append(Array(features[frame: frame]), time: features.timestamps[frame])
    }
    let kept = try stream.finish()
    let whole = try TemporalApexDistillation(parameters).select(features, video: "v")
    #expect(kept.map(\.index) == whole.indices)
    #expect(kept.map(\.time) == whole.indices.map { features.timestamps[$0] })
    #expect(kept.map(\.score) == whole.indices.map { whole.scores[$0] })
    #expect(kept.map(\.isApex) == whole.indices.map(whole.apexes.contains))
  }

  @Test(
    "of a still video, or one with long still stretches, shows frames from all over it",
    arguments: [1, 3, 4, 7, 16], [0, 5, 30])
  func still(budget: Int, moving: Int) throws {
    // `moving` frames that differ, then 100 that are all alike.
    let walked = walk(frames: max(1, moving), seed: 3)
    let last = Array(walked[frame: max(1, moving) - 1])
    let values = walked.values + (0..<100).flatMap { _ in last }
    let frames = values.count / 24
    var parameters = TemporalApexDistillation.Parameters()
    parameters.budget = budget + max(0, moving - 1)
    let features = FrameFeatures(
      values: values, tokensPerFrame: 3, channels: 8,
      timestamps: (0..<frames).map(Double.init), duration: Double(frames))
    let whole = try TemporalApexDistillation(parameters).select(features, video: "v")
    let quiet = whole.indices.filter { $0 >= moving || whole.scores[$0] == 0 }
    let gaps = zip(quiet, quiet.dropFirst() + [frames]).map { $1 - $0 }
    #expect(quiet.count == budget)
    #expect(gaps.max() ?? 0 <= 2 * frames / budget)
    var stream = try StreamingTemporalApex(parameters, tokensPerFrame: 3, channels: 8)
    for frame in 0..<frames {
      try stream.append(Array(features[frame: frame]), time: features.timestamps[frame])
    }
    let kept = try stream.finish()
    #expect(kept.map(\.index) == whole.indices)
    #expect(kept.map(\.time) == whole.indices.map { features.timestamps[$0] })
  }

  @Test("selects by ratio where the number of frames is known, and holds the stream to it")
  func ratio() throws {
    var parameters = TemporalApexDistillation.Parameters()
    parameters.ratio = 0.25
    var stream = try StreamingTemporalApex(parameters, tokensPerFrame: 3, channels: 8, frames: 20)
    let features = walk(frames: 20)
    for frame in 0..<19 { try stream.append(Array(features[frame: frame]), time: 0) }
    let said = message { [stream] in
      var short = stream
      _ = try short.finish()
    }
    #expect(
      said == """
        The stream ended after 19 frames, but 20 were announced. Announce the true number of \
        frames, or select by budget.
        """)
    try stream.append(Array(features[frame: 19]), time: 0)
    let kept = try stream.finish().map(\.index)
    #expect(kept == (try TemporalApexDistillation(parameters).select(features, video: "v").indices))
    let unknown = message {
      _ = try StreamingTemporalApex(parameters, tokensPerFrame: 3, channels: 8)
    }
    #expect(unknown.contains("given where the number of frames is not known beforehand"))
  }

  @Test("refuses a frame of another size and one that is not finite")
  func refusals() throws {
    var parameters = TemporalApexDistillation.Parameters()
    parameters.budget = 4
    var stream = try StreamingTemporalApex(
      parameters, tokensPerFrame: 2, channels: 2, video: "cat")
    try stream.append([1, 2, 3, 4], time: 0)
    #expect(
      message { try stream.append([1, 2], time: 1) } == """
        Frame 1 of the stream has 2 features, but 4 were expected. Describe every frame of a video \
        with the same model.
        """)
    #expect(
      message { try stream.append([1, 2, .nan, 4], time: 1) }.hasPrefix("Frame 1 of video 'cat'"))
  }

  @Test("remembers no more than window and budget, however long the stream")
  func bounded() throws {
    var parameters = TemporalApexDistillation.Parameters()
    parameters.budget = 4
    var stream = try StreamingTemporalApex(parameters, tokensPerFrame: 1, channels: 2)
    for frame in 0..<5_000 {
      try stream.append([Float(frame % 7), 1], time: Double(frame))
      #expect(stream.remembered < 4 * (4 + 3) + 64)
    }
  }
}
