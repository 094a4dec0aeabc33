internal import Core
internal import Statistics
internal import TAD
internal import Tasks

/// What is known of the videos that questions are about.
struct ClipMaterial: Sendable {
  /// The questions; the frames have captions where there are any.
  var prompts: [Prompt]
  /// How rare the words of captions are.
  var captions: ClipCaptions?
  /// Who reads captions.
  var reader: CaptionReader?
  /// Somebody's scores of each clip, by question.
  var predictions: [String: [Double]] = [:]
  /// What people said, by question.
  var judged: [String: HighlightTruth] = [:]

  /// What a source says of each clip of a question's video, F numbers; a reader is asked about scenes by their captions.
  ///
  /// - Throws: `PeakClipError` where it says nothing, `KeyframeError` for a question without an embedding.
  private func scores(
    _ source: SceneRelevance, of prompt: Prompt, scenes: [Range<Int>], captions said: [String?]
  ) throws -> [Double] {
    let frames = prompt.evidence.frames
    let scores: [Double]? =
      switch source {
      case .similarity: try prompt.querySimilarities(for: "clips")
      case .words:
        prompt.evidence.captions?.map { captions?.overlap(prompt.query, $0) ?? 0 }
      case .likelihood:
        try reader.flatMap { reader in
          let said = said.compactMap(\.self)
          guard said.count == scenes.count else { return nil }
          let gains = try reader.gains(of: prompt.query, given: said)
          return zip(scenes, gains).flatMap { [Double](repeating: $1, count: $0.count) }
        }
      case .predictions: predictions[prompt.id]
      case .saliency: judged[prompt.id].map { saliency($0, prompt).map(mean) }
      }
    guard let scores else { throw PeakClipError.unsaid(source: source, prompt: prompt.id) }
    guard scores.count == frames else {
      throw PeakClipError.otherCount(
        prompt: prompt.id, expected: frames, received: scores.count)
    }
    return scores
  }

  /// What each person said of each clip, F × people; 0 of clips that nobody was shown.
  func saliency(_ truth: HighlightTruth, _ prompt: Prompt) -> [[Double]] {
    let said = Dictionary(
      zip(truth.clips, truth.saliency), uniquingKeysWith: { first, _ in first })
    return prompt.evidence.timestamps.map { time in
      let scores = said[Int(time / HighlightTruth.clipLength)] ?? []
      return scores.isEmpty ? [0] : scores.map { Double($0) }
    }
  }

  /// The scenes of a question's video with how much each matters to it.
  func clips(of prompt: Prompt, _ settings: PeakClips.Settings) throws -> PeakClips {
    let scenes = try settings.segmentation.scenes(of: prompt.evidence, video: prompt.video)
    let said = prompt.evidence.captions
    let captions = scenes.map { scene in said.flatMap { ClipCaptions.extract(Array($0[scene])) } }
    let relevance = settings.relevance.grades(
      try scores(settings.relevance, of: prompt, scenes: scenes, captions: captions),
      scenes: scenes)
    let places = sceneIntervals(
      scenes, times: prompt.evidence.timestamps, duration: prompt.duration)
    let priorities = settings.priorities(relevance)
    return PeakClips(
      id: prompt.id, video: prompt.video, duration: prompt.duration, query: prompt.query,
      caption: said == nil ? nil : ClipCaptions.extract(captions.compactMap(\.self)),
      scenes: scenes.indices.map { scene in
        PeakClips.Scene(
          start: places[scene].start, end: places[scene].end, caption: captions[scene],
          relevance: relevance[scene], priority: priorities[scene])
      })
  }
}
