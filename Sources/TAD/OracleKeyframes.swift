package import Core
internal import Plugins

/// Frames inside the true windows: what nobody can know, as an upper bound for those who guess.
///
/// Each window is a P1 clip of the frames whose times lie in it, or of the frame nearest to its middle where none does;
/// `AnyKeyframes` draws from them, a share `outside` from the rest of the video.
package struct OracleKeyframes: QuerySelector {
  /// What can be set.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many frames to keep.
    package var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget.
    package var ratio: Double?
    /// The share of the frames outside the true windows.
    package var outside = 0.0

    /// Half of the frames, inside the windows as far as they reach.
    package init() {}

    /// It chooses frames inside the true windows.
    package var readsTruth: Bool { true }

    /// One line a parameter.
    package static let keys = budgetKeys.merging([
      "outside": .real(0...1, "The share of the frames that is spread outside the true windows.")
    ]) { $1 }
  }

  /// The name it is known by.
  package static let name = "oracle"

  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: Self.name)
    if !(0...1).contains(parameters.outside) {
      throw KeyframeError.parameter(
        selector: Self.name, name: "outside", value: "\(parameters.outside)",
        allowed: "within 0 … 1")
    }
    self.parameters = parameters
  }

  /// Times alone, and the right answers.
  package var reads: FrameDetail { .times }

  /// Chooses frames for one prompt by its truth.
  package func select(_ prompt: Prompt) throws -> KeyframeSelection {
    let stretches = prompt.stretches
    guard !stretches.isEmpty else { throw KeyframeError.noTruth(prompt: prompt.id) }
    let times = prompt.evidence.timestamps
    let clips = stretches.map { KeyClip(covering: $0, times: times, priority: .first) }
    let drawing = AnyKeyframes(mode: .hybrid, hybridShare: parameters.outside)
    return KeyframeSelection(
      indices: drawing.indices(
        clips, budget: parameters.kept(of: times.count), frames: times.count))
  }
}
