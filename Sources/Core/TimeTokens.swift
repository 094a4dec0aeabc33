/// Words that name times, or stretches between two of them: the first words of a vocabulary.
///
/// Time v is v·step seconds after the start of a video. Stretches are in the order of their starts, and of their ends for one start:
/// 0–1, 0–2, …, 1–2, ….
public struct TimeTokens: Sendable, Hashable, Codable {
  /// How many times there are.
  public var times: Int
  /// The time between neighbours, in seconds.
  public var step: Double
  /// Whether each word names two times, the start and the end of a stretch.
  public var areStretches: Bool

  /// Words for times.
  public init(times: Int, step: Double, areStretches: Bool = false) {
    self.times = times
    self.step = step
    self.areStretches = areStretches
  }
}
