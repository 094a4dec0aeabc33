internal import Statistics
internal import TAD

/// Who says how much a scene matters to a question.
package enum SceneRelevance: String, Codable, Sendable, CaseIterable {
  /// The cosine of its clips' features with the question's.
  case similarity
  /// The question's words in its captions, by their rarity.
  case words
  /// How much likelier the scene's caption makes the question, to a pretrained language model.
  case likelihood
  /// Somebody's published score of each clip.
  case predictions
  /// People's scores of each clip, 0 … 4: no guess, but what the others are measured by.
  case saliency

  /// The most that a scene can matter.
  package static let most = 5.0

  /// How much each scene matters, 0 … 5.
  ///
  /// A guess is the mean over the scene's clips, moved and scaled so that the video's least scene gets 0 and its best 5; people's scores keep
  /// their own scale.
  ///
  /// - Parameters:
  ///   - scores: What is said of each clip, F numbers.
  ///   - scenes: Ranges of clips.
  /// - Returns: One grade a scene.
  func grades(_ scores: [Double], scenes: [Range<Int>]) -> [Double] {
    let means = scenes.map { mean(scores[$0]) }
    let grades =
      if self == .saliency {
        means.map { $0 * Self.most / 4 }
      } else {
        scenes.count == 1 ? [Self.most] : minMaxScaled(means).map { $0 * Self.most }
      }
    // Three decimals are more than any source knows, and a file of them can be read.
    return grades.map { ($0 * 1000).rounded() / 1000 }
  }
}
