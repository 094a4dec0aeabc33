package import Core

/// One of the options of a question.
package struct Choice: LocatedAnswer {
  /// Which option, from 0.
  package let index: Int

  /// All options of the question, in the order in which it names them.
  package let options: [String]

  /// What has to be understood to answer, where the data says so.
  package let topic: String?

  /// Where in the video the answer is seen, where the data says so.
  package let clips: ClipList?

  /// An option of a question.
  ///
  /// - Precondition: There is such an option, and a letter for each.
  package init(
    _ index: Int, of options: [String], topic: String? = nil, clips: ClipList? = nil
  ) {
    precondition(options.indices.contains(index), "There is no option \(index).")
    precondition(options.count <= Self.letters.count, "\(options.count) options have no letters.")
    self.index = index
    self.options = options
    self.topic = topic
    self.clips = clips
  }

  /// A … Z, by which options are called.
  package static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map { String($0) }

  /// A question with its options, each behind its letter: `what colour is it: A red B blue`.
  package static func question(_ text: String, with options: [String]) -> String {
    let named = zip(letters, options).map { "\($0) \($1)" }
    return named.isEmpty ? text : "\(text): \(named.joined(separator: " "))"
  }

  /// The letter of the option.
  package var letter: String { Self.letters[index] }

  /// The option's own words.
  package var option: String { options[index] }

  /// The letter and the option.
  package var text: String { "\(letter) \(option)" }

  /// Where the answer must be seen.
  package var stretches: [Interval] { clips?.stretches ?? [] }

  /// The question's other options and itself.
  package var all: [Choice] {
    options.indices.map { Choice($0, of: options, topic: topic, clips: clips) }
  }

  /// Whether both say the same; where they are seen is no part of what they say.
  package static func == (first: Choice, second: Choice) -> Bool {
    first.index == second.index && first.options == second.options && first.topic == second.topic
  }

  /// What `==` compares.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(index)
    hasher.combine(options)
    hasher.combine(topic)
  }

  /// Writes letter and option as one text.
  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(text)
  }

  /// Reads a text, which tells of this option alone.
  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    let text = try value.decode(String.self)
    let parts = text.split(separator: " ", maxSplits: 1).map { String($0) }
    guard parts.count == 2, let index = Self.letters.firstIndex(of: parts[0]) else {
      throw DecodingError.dataCorruptedError(
        in: value, debugDescription: "'\(text)' is no letter with an option")
    }
    var options = Array(Self.letters.prefix(index + 1))
    options[index] = parts[1]
    self.init(index, of: options)
  }
}
