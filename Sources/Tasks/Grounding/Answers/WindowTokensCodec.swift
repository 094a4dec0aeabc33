package import Core

/// Writes an interval as one token: a word for every stretch between two boundaries of clips.
///
/// A student's answer is then one softmax over all windows. A decoder whose answers point at frames makes their logits of the
/// clips at both ends and inside; without, each of n(n + 1)/2 words has to be learned for itself.
package struct WindowTokensCodec: WindowCodec, Hashable {
  /// The windows, the end, and the words of queries.
  package let vocabulary: Vocabulary

  /// The times at which windows begin and end.
  package let grid: AnswerGrid

  /// n: how many clips the longest video has.
  package let clips: Int

  /// The most clips: 256 have 32,896 windows.
  package static let mostClips = 256

  /// A codec for videos of up to a number of clips.
  ///
  /// - Parameters:
  ///   - clipLength: How long a clip is, in seconds.
  ///   - clips: How many clips the longest video has.
  ///   - words: Words of queries that prompts may use besides.
  /// - Precondition: There is at least one clip.
  package init(clipLength: Double = 2, clips: Int = 75, words: [String] = []) {
    precondition(clips > 0, "A video needs a clip.")
    grid = AnswerGrid(step: clipLength)
    self.clips = clips
    let windows = (0..<clips).flatMap { start in
      (start + 1...clips).map { "<w\(start)-\($0)>" }
    }
    vocabulary = Tasks.vocabulary(answers: windows, words: words)
  }

  /// One a window.
  package var timeTokens: TimeTokens? {
    TimeTokens(times: clips + 1, step: grid.step, areStretches: true)
  }

  /// The window and the end token.
  package var maximumLength: Int { 2 }

  /// The tokens of an answer, the end token last; times behind the last clip are moved to its end.
  package func encode(_ interval: Interval, duration: Double) -> [Token] {
    let (start, end) = grid.indices(interval, duration: covered(duration))
    return [first(of: start) + end - start - 1, vocabulary.end]
  }

  /// The interval that a response says: one window and the end token.
  package func decode(_ tokens: [Token], duration: Double) -> Interval? {
    guard tokens.count >= 2, tokens[1] == vocabulary.end, tokens[0] < first(of: clips),
      let start = (0..<clips).last(where: { first(of: $0) <= tokens[0] })
    else { return nil }
    return Interval(grid.time(start), grid.time(start + 1 + tokens[0] - first(of: start)))
  }

  /// Every interval that can be written for a video of this length.
  package func grid(duration: Double) -> [Interval] {
    grid.intervals(duration: covered(duration))
  }

  /// The token of the shortest window with a start: n + (n − 1) + … before it.
  private func first(of start: Int) -> Token { start * clips - start * (start - 1) / 2 }

  /// The part of a video that has tokens, in seconds.
  private func covered(_ duration: Double) -> Double { min(duration, grid.time(clips)) }
}
