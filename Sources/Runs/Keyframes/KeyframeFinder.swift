internal import Video
package import Core
internal import TAD

/// Finds keyframes in videos and in files of features, by one or several selectors.
package struct KeyframeFinder: Sendable {
  /// What chooses.
  package var choices: [KeyframeChoice]

  /// What is known of a video, by its name.
  package var truth: @Sendable (String) -> KeyframeTruth?

  /// How many frames from a true cut a keyframe still finds it.
  package var tolerance: Int

  /// Whether the descriptors of the frames are kept, for a file of features.
  package var keepsFeatures: Bool

  /// The stream of selectors that draw.
  package var seed: Seed

  /// The question that selectors read which look at one.
  package var query = ""

  /// The question in the space of the features, if it is known there.
  package var queryEmbedding: [Float]?

  /// What it met with fewer frames than were asked for.
  package let short = ShortVideos()

  /// A finder.
  package init(
    _ choices: [KeyframeChoice],
    truth: @escaping @Sendable (String) -> KeyframeTruth? = { _ in nil },
    tolerance: Int = 1, keepsFeatures: Bool = false, seed: Seed = Seed(0)
  ) {
    self.choices = choices
    self.truth = truth
    self.tolerance = tolerance
    self.keepsFeatures = keepsFeatures
    self.seed = seed
  }

  /// The keyframes of a video.
  ///
  /// - Parameters:
  ///   - path: The video.
  ///   - name: What to call it; the name of its file if left out.
  ///   - stored: Features to select by instead of the video's own descriptors.
  ///   - progress: Is told how many frames were read, and how many the header announces.
  /// - Returns: What each selector chose.
  /// - Throws: `VideoError` for a video that cannot be read whole, `KeyframeError`.
  package func find(
    video path: String, name: String? = nil, features stored: StoredFeatures? = nil,
    progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) async throws -> VideoKeyframes {
    let name = name ?? path.split(separator: "/").last.map { String($0) } ?? path
    let known = truth(name)
    if let stored { return try await find(stored, name: name, truth: known, pictures: path) }
    let decoder = try await VideoDecoder(path: path)
    let isFull = keepsFeatures || choices.contains { $0.selector.reads == .features }
    let expected = decoder.announcedFrames ?? 0
    let scan = try await VideoScan(decoder, detail: isFull ? .features : .curves) {
      progress($0, max($0, expected))
    }
    let fitted = try known?.fitted(to: scan.features, of: name)
    let truth = fitted?.intervals ?? []
    let prompt = Prompt(
      id: name, video: name, query: query, queryEmbedding: queryEmbedding,
      evidence: scan.features, truth: truth)
    let selections = try await selections {
      try await $0.select(curves: scan.curves, of: prompt, seed: $1)
    }
    let evidence = KeyframeEvidence(
      picturePath: path, times: scan.features.timestamps,
      variation: scan.curves.variation[.perToken] ?? [], features: scan.features, truth: fitted)
    return judged(name, scan.summary.rate, evidence, selections)
  }

  /// The keyframes of features from a file.
  ///
  /// - Throws: `KeyframeError`.
  package func find(_ stored: StoredFeatures) async throws -> VideoKeyframes {
    try await find(stored, name: stored.name, truth: truth(stored.name), pictures: nil)
  }

  private func find(
    _ stored: StoredFeatures, name: String, truth: KeyframeTruth?, pictures: String?
  ) async throws -> VideoKeyframes {
    let features = stored.features
    let truth = try truth?.fitted(to: features, of: name)
    let prompt = Prompt(
      id: name, video: name, query: query, queryEmbedding: queryEmbedding, evidence: features,
      truth: truth?.intervals ?? [])
    let selections = try await selections { try await $0.select([prompt], seed: $1)[0] }
    let evidence = KeyframeEvidence(
      picturePath: pictures, times: features.timestamps,
      variation: features.variation(reading: .perToken), features: features, truth: truth)
    return judged(name, stored.rate, evidence, selections)
  }

  private func judged(
    _ name: String, _ rate: Double, _ evidence: KeyframeEvidence,
    _ selections: [KeyframeSelection]
  ) -> VideoKeyframes {
    short.note(name, frames: evidence.times.count, budgets: choices.compactMap(\.budget))
    return VideoKeyframes(
      video: name, rate: rate, evidence: evidence, choices: choices, selections: selections,
      tolerance: tolerance)
  }

  /// What each choice selects.
  private func selections(
    by select: (any KeyframeSelector, Seed) async throws -> KeyframeSelection
  ) async throws -> [KeyframeSelection] {
    var result: [KeyframeSelection] = []
    for choice in choices {
      result.append(try await select(choice.selector, seed.derived("keyframes")))
    }
    return result
  }
}
