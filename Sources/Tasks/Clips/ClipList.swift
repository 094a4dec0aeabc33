package import Core

/// The clips of a video that a question needs, each with how much it matters: what K-frames predicts.
///
/// Source: K-frames, arXiv:2510.13891.
package struct ClipList: LocatedAnswer {
  /// One of them.
  package struct Clip: Sendable, Hashable {
    /// Where it is, in seconds.
    package var interval: Interval
    /// How much it matters.
    package var priority: ClipPriority

    /// A clip.
    package init(_ interval: Interval, _ priority: ClipPriority) {
      self.interval = interval
      self.priority = priority
    }
  }

  /// The clips by where they begin, then by where they end.
  package let clips: [Clip]

  /// The clips that a question needs, in any order.
  package init(_ clips: [Clip]) {
    self.clips = clips.sorted {
      ($0.interval.start, $0.interval.end, $0.priority.rawValue)
        < ($1.interval.start, $1.interval.end, $1.priority.rawValue)
    }
  }

  /// Where an answer of any kind is seen: its own clips, or its stretches, which then must be seen; `nil` where it says nothing.
  package init?(of answer: any Answer) {
    if let list = answer as? ClipList {
      self = list
    } else if let clips = (answer as? Choice)?.clips {
      self = clips
    } else if let located = answer as? any LocatedAnswer, !located.stretches.isEmpty {
      self.init(located.stretches.map { Clip($0, .first) })
    } else {
      return nil
    }
  }

  /// What must be seen.
  package var stretches: [Interval] {
    clips.filter { $0.priority == .first }.map(\.interval)
  }

  /// The clips for people.
  package var text: String {
    clips.map { "\($0.priority.rawValue) \($0.interval.text)" }.joined(separator: ", ")
  }

  /// The first of them by priority and then by time, at most so many.
  package func first(_ count: Int) -> ClipList {
    ClipList(Array((of(.first) + of(.second)).prefix(count)))
  }

  private func of(_ priority: ClipPriority) -> [Clip] {
    clips.filter { $0.priority == priority }
  }
}

extension ClipList.Clip: Codable {
  /// Reads `[start, end, 1]` for P1, `[start, end, 2]` for P2.
  package init(from decoder: any Decoder) throws {
    var numbers = try decoder.unkeyedContainer()
    interval = Interval(
      try numbers.decode(Double.self), try numbers.decode(Double.self))
    switch try numbers.decode(Int.self) {
    case 1: priority = .first
    case 2: priority = .second
    case let other:
      throw DecodingError.dataCorruptedError(
        in: numbers, debugDescription: "the priority \(other) is neither 1 nor 2")
    }
  }

  /// Writes `[start, end, priority]`.
  package func encode(to encoder: any Encoder) throws {
    var numbers = encoder.unkeyedContainer()
    try numbers.encode(interval.start)
    try numbers.encode(interval.end)
    try numbers.encode(priority == .first ? 1 : 2)
  }
}

extension ClipList {
  /// Reads a list of clips.
  package init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([Clip].self))
  }

  /// Writes a list of clips.
  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(clips)
  }
}
