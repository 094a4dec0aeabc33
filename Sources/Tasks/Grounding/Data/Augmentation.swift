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
    let length = try prompt.clipLength()
    return (1...copies).map { number in
      var generator = Seed(0).derived("augmentation of \(prompt.id)", number).generator()
      let isReversed = reverses && !number.isMultiple(of: 2)
      let changes = (0..<(shifts ? prompt.evidence.frames : 1)).map { clips in
        TimeChange(
          duration: length * Double(prompt.evidence.frames), isReversed: isReversed,
          delay: length * Double(clips))
      }
      // Beginning at its first clip cuts nothing.
      let uncut = changes.indices.filter { prompt.isWhole(after: changes[$0]) }
      let clips = uncut[generator.integer(below: uncut.count)]
      return prompt.changed(changes[clips], clips: clips, id: "\(prompt.id)~\(number)")
    }
  }
}

extension Prompt {
  /// How long a clip is, in seconds.
  ///
  /// - Throws: `DataError.impossible` for a video that cannot be turned round clip by clip.
  fileprivate func clipLength() throws -> Double {
    let length = 2 * (evidence.timestamps.first ?? 0)
    let isEven = evidence.timestamps.enumerated().allSatisfy { place, time in
      abs(time - (Double(place) + 0.5) * length) <= 0.01 * length
    }
    // Annotations say lengths that features miss by a clip or two.
    let rest = duration - length * Double(evidence.frames)
    guard isEven, length > 0, abs(rest) <= 2 * length else {
      throw DataError.impossible(
        query: id, reason: "its video cannot be augmented, as its clips do not fill it evenly")
    }
    return length
  }

  /// Whether no right window falls apart.
  fileprivate func isWhole(after change: TimeChange) -> Bool {
    stretches.allSatisfy { change.pieces(of: $0).count < 2 }
  }

  /// The same question with its video changed.
  fileprivate func changed(_ change: TimeChange, clips: Int, id: String) -> Prompt {
    let frames = evidence.frames
    let order = (0..<frames).map { place in
      let before = (place - clips + frames) % frames
      return change.isReversed ? frames - 1 - before : before
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
