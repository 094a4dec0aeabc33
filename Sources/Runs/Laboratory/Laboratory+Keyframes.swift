internal import Plugins
internal import Core
public import TAD

extension TemporalApexDistillation.Parameters: PluginParameters {}
extension UniformKeyframes.Parameters: PluginParameters {}
extension RandomKeyframes.Parameters: PluginParameters {}
extension ContentScenes.Parameters: PluginParameters {}
extension AdaptiveScenes.Parameters: PluginParameters {}
extension PeakSegments.Parameters: PluginParameters {}
extension DiverseRepresentativeKeyframes.Parameters: PluginParameters {}
extension MaximumInformationKeyframes.Parameters: PluginParameters {}
extension SceneClipKeyframes.Parameters: PluginParameters {}
extension SimilarityKeyframes.Parameters: PluginParameters {}
extension SimilarityFitKeyframes.Parameters: PluginParameters {}
extension AdaptiveKeyframeSampling.Parameters: PluginParameters {}
extension InverseTransformKeyframes.Parameters: PluginParameters {}
extension OracleKeyframes.Parameters: PluginParameters {
  /// It chooses frames inside the true windows.
  package var readsTruth: Bool { true }
}

extension Laboratory {
  /// Registers every selector; a summary ends in what the selector looks at and what its scan costs.
  mutating func registerKeyframes() throws {
    try registerFreeKeyframes()
    try registerBlindKeyframes()
    try registerQueryKeyframes()
    try registerChosenKeyframes()
  }

  /// Frames that somebody else chose.
  private mutating func registerChosenKeyframes() throws {
    try selectors.register(
      "student",
      summary: "any-k frames from the clips that a trained student predicts (K-frames);"
        + " reads the query, an answer of that student a question",
      parameters: StudentKeyframeParameters.self
    ) { parameters, context in try await StudentKeyframes(parameters, context) }
    try selectors.register(
      "file", summary: "frames listed in a file, by question or video; free",
      parameters: FileKeyframeParameters.self
    ) { parameters, _ in
      guard let path = parameters.path else {
        throw LaboratoryError.mandatory(key: "path", why: "it lists the frames")
      }
      return try FileKeyframes(path)
    }
  }

  /// Selectors that read no feature.
  private mutating func registerFreeKeyframes() throws {
    try selectors.register(
      "uniform", summary: "evenly spaced frames; blind to the query, free",
      parameters: UniformKeyframes.Parameters.self
    ) { parameters, _ in try UniformKeyframes(parameters) }
    try selectors.register(
      "random", summary: "frames drawn by a seed; blind to the query, free",
      parameters: RandomKeyframes.Parameters.self
    ) { parameters, _ in try RandomKeyframes(parameters) }
    try selectors.register(
      "oracle", summary: "frames inside the true windows; sees the answer, free",
      parameters: OracleKeyframes.Parameters.self
    ) { parameters, _ in try OracleKeyframes(parameters) }
  }

  /// Selectors that scan each video once, whatever is asked about it.
  private mutating func registerBlindKeyframes() throws {
    try selectors.register(
      "tad",
      summary: "temporal apex distillation, frames where the features change most;"
        + " blind to the query, 4 operations a number",
      parameters: TemporalApexDistillation.Parameters.self
    ) { parameters, _ in try TemporalApexDistillation(parameters) }
    try selectors.register(
      "content",
      summary: "scenes by PySceneDetect's content rule; blind to the query, 3 operations a number",
      parameters: ContentScenes.Parameters.self
    ) { parameters, _ in try ContentScenes(parameters) }
    try selectors.register(
      "adaptive",
      summary: "scenes by PySceneDetect's adaptive rule; blind to the query, 3 operations a number",
      parameters: AdaptiveScenes.Parameters.self
    ) { parameters, _ in try AdaptiveScenes(parameters) }
    try selectors.register(
      "dig",
      summary: "middles of the segments between peaks of the variation (DIG);"
        + " blind to the query, 4 operations a number", parameters: PeakSegments.Parameters.self
    ) { parameters, _ in try PeakSegments(parameters) }
    try selectors.register(
      "dr-dsn",
      summary: "greedy by DR-DSN's diversity and representativeness;"
        + " blind to the query, all pairs of its candidates",
      parameters: DiverseRepresentativeKeyframes.Parameters.self
    ) { parameters, _ in try DiverseRepresentativeKeyframes(parameters) }
    try selectors.register(
      "maxinfo",
      summary: "rows of maximum volume after a singular value decomposition (MaxInfo);"
        + " blind to the query, a decomposition a video",
      parameters: MaximumInformationKeyframes.Parameters.self
    ) { parameters, _ in try MaximumInformationKeyframes(parameters) }
  }

  /// Selectors that scan a video again for every question.
  private mutating func registerQueryKeyframes() throws {
    try selectors.register(
      "k-frames",
      summary: "any-k frames from prioritised scene clips (K-frames);"
        + " reads the query unless relevance is variation, two scans a question",
      parameters: SceneClipKeyframes.Parameters.self
    ) { parameters, _ in try SceneClipKeyframes(parameters) }
    try selectors.register(
      "max-similarity",
      summary: "the frames most similar to the query; reads the query, a scan a question",
      parameters: SimilarityKeyframes.Parameters.self
    ) { parameters, _ in try SimilarityKeyframes(parameters) }
    try selectors.register(
      "similarity-fit",
      summary: "a step fit to the similarity with the query; reads the query, a scan a question"
        + " and K·F² steps", parameters: SimilarityFitKeyframes.Parameters.self
    ) { parameters, _ in try SimilarityFitKeyframes(parameters) }
    try selectors.register(
      "aks",
      summary: "adaptive keyframe sampling (AKS): the best of the video, or of its halves;"
        + " reads the query, a scan a question",
      parameters: AdaptiveKeyframeSampling.Parameters.self
    ) { parameters, _ in try AdaptiveKeyframeSampling(parameters) }
    try selectors.register(
      "bolt",
      summary: "inverse transform sampling of similarities (BOLT);"
        + " reads the query, a scan a question",
      parameters: InverseTransformKeyframes.Parameters.self
    ) { parameters, _ in try InverseTransformKeyframes(parameters) }
  }
}
