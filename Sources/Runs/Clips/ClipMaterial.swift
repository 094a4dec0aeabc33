internal import Core
internal import Statistics
internal import TAD
internal import Tasks

/// What is known of the videos that questions are about.
struct ClipMaterial: Sendable {
  var prompts: [Prompt]
  var captions: ClipCaptions?
  /// Somebody's scores of each clip, by question.
  var predictions: [String: [Double]] = [:]
  /// What people said, by question.
  var judged: [String: HighlightTruth] = [:]

  /// What a source says of each clip of a question's video, F numbers.
  ///
  /// - Throws: `PeakClipError` where it says nothing, `KeyframeError` for a question without an embedding.
  func scores(_ source: SceneRelevance, of prompt: Prompt) throws -> [Double] {
    let frames = prompt.evidence.frames
    let scores: [Double]? =
      switch source {
      case .similarity: try prompt.querySimilarities(for: "clips")
      case .words:
        try captions(of: prompt).map { said in
          said.map { captions?.overlap(prompt.query, $0) ?? 0 }
        }
      case .predictions: predictions[prompt.id]
      case .saliency: judged[prompt.id].map { saliency($0, prompt).map(mean) }
      }
    guard let scores else { throw PeakClipError.unsaid(source: source, prompt: prompt.id) }
    guard scores.count == frames else {
      throw PeakClipError.otherCount(
        what: "scores", of: prompt.id, expected: frames, received: scores.count)
    }
    return scores
  }

  /// The captions of a question's video, one a clip; `nil` without captions.
  func captions(of prompt: Prompt) throws -> [String]? {
    guard let captions else { return nil }
    guard let said = captions.of(prompt.video) else {
      throw PeakClipError.noCaptions(video: prompt.video)
    }
    guard said.count == prompt.evidence.frames else {
      throw PeakClipError.otherCount(
        what: "captions", of: prompt.video, expected: prompt.evidence.frames,
        received: said.count)
    }
    return said
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
    let relevance = settings.relevance.grades(
      try scores(settings.relevance, of: prompt), scenes: scenes)
    let said = try captions(of: prompt)
    let captions = scenes.map { scene in said.flatMap { ClipCaptions.extract(Array($0[scene])) } }
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
