internal import Records
internal import Foundation
package import Core
package import TAD

/// The lines of `keyframes.jsonl`: which frames the student sees of each question it is evaluated on.
package enum KeyframeLines {
  package static let name = "keyframes.jsonl"

  /// One question.
  package struct Line: Codable, Sendable {
    /// The question.
    package var id: String
    /// Its video.
    package var video: String
    /// The length of the video, seconds.
    package var duration: Double
    /// How many frames there are.
    package var frames: Int
    /// How many of them are seen.
    package var seen: Int
    /// The times of those seen, seconds; `nil` where all are.
    package var times: [Double]?
    /// The right answers that are stretches of time, seconds.
    package var truth: [[Double]]
    /// How well the frames meet them; `nil` where there are none.
    package var quality: StretchQuality?
    /// The largest stretch without a frame, in units of that of evenly spaced ones; `nil` where all frames are seen.
    package var gap: Double?

    package init(_ prompt: Prompt) {
      let visible = prompt.visible
      id = prompt.id
      video = prompt.video
      duration = prompt.duration
      frames = prompt.evidence.frames
      seen = visible.frames
      times = prompt.keyframes.map { _ in visible.timestamps }
      let stretches = prompt.stretches
      truth = stretches.map { [$0.start, $0.end] }
      if seen > 0, !stretches.isEmpty {
        quality = StretchQuality(times: visible.timestamps, stretches: stretches)
      }
      gap = prompt.keyframes.flatMap {
        $0.isEmpty ? nil : KeyframeQuality.coverage($0.sorted(), of: frames)
      }
    }
  }

  /// The lines of questions, ending in a line feed.
  package static func text(_ prompts: [Prompt]) -> String {
    prompts.map { JSONText.line(Line($0)) + "\n" }.joined()
  }
}
