internal import Core

/// More questions to train on, made of those that are there: the same about the same video, run backwards or begun elsewhere.
///
/// What is asked for moves along, and so does what a table of windows predicts for it.
package struct Augmentation: Sendable, Hashable {
  /// How many questions are made of each.
  package var copies: Int
  /// Whether they begin elsewhere, at a clip of each one's own.
  package var shifts: Bool
  /// Whether the first, third and so on run backwards.
  package var reverses: Bool

  /// No more questions.
  package static let none = Augmentation(copies: 0, shifts: false, reverses: false)

  /// What is made.
  package init(copies: Int, shifts: Bool, reverses: Bool) {
    self.copies = copies
    self.shifts = shifts
    self.reverses = reverses
  }

  /// What is made of a question; the same for every run and on every machine.
  ///
  /// - Throws: `DataError.impossible` for a video whose clips do not fill it evenly.
  /// - Complexity: O(copies · numbers of the video).
  func copies(of prompt: Prompt) throws -> [Prompt] {
    guard copies > 0 else { return [] }
    try prompt.requireEvenClips()
    return (1...copies).map { number in
      var generator = Seed(0).derived("augmentation of \(prompt.id)", number).generator()
      let isReversed = reverses && !number.isMultiple(of: 2)
      let uncut = shifts ? prompt.uncutDelays(isReversed: isReversed) : [0]
      return prompt.changed(
        isReversed: isReversed, clips: uncut[generator.integer(below: uncut.count)],
        id: "\(prompt.id)~\(number)")
    }
  }
}

extension Prompt {
  /// Refuses a video that cannot be turned round clip by clip.
  fileprivate func requireEvenClips() throws {
    let length = duration / Double(max(1, evidence.frames))
    for (place, time) in evidence.timestamps.enumerated()
    where abs(time - (Double(place) + 0.5) * length) > 0.01 * length {
      throw DataError.impossible(
        query: id, reason: "its video cannot be augmented, as its clips do not fill it evenly")
    }
  }

  private func change(isReversed: Bool, clips: Int) -> TimeChange {
    TimeChange(
      duration: duration, isReversed: isReversed,
      delay: duration * Double(clips) / Double(max(1, evidence.frames)))
  }

  /// By how many clips the video can begin later without a right window falling apart.
  fileprivate func uncutDelays(isReversed: Bool) -> [Int] {
    (0..<max(1, evidence.frames)).filter { clips in
      let change = change(isReversed: isReversed, clips: clips)
      return stretches.allSatisfy { change.pieces(of: $0).count == 1 }
    }
  }

  /// The same question with its video changed.
  fileprivate func changed(isReversed: Bool, clips: Int, id: String) -> Prompt {
    let change = change(isReversed: isReversed, clips: clips)
    let frames = evidence.frames
    let order = (0..<frames).map { place in
      let before = (place - clips + frames) % frames
      return isReversed ? frames - 1 - before : before
    }
    let moved = evidence.selecting(order)
    var copy = Prompt(
      id: id, video: video, query: query, tokens: tokens, queryEmbedding: queryEmbedding,
      evidence: FrameFeatures(
        values: moved.values, tokensPerFrame: evidence.tokensPerFrame, channels: evidence.channels,
        timestamps: evidence.timestamps, duration: duration, captions: moved.captions),
      truth: stretches.flatMap(change.pieces))
    copy.origin = PromptOrigin(id: self.id, change: change)
    return copy
  }
}
