internal import Core

/// More questions to train on, made of those that are there: the same about the same video, cut, run backwards or begun elsewhere.
///
/// What is asked for moves along, and so does what a table of windows predicts for it.
package struct Augmentation: Sendable, Hashable {
  /// How many questions are made of each.
  package var copies: Int
  /// Whether they begin elsewhere, at a clip of each one's own.
  package var shifts: Bool
  /// Whether the first, third and so on run backwards.
  package var reverses: Bool
  /// The least share of its video that is kept around the right windows, 0 … 1; 1 cuts nothing.
  package var kept: Double

  /// No more questions.
  package static let none = Augmentation(copies: 0, shifts: false, reverses: false)

  /// What is made.
  package init(copies: Int, shifts: Bool, reverses: Bool, kept: Double = 1) {
    self.copies = copies
    self.shifts = shifts
    self.reverses = reverses
    self.kept = kept
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
      let part = kept < 1 ? prompt.part(keeping: kept, clip: length, &generator) : nil
      let clips = part ?? 0..<prompt.evidence.frames
      let changes = (0..<(shifts ? clips.count : 1)).map { delay in
        TimeChange(
          cut: length * Double(clips.lowerBound), duration: length * Double(clips.count),
          isReversed: isReversed, delay: length * Double(delay))
      }
      // Beginning at its first clip cuts nothing.
      let uncut = changes.indices.filter { prompt.isWhole(after: changes[$0]) }
      let delay = uncut[generator.integer(below: uncut.count)]
      return prompt.changed(
        changes[delay], part: clips, delay: delay, id: "\(prompt.id)~\(number)")
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

  /// Clips that hold every right window whole; `nil` where no fewer than all do.
  ///
  /// How many there are is drawn from `share` of the video to all of it, and where they begin from all places that would do.
  fileprivate func part(
    keeping share: Double, clip: Double, _ generator: inout SeededGenerator
  ) -> Range<Int>? {
    let frames = evidence.frames
    let drawn = share + (1 - share) * generator.uniform()
    let wanted = Int((drawn * Double(frames)).rounded(.up))
    let first = stretches.map { Int($0.start / clip) }.min() ?? 0
    let last = stretches.map { Int(($0.end / clip).rounded(.up)) }.max() ?? frames
    let count = max(1, wanted, min(last, frames) - max(0, first))
    guard count < frames else { return nil }
    let starts = max(0, last - count)...max(max(0, last - count), min(first, frames - count))
    let start = starts.lowerBound + generator.integer(below: starts.count)
    return start..<start + count
  }

  /// The same question with its video changed.
  fileprivate func changed(
    _ change: TimeChange, part: Range<Int>, delay: Int, id: String
  ) -> Prompt {
    let frames = part.count
    let order = (0..<frames).map { place in
      let before = (place - delay + frames) % frames
      return part.lowerBound + (change.isReversed ? frames - 1 - before : before)
    }
    let moved = evidence.selecting(order)
    var copy = Prompt(
      id: id, video: video, query: query, tokens: tokens, queryEmbedding: queryEmbedding,
      evidence: FrameFeatures(
        values: moved.values, tokensPerFrame: evidence.tokensPerFrame, channels: evidence.channels,
        timestamps: Array(evidence.timestamps.prefix(frames)),
        duration: frames < evidence.frames ? change.duration : duration,
        captions: moved.captions),
      truth: stretches.flatMap(change.pieces))
    copy.origin = PromptOrigin(id: self.id, change: change)
    return copy
  }
}
