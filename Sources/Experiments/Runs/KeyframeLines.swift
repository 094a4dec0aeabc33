internal import Foundation
internal import Core
internal import TAD

/// The lines of `keyframes.jsonl`: which frames the student sees of each question it is evaluated on.
enum KeyframeLines {
  static let name = "keyframes.jsonl"

  /// One question.
  struct Line: Codable, Sendable {
    /// The question.
    var id: String
    /// Its video.
    var video: String
    /// The length of the video, seconds.
    var duration: Double
    /// How many frames there are.
    var frames: Int
    /// How many of them are seen.
    var seen: Int
    /// The times of those seen, seconds; `nil` where all are.
    var times: [Double]?
    /// The right windows, seconds.
    var truth: [[Double]]
    /// How well the frames meet the windows; `nil` where there are none.
    var quality: WindowQuality?
    /// The largest stretch without a frame, in units of that of evenly spaced ones; `nil` where all frames are seen.
    var gap: Double?

    init(_ prompt: Prompt) {
      let visible = prompt.visible
      id = prompt.id
      video = prompt.video
      duration = prompt.duration
      frames = prompt.evidence.frames
      seen = visible.frames
      times = prompt.keyframes.map { _ in visible.timestamps }
      truth = prompt.truth.map { [$0.start, $0.end] }
      if seen > 0, !prompt.truth.isEmpty {
        quality = WindowQuality(times: visible.timestamps, windows: prompt.truth)
      }
      gap = prompt.keyframes.flatMap {
        $0.isEmpty ? nil : KeyframeQuality.coverage($0.sorted(), of: frames)
      }
    }
  }

  /// The lines of questions, ending in a line feed.
  static func text(_ prompts: [Prompt]) -> String {
    prompts.map { RunLines.json(Line($0)) + "\n" }.joined()
  }
}
