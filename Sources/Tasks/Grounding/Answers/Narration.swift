package import Core

/// A window behind a narration: what happens in the video, sentence by sentence, and then the answer.
package struct Narration: LocatedAnswer {
  /// Something that is told.
  package struct Sentence: Sendable, Hashable {
    /// Who does what; of what is no sentence, all its words.
    package var text: String

    /// When; `nil` where the sentence does not end in two times, the first before the second.
    package var interval: Interval?

    /// Something that is told.
    package init(_ text: String, _ interval: Interval?) {
      self.text = text
      self.interval = interval
    }
  }

  /// What is told, in the order in which it is.
  package var sentences: [Sentence]

  /// The answer to the question.
  package var window: Interval

  /// A window behind a narration.
  package init(_ sentences: [Sentence], _ window: Interval) {
    self.sentences = sentences
    self.window = window
  }

  /// A window behind what happens.
  package init(of events: [VideoEvent], _ window: Interval) {
    self.init(events.map { Sentence($0.text, $0.interval) }, window)
  }

  /// The window alone: a narration is no place that a question is about.
  package var stretches: [Interval] { [window] }

  /// The sentences and the window, for people.
  package var text: String {
    (sentences.map(\.description) + ["answer \(window.text)"]).joined(separator: "; ")
  }
}

extension Narration.Sentence: CustomStringConvertible {
  /// What is told, and when.
  package var description: String { interval.map { "\(text) \($0.text)" } ?? text }
}

extension Narration: Codable {
  /// Reads `[start, end, [text, start, end], …]`, a list a sentence; one of no stretch is `[text]`.
  package init(from decoder: any Decoder) throws {
    var list = try decoder.unkeyedContainer()
    let start = try list.decode(Double.self)
    window = Interval(start, try list.decode(Double.self))
    sentences = []
    while !list.isAtEnd {
      var parts = try list.nestedUnkeyedContainer()
      var sentence = Sentence(try parts.decode(String.self), nil)
      if !parts.isAtEnd {
        let start = try parts.decode(Double.self)
        sentence.interval = Interval(start, try parts.decode(Double.self))
      }
      sentences.append(sentence)
    }
  }

  /// Writes the window first, as a window without a narration is written: whoever reads windows from logs reads this one.
  package func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    try list.encode(window.start)
    try list.encode(window.end)
    for sentence in sentences {
      var parts = list.nestedUnkeyedContainer()
      try parts.encode(sentence.text)
      guard let interval = sentence.interval else { continue }
      try parts.encode(interval.start)
      try parts.encode(interval.end)
    }
  }
}

extension Interval {
  /// The window of an answer to a question of grounding, narrated or not; `nil` for any other answer, and for none.
  package init?(windowOf answer: (any Answer)?) {
    if let window = answer as? Interval {
      self = window
    } else if let narration = answer as? Narration {
      self = narration.window
    } else {
      return nil
    }
  }
}
