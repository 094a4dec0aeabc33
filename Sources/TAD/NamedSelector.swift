package import Plugins

/// A selector that users choose by its name and set by its parameters.
package protocol NamedSelector: KeyframeSelector {
  /// What can be set of it.
  associatedtype Parameters: PluginParameters

  /// The name it is chosen by.
  static var name: String { get }

  /// What it does, in one sentence that ends in what it looks at and what its scan costs.
  static var summary: String { get }

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  init(_ parameters: Parameters) throws
}

/// Every selector of this room, in the order in which they are listed to users.
///
/// First those that read no feature, then those that scan each video once, then those that scan it for every question.
package let allSelectors: [any NamedSelector.Type] = [
  UniformKeyframes.self,
  RandomKeyframes.self,
  OracleKeyframes.self,
  TemporalApexDistillation.self,
  ContentScenes.self,
  AdaptiveScenes.self,
  PeakSegments.self,
  DiverseRepresentativeKeyframes.self,
  MaximumInformationKeyframes.self,
  SceneClipKeyframes.self,
  SimilarityKeyframes.self,
  SimilarityFitKeyframes.self,
  AdaptiveKeyframeSampling.self,
  InverseTransformKeyframes.self,
]

extension UniformKeyframes: NamedSelector {
  package static let name = "uniform"
  package static let summary = "evenly spaced frames; blind to the query, free"
}

extension RandomKeyframes: NamedSelector {
  package static let name = "random"
  package static let summary = "frames drawn by a seed; blind to the query, free"
}

extension OracleKeyframes: NamedSelector {
  package static let summary = "frames inside the true windows; sees the answer, free"
}

extension TemporalApexDistillation: NamedSelector {
  package static let name = "tad"
  package static let summary =
    "temporal apex distillation, frames where the features change most;"
    + " blind to the query, 4 operations a number"
}

extension ContentScenes: NamedSelector {
  package static let name = "content"
  package static let summary =
    "scenes by PySceneDetect's content rule; blind to the query, 3 operations a number"
}

extension AdaptiveScenes: NamedSelector {
  package static let name = "adaptive"
  package static let summary =
    "scenes by PySceneDetect's adaptive rule; blind to the query, 3 operations a number"
}

extension PeakSegments: NamedSelector {
  package static let name = "dig"
  package static let summary =
    "middles of the segments between peaks of the variation (DIG);"
    + " blind to the query, 4 operations a number"
}

extension DiverseRepresentativeKeyframes: NamedSelector {
  package static let name = "dr-dsn"
  package static let summary =
    "greedy by DR-DSN's diversity and representativeness;"
    + " blind to the query, all pairs of its candidates"
}

extension MaximumInformationKeyframes: NamedSelector {
  package static let name = "maxinfo"
  package static let summary =
    "rows of maximum volume after a singular value decomposition (MaxInfo);"
    + " blind to the query, a decomposition a video"
}

extension SceneClipKeyframes: NamedSelector {
  package static let name = "k-frames"
  package static let summary =
    "any-k frames from prioritised scene clips (K-frames);"
    + " reads the query unless relevance is variation, two scans a question"
}

extension SimilarityKeyframes: NamedSelector {
  package static let summary =
    "the frames most similar to the query; reads the query, a scan a question"
}

extension SimilarityFitKeyframes: NamedSelector {
  package static let summary =
    "a step fit to the similarity with the query; reads the query, a scan a question"
    + " and K·F² steps"
}

extension AdaptiveKeyframeSampling: NamedSelector {
  package static let summary =
    "adaptive keyframe sampling (AKS): the best of the video, or of its halves;"
    + " reads the query, a scan a question"
}

extension InverseTransformKeyframes: NamedSelector {
  package static let summary =
    "inverse transform sampling of similarities (BOLT);"
    + " reads the query, a scan a question"
}
