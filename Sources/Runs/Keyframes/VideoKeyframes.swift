internal import Core
package import TAD

/// The frames that selectors chose from one video, and how good they are.
package struct VideoKeyframes: Sendable, Encodable {
  /// A chosen frame.
  package struct Frame: Sendable, Hashable, Encodable {
    /// Its number in the video, from 0.
    package var index: Int
    /// When it is shown, in seconds.
    package var time: Double
    /// What the selector ranked it by; `nil` where it ranks nothing.
    package var score: Double?
    /// Whether it is an apex, or the first frame of a found scene.
    package var apex: Bool
  }

  /// What one selector chose.
  package struct Choice: Sendable, Encodable {
    /// Who chose.
    package var selector: String
    /// The chosen frames in time order.
    package var keyframes: [Frame]
    /// Whether the selector looked at a query.
    package var looksAtQuery: Bool
    /// Frames it scanned and operations it spent.
    package var cost: SelectionCost
    /// The largest gap as a multiple of uniform's.
    package var coverage: Double
    /// The share of true cuts that were found; `nil` where none are known.
    package var cutRecall: Double?
    /// How the frames meet the true windows; `nil` where none are known.
    package var windows: StretchQuality?
  }

  /// The name of the video.
  package var video: String
  /// How many frames it has.
  package var frames: Int
  /// How long it lasts, in seconds.
  package var duration: Double
  /// Its average number of frames a second.
  package var rate: Double
  /// What each selector chose.
  package var selections: [Choice]
  /// The agreement (Jaccard) of each selector with each.
  package var agreement: [[Double]]

  /// What pictures and tables are drawn from, not part of the JSON.
  var evidence: KeyframeEvidence

  private enum CodingKeys: String, CodingKey {
    case video, frames, duration, rate, selections, agreement
  }
}

/// What frames were chosen from.
struct KeyframeEvidence: Sendable {
  /// The file with the pictures, if there is one.
  var picturePath: String?
  /// The time of every frame.
  var times: [Double]
  /// How much each frame differs from the one before.
  var variation: [Double]
  /// The descriptors, where they were kept.
  var features: FrameFeatures
  /// What is known of the video.
  var truth: KeyframeTruth?

  /// The true cuts in seconds.
  var cutTimes: [Double] { truth?.cutTimes(times) ?? [] }
}

extension VideoKeyframes {
  /// What one of the selectors chose.
  func choice(_ place: Int) -> VideoKeyframes {
    var copy = self
    (copy.selections, copy.agreement) = ([selections[place]], [[1]])
    return copy
  }

  /// The numbers of all chosen frames, each once, ascending.
  var chosenFrames: [Int] {
    Set(selections.flatMap { $0.keyframes.map(\.index) }).sorted()
  }

  /// Judges selections.
  init(
    video: String, rate: Double, evidence: KeyframeEvidence, choices: [KeyframeChoice],
    selections: [KeyframeSelection], tolerance: Int
  ) {
    let features = evidence.features
    self.video = video
    frames = evidence.times.count
    duration = features.duration
    self.rate = rate
    self.evidence = evidence
    self.selections = zip(choices, selections).map { choice, selection in
      Self.judged(choice, selection, evidence, tolerance: tolerance, rate: rate)
    }
    agreement = selections.map { first in
      selections.map { KeyframeQuality.jaccard(first.indices, $0.indices) }
    }
  }

  private static func judged(
    _ choice: KeyframeChoice, _ selection: KeyframeSelection, _ evidence: KeyframeEvidence,
    tolerance: Int, rate: Double
  ) -> Choice {
    let apexes = Set(selection.apexes)
    let chosen = selection.indices.map { index in
      Frame(
        index: index, time: evidence.times[index],
        score: selection.scores.isEmpty ? nil : selection.scores[index],
        apex: apexes.contains(index))
    }
    let windows = evidence.truth?.intervals ?? []
    // Half a frame more: times of neighbours differ by rounding.
    let reach = (Double(tolerance) + 0.5) / max(rate, 1e-9)
    return Choice(
      selector: choice.label, keyframes: chosen, looksAtQuery: choice.selector.looksAtQuery,
      cost: selection.cost,
      coverage: KeyframeQuality.coverage(selection.indices, times: evidence.times),
      cutRecall: KeyframeQuality.cutRecall(
        chosen.map(\.time), truth: evidence.cutTimes, tolerance: reach),
      windows: windows.isEmpty
        ? nil : StretchQuality(times: chosen.map(\.time), stretches: windows))
  }
}
