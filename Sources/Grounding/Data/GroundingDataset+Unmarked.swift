public import Rollouts

extension GroundingDataset {
  /// A prompt with the frames as they were filmed: without the channel that the query wrote into them.
  ///
  /// A selector that does not look at the query must not find it in the features, and every question of a video then
  /// shows the same frames.
  ///
  /// - Parameter prompt: A prompt of this data set.
  /// - Returns: The same prompt where the data is not query-aware.
  /// - Complexity: O(numbers of the video).
  public func unmarked(_ prompt: Prompt) -> Prompt {
    guard isQueryAware else { return prompt }
    return Prompt(
      id: prompt.id, video: prompt.video, query: prompt.query, tokens: prompt.tokens,
      queryEmbedding: prompt.queryEmbedding.map { Array($0.dropLast()) },
      evidence: prompt.evidence.droppingLastChannel(), truth: prompt.truth,
      keyframes: prompt.keyframes, gates: prompt.gates)
  }
}

extension FrameFeatures {
  /// The same rows without their last channel.
  func droppingLastChannel() -> FrameFeatures {
    let rows = Swift.stride(from: 0, to: values.count, by: channels)
    return FrameFeatures(
      values: rows.flatMap { values[$0..<$0 + channels - 1] }, tokensPerFrame: tokensPerFrame,
      channels: channels - 1, timestamps: timestamps, duration: duration)
  }
}
