public import Core

extension GroundingDataset {
  /// A prompt with the frames as they were filmed: without what the query wrote into them.
  ///
  /// A selector that does not look at the query must not find it in the features, and every question of a video then
  /// shows the same frames.
  ///
  /// - Parameter prompt: A prompt of this data set.
  /// - Returns: The same prompt where the data is not query-aware.
  public func unmarked(_ prompt: Prompt) -> Prompt {
    guard let plain = filmed[prompt.id] else { return prompt }
    return Prompt(
      id: prompt.id, video: prompt.video, query: prompt.query, tokens: prompt.tokens,
      queryEmbedding: plain.queryEmbedding, evidence: plain.evidence, truth: prompt.truth,
      keyframes: prompt.keyframes, gates: prompt.gates)
  }
}
