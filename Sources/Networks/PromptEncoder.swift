internal import Foundation
package import Core

/// Writes a prompt as rows of the decoder's input: its visible frames with their times, its query, its words.
///
/// A feature row is the frame's channels followed by what the decoder must know of them: which token of the frame it is,
/// whether it is the query, and the frame's true time as a share u of the video: u itself and sin, cos of 2π·2ʲ·u.
/// Channels of a keyframe with a gate are multiplied by it; what tells frames apart is not.
/// Its rotary position is its row's number or, with `timeSteps`, its time.
/// Source of the time encoding: Vaswani et al., arXiv:1706.03762, §3.5, with octaves for wavelengths; of rotary positions
/// that are times: Bai et al., "Qwen2.5-VL Technical Report", arXiv:2502.13923, §2.1.2.
package struct PromptEncoder: Sendable, Hashable, Codable {
  /// C: channels of a frame token.
  package var channels: Int
  /// N: tokens a frame.
  package var tokensPerFrame: Int
  /// How many octaves the time encoding has.
  package var timeOctaves: Int
  /// What features are multiplied by, to bring them to a root mean square near 1.
  package var scale: Float
  /// S: how many rotary positions a whole video spans, at least 1; `nil` where a position is the number of a row.
  ///
  /// A frame at the share u of its video stands at ⌊S·u⌋, all its tokens at the same position; the query stands at S and
  /// words follow. So what lies between a frame and the answer is a time, whichever frames were kept.
  package var timeSteps: Int?

  /// Whether the question stands before the frames, so that a causal decoder reads them knowing it; after them if `nil`.
  ///
  /// Optional, so that an encoder without is written as it always was.
  package var questionFirst: Bool?

  /// The words of answers that point at frames; none if `nil`.
  package var timeTokens: TimeTokens?

  /// An encoder for features of a shape.
  package init(
    channels: Int, tokensPerFrame: Int, timeOctaves: Int = 6, scale: Float = 1,
    timeSteps: Int? = nil, questionFirst: Bool? = nil, timeTokens: TimeTokens? = nil
  ) {
    self.channels = channels
    self.tokensPerFrame = tokensPerFrame
    self.timeOctaves = timeOctaves
    self.scale = scale
    self.timeSteps = timeSteps
    self.questionFirst = questionFirst
    self.timeTokens = timeTokens
  }

  /// Numbers of an encoded row.
  package var width: Int { channels + tokensPerFrame + 2 + 2 * timeOctaves }

  /// The rows of a prompt.
  ///
  /// - Throws: `PromptEncodingError` where the features have another shape.
  package func rows(_ prompt: Prompt) throws -> PromptRows {
    let frames = prompt.visible
    try check(prompt, frames)
    var rows = arranged(prompt, frames)
    rows.targets = targets(of: frames, after: rowsBefore(prompt))
    return rows
  }

  /// Frames and question in their order.
  private func arranged(_ prompt: Prompt, _ frames: FrameFeatures) -> PromptRows {
    let places = positions(of: frames)
    let span = timeSteps ?? places.count
    let query = prompt.queryEmbedding == nil ? 0 : 1
    if questionFirst == true {
      let asked = query + prompt.tokens.count
      let spots = Array(0..<asked) + places.map { asked + $0 }
      return PromptRows(
        tokens: Array(repeating: 0, count: query) + prompt.tokens
          + Array(repeating: 0, count: places.count),
        places: Array(0..<query) + (asked..<spots.count),
        features: queryRow(prompt) + frameRows(frames, prompt.gates),
        spots: spots.map { RotarySpot(text: $0) }, responsePosition: asked + span)
    }
    return PromptRows(
      features: frameRows(frames, prompt.gates) + queryRow(prompt),
      featureRows: places.count + query, tokens: prompt.tokens,
      featurePositions: places + Array(repeating: span, count: query),
      firstTokenPosition: span + query)
  }

  /// How many feature rows stand before those of frames.
  package func rowsBefore(_ prompt: Prompt) -> Int {
    questionFirst == true && prompt.queryEmbedding != nil ? 1 : 0
  }

  /// The channels of frames as they stand in their rows, ungated: F·N·C numbers.
  package func channels(of frames: FrameFeatures) -> [Float] { frames.values.map { $0 * scale } }

  /// Refuses a prompt whose frames, here those in view, have another shape.
  ///
  /// - Throws: `PromptEncodingError`.
  package func check(_ prompt: Prompt, _ frames: FrameFeatures) throws {
    guard frames.channels == channels, frames.tokensPerFrame == tokensPerFrame else {
      throw PromptEncodingError.shape(
        prompt: prompt.id, expected: [tokensPerFrame, channels],
        received: [frames.tokensPerFrame, frames.channels])
    }
    if let gates = prompt.gates, gates.count != frames.frames {
      throw PromptEncodingError.gates(
        prompt: prompt.id, expected: frames.frames, received: gates.count)
    }
    guard frames.frames > 0 || prompt.queryEmbedding != nil || !prompt.tokens.isEmpty else {
      throw PromptEncodingError.empty(prompt: prompt.id)
    }
  }

  private func frameRows(_ frames: FrameFeatures, _ gates: [Double]?) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity((frames.frames * tokensPerFrame + 1) * width)
    for frame in 0..<frames.frames {
      let time = encoded(frames.timestamps[frame] / frames.duration)
      let source = frames[frame: frame]
      let factor = gates.map { scale * Float($0[frame]) } ?? scale
      for token in 0..<tokensPerFrame {
        let start = source.startIndex + token * channels
        values.append(contentsOf: source[start..<start + channels].lazy.map { $0 * factor })
        for other in 0..<tokensPerFrame { values.append(other == token ? 1 : 0) }
        values.append(0)
        values.append(contentsOf: time)
      }
    }
    return values
  }

  /// The query as a row, empty where tokens carry it.
  private func queryRow(_ prompt: Prompt) -> [Float] {
    guard let query = prompt.queryEmbedding else { return [] }
    return query.map { $0 * scale } + [Float](repeating: 0, count: tokensPerFrame) + [1]
      + [Float](repeating: 0, count: 1 + 2 * timeOctaves)
  }

  /// The rotary position of each frame's rows, the first frame's or the video's begin at 0.
  private func positions(of frames: FrameFeatures) -> [Int] {
    guard let timeSteps else { return Array(0..<frames.frames * tokensPerFrame) }
    return frames.timestamps.flatMap { time in
      repeatElement(position(time / frames.duration, of: timeSteps), count: tokensPerFrame)
    }
  }

  /// ⌊S·u⌋ within 0 ..< S; a frame on the border of two steps, but for rounding, belongs to the later one.
  private func position(_ share: Double, of steps: Int) -> Int {
    let step = (share * Double(steps) + 1e-6).rounded(.down)
    return step > 0 ? Int(min(step, Double(steps - 1))) : 0
  }

  /// The gradient of a loss in the evidence of a prompt, from that in its rows: the way back of `rows(_:)`.
  ///
  /// The gather of keyframes is differentiable: what the rows of a keyframe get goes to the frame they were taken from, and
  /// frames that were not kept get 0. `y = g·scale·x`, so `∂L/∂x = g·scale·∂L/∂y` and `∂L/∂g = Σ scale·x·∂L/∂y`.
  ///
  /// - Parameters:
  ///   - prompt: The prompt that `rows(_:)` was given.
  ///   - rows: The gradient in its feature rows, `featureRows · width` numbers.
  /// - Returns: The gradient in the evidence and in the gates.
  /// - Precondition: There are as many numbers as the prompt has in its rows.
  package func evidenceGradient(_ prompt: Prompt, rows: [Double]) -> EvidenceGradient {
    let evidence = prompt.evidence
    let kept = prompt.keyframes ?? Array(0..<evidence.frames)
    let before = rowsBefore(prompt) * width
    precondition(
      rows.count >= before + kept.count * tokensPerFrame * width,
      "\(rows.count) numbers are fewer than \(kept.count) frames have.")
    var result = EvidenceGradient(values: [Double](repeating: 0, count: evidence.values.count))
    for (place, frame) in kept.enumerated() {
      let gate = prompt.gates?[place] ?? 1
      var sum = 0.0
      for token in 0..<tokensPerFrame {
        let row = before + (place * tokensPerFrame + token) * width
        let target = frame * evidence.stride + token * channels
        for channel in 0..<channels {
          let slope = Double(scale) * rows[row + channel]
          result.values[target + channel] += gate * slope
          sum += slope * Double(evidence.values[target + channel])
        }
      }
      if prompt.gates != nil { result.gates.append(sum) }
    }
    return result
  }

  private func encoded(_ share: Double) -> [Float] {
    [Float(share)]
      + (0..<timeOctaves).flatMap { octave in
        let angle = 2 * Double.pi * Double(1 << octave) * share
        return [Float(sin(angle)), Float(cos(angle))]
      }
  }
}

/// The gradient of a loss in what a prompt shows.
package struct EvidenceGradient: Sendable, Hashable {
  /// ∂L/∂x of every number of the evidence, F·N·C; 0 for frames that are not shown.
  package var values: [Double]

  /// ∂L/∂g of every gate, one a keyframe; empty where there are no gates.
  package var gates: [Double] = []

  /// A gradient.
  package init(values: [Double], gates: [Double] = []) {
    self.values = values
    self.gates = gates
  }
}

/// Why a prompt cannot be written as input rows.
package enum PromptEncodingError: ExplainedError, Hashable {
  /// The features have another shape than the policy was made for: [tokens a frame, channels].
  case shape(prompt: String, expected: [Int], received: [Int])
  /// There are not as many gates as keyframes.
  case gates(prompt: String, expected: Int, received: Int)
  /// A selector set gates of frames among which the student's encoder chooses and sets its own.
  case gatedTwice(prompt: String)
  /// There is nothing to read.
  case empty(prompt: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .shape(let prompt, let expected, let received):
      """
      Prompt '\(prompt)' has \(received[0]) tokens a frame of \(received[1]) channels, but the policy reads \
      \(expected[0]) of \(expected[1]).
      """
    case .gates(let prompt, let expected, let received):
      "Prompt '\(prompt)' has \(received) gates for \(expected) keyframes."
    case .gatedTwice(let prompt):
      "Prompt '\(prompt)' has gates of a selector, and the student's encoder sets gates of its own."
    case .empty(let prompt): "Prompt '\(prompt)' has neither frames nor words."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .shape: "Use the features the policy was trained with, or train a policy for these."
    case .gates: "Set gates together with keyframes."
    case .gatedTwice: "Leave straightThrough out of the run's keyframes, or tad out of the encoder."
    case .empty: "Give it a keyframe budget of at least 1."
    }
  }
}
