package import Core

/// A control: every window moved by the same number of seconds, as far as the video allows.
package struct ShiftedWindows: WindowSource {
  /// What can be chosen.
  package struct Parameters: Sendable, Hashable, Codable {
    /// How far windows move, in seconds; below 0 they move towards the start.
    package var shift: Double

    /// The defaults.
    package init() { self.init(shift: 10) }

    /// A shift in seconds.
    package init(shift: Double) { self.shift = shift }
  }

  private let base: any WindowSource
  private let shift: Double

  /// Another source's windows, moved.
  ///
  /// - Throws: `TeacherError.parameter`.
  package init(_ base: any WindowSource, _ parameters: Parameters) throws {
    try check("shift", parameters.shift, "finite") { $0.isFinite }
    self.base = base
    shift = parameters.shift
  }

  /// Depends on the other source and the shift.
  package var identity: String { ContentHash.of(["shifted", base.identity, "\(shift)"]) }

  /// The moved windows; lengths and confidences stay.
  ///
  /// - Throws: What the other source throws.
  package func windows(for prompt: Prompt) throws -> [ScoredInterval] {
    try base.windows(for: prompt).map { window in
      let lowest = min(0, -window.interval.start)
      let highest = max(0, prompt.duration - window.interval.end)
      let step = min(max(shift, lowest), highest)
      return ScoredInterval(
        Interval(window.interval.start + step, window.interval.end + step),
        confidence: window.confidence)
    }
  }
}

/// A control: a source that is confidently wrong on a known share of prompts.
///
/// Which prompts is decided by seed and id alone, so what a curriculum keeps or drops can be judged by precision and
/// recall against `isPlanted`. On a planted prompt the windows lie where the surest true belief does not.
package struct UnreliableWindows: WindowSource {
  /// What can be chosen.
  package struct Parameters: Sendable, Hashable, Codable {
    /// The expected share of prompts with wrong windows, 0 … 1.
    package var share: Double
    /// What decides which prompts.
    package var seed: Seed

    /// The defaults.
    package init() { self.init(share: 0.25) }

    /// A share of prompts, drawn by a seed.
    package init(share: Double, seed: Seed = Seed(0)) {
      self.share = share
      self.seed = seed
    }
  }

  private let base: any WindowSource
  private let parameters: Parameters

  /// Another source's windows, wrong on some prompts.
  ///
  /// - Throws: `TeacherError.parameter`.
  package init(_ base: any WindowSource, _ parameters: Parameters) throws {
    try check("share", parameters.share, "from 0 to 1") { $0 >= 0 && $0 <= 1 }
    self.base = base
    self.parameters = parameters
  }

  /// Depends on the other source, the share and the seed.
  package var identity: String {
    ContentHash.of([
      "unreliable", base.identity, "\(parameters.share)", "\(parameters.seed.value)",
    ])
  }

  /// Whether the windows of a prompt are wrong.
  package func isPlanted(_ prompt: String) -> Bool {
    parameters.seed.draws(parameters.share, of: prompt)
  }

  /// Those of some prompts whose windows are wrong, in the given order.
  package func planted(among prompts: some Sequence<String>) -> [String] {
    prompts.filter(isPlanted)
  }

  /// The other source's windows, or on a planted prompt one wrong window with the confidence of the surest.
  ///
  /// - Throws: What the other source throws.
  package func windows(for prompt: Prompt) throws -> [ScoredInterval] {
    let windows = try base.windows(for: prompt)
    let surest = windows.max { $0.confidence < $1.confidence }
    guard isPlanted(prompt.id), let surest else { return windows }
    let wrong = surest.interval.elsewhere(in: prompt.duration)
    return [ScoredInterval(wrong, confidence: surest.confidence)]
  }
}

extension Interval {
  /// A stretch of at most the same length in the middle of the longer part of the video that this one leaves free.
  ///
  /// Where nothing is free it is the first tenth of the video.
  func elsewhere(in duration: Double) -> Interval {
    let before = max(0, min(start, duration))
    let after = max(0, duration - max(end, 0))
    guard max(before, after) > 0 else { return Interval(0, duration / 10) }
    let gap = before >= after ? Interval(0, before) : Interval(duration - after, duration)
    let width = min(length, gap.length)
    let middle = (gap.start + gap.end) / 2
    return Interval(middle - width / 2, middle + width / 2)
  }
}
