public import Core

extension Dataset {
  /// A prompt with the frames as they were filmed, and beside them what the query wrote into them.
  ///
  /// A selector that does not look at the query must not find it in the features, and every question of a video then
  /// shows the same frames.
  ///
  /// - Parameter prompt: A prompt of this data set.
  /// - Returns: The same prompt where the data is not query-aware.
  public func unmarked(_ prompt: Prompt) -> Prompt {
    guard let plain = filmed[prompt.id] else { return prompt }
    var copy = prompt
    copy.marked = MarkedFrames(evidence: prompt.evidence, queryEmbedding: prompt.queryEmbedding)
    copy.queryEmbedding = plain.queryEmbedding
    copy.evidence = plain.evidence
    return copy
  }
}
