package import Core

/// Writes an interval as two time tokens: the boundary between clips where it starts, and the one where it ends.
///
/// With clips of 2 s, [82, 150] is `<t41><t75>`: both numbers name boundaries, so a window that fills whole clips is
/// written exactly, and a start at the end of a video of *n* clips is `<t`*n*`>`.
package struct TimeTokensCodec: WindowCodec, Hashable {
  /// The time tokens, the end, and the words of queries.
  package let vocabulary: Vocabulary

  /// The times that can be written: the boundaries between clips.
  package let grid: AnswerGrid

  /// How many clips the longest video has.
  package let clips: Int

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
    vocabulary = Tasks.vocabulary(answers: (0...clips).map { "<t\($0)>" }, words: words)
  }

  /// One a boundary between clips.
  package var timeTokens: TimeTokens? { TimeTokens(times: clips + 1, step: grid.step) }

  /// Start, end and the end token.
  package var maximumLength: Int { 3 }

  /// The tokens of an answer, the end token last; times behind the last clip are moved to its end.
  package func encode(_ interval: Interval, duration: Double) -> [Token] {
    let (start, end) = grid.indices(interval, duration: covered(duration))
    return [start, end, vocabulary.end]
  }

  /// The interval that a response says: two time tokens and the end token.
  package func decode(_ tokens: [Token], duration: Double) -> Interval? {
    guard tokens.count >= 3, tokens[2] == vocabulary.end else { return nil }
    guard tokens[0] <= clips, tokens[1] <= clips else { return nil }
    return Interval(grid.time(tokens[0]), grid.time(tokens[1]))
  }

  /// Every interval that can be written for a video of this length.
  package func grid(duration: Double) -> [Interval] {
    grid.intervals(duration: covered(duration))
  }

  /// The part of a video that has tokens, in seconds.
  private func covered(_ duration: Double) -> Double { min(duration, grid.time(clips)) }
}
