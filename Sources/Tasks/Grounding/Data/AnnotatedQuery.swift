package import Core

/// A question with its right answers, as annotation files have it.
package struct AnnotatedQuery: Sendable, Hashable {
  /// Its name, unique in its file.
  package let id: String
  /// The video it is about.
  package let video: String
  /// Its text.
  package let query: String
  /// The length of the video in seconds, where the file says so.
  package internal(set) var duration: Double?
  /// The right answers, in seconds.
  package internal(set) var windows: [Interval]
  /// The clips of two seconds that lie in them, where the file says so.
  package let clips: [Int]
  /// What each of several people said of each of those clips, 0 (very bad) … 4 (very good).
  package let saliency: [[Int]]
  /// Where its file has it, such as `line 3 of 'train.jsonl'`.
  package let place: String

  /// A question with its right answers.
  package init(
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
