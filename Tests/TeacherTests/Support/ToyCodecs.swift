import Core
import Tasks

/// Writes whole seconds in decimal, "7-12": answers of different lengths.
struct DecimalCodec: WindowCodec {
  let vocabulary = Vocabulary(
    words: ["-", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ";", "?"], end: ";")
  var maximumLength: Int { 8 }

  func encode(_ interval: Interval, duration: Double) -> [Token] {
    "\(Int(interval.start))-\(Int(interval.end));".compactMap { vocabulary[String($0)] }
  }

  func decode(_ tokens: [Token], duration: Double) -> Interval? {
    let ends = vocabulary.text(tokens).split(separator: "-").compactMap { Double($0) }
    return ends.count == 2 ? Interval(ends[0], ends[1]) : nil
  }

  func grid(duration: Double) -> [Interval] {
    (0..<Int(duration)).flatMap { start in
      (start + 1...Int(duration)).map { Interval(Double(start), Double($0)) }
    }
  }
}

/// Writes one token a clip boundary: start, end, stop.
struct ClipCodec: WindowCodec {
  let clip: Double
  let vocabulary: Vocabulary
  var maximumLength: Int { 3 }

  init(clips: Int = 75, clip: Double = 2) {
    self.clip = clip
    vocabulary = Vocabulary(words: (0...clips).map { "<\($0)>" } + ["stop"], end: "stop")
  }

  func encode(_ interval: Interval, duration: Double) -> [Token] {
    [Int(interval.start / clip), Int(interval.end / clip), vocabulary.end]
  }

  func decode(_ tokens: [Token], duration: Double) -> Interval? {
    guard tokens.count >= 2 else { return nil }
    return Interval(Double(tokens[0]) * clip, Double(tokens[1]) * clip)
  }

  func grid(duration: Double) -> [Interval] {
    let clips = Int(duration / clip)
    return (0..<clips).flatMap { start in
      (start + 1...clips).map { Interval(Double(start) * clip, Double($0) * clip) }
    }
  }
}

extension Prompt {
  /// A prompt about a video of which only the length matters.
  static func toy(
    _ id: String = "a", duration: Double = 12, video: String = "v", truth: [Interval] = []
  ) -> Prompt {
    Prompt(
      id: id, video: video, query: "what happens in \(id)", tokens: [1, 2],
      evidence: FrameFeatures(
        values: [0.5, 1.5], tokensPerFrame: 1, channels: 1, timestamps: [0, duration / 2],
        duration: duration), truth: truth)
  }
}

extension ScoredInterval {
  init(_ start: Double, _ end: Double, _ confidence: Double) {
    self.init(Interval(start, end), confidence: confidence)
  }
}

extension [[ScoredAnswer]] {
  /// The answers that are windows.
  var windows: [[ScoredInterval]] {
    map { answers in
      answers.compactMap { scored in
        (scored.answer as? Interval).map { ScoredInterval($0, confidence: scored.confidence) }
      }
    }
  }
}
