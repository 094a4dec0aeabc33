public import Core

/// A question with its right answers, as annotation files have it.
public struct AnnotatedQuery: Sendable, Hashable {
  /// Its name, unique in its file.
  public let id: String
  /// The video it is about.
  public let video: String
  /// Its text.
  public let query: String
  /// The length of the video in seconds, where the file says so.
  public internal(set) var duration: Double?
  /// The right answers, in seconds.
  public internal(set) var windows: [Interval]
  /// The clips of two seconds that lie in them, where the file says so.
  public let clips: [Int]
  /// What each of several people said of each of those clips, 0 (very bad) … 4 (very good).
  public let saliency: [[Int]]
  /// Where its file has it, such as `line 3 of 'train.jsonl'`.
  public let place: String

  /// A question with its right answers.
  public init(
    id: String, video: String, query: String, duration: Double?, windows: [Interval],
    clips: [Int] = [], saliency: [[Int]] = [], place: String = "an annotation"
  ) {
    self.id = id
    self.video = video
    self.query = query
    self.duration = duration
    self.windows = windows
    self.clips = clips
    self.saliency = saliency
    self.place = place
  }
}
