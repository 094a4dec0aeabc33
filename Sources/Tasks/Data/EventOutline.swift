package import Core

/// What is told of the videos of a data set: all that a vocabulary of narrations depends on.
package struct EventOutline: Sendable, Hashable, Codable {
  /// How events call those who do something, each once, in ascending order.
  package var subjects: [String]

  /// What they do, each once, in ascending order.
  package var actions: [String]

  /// The most events of a video.
  package var most: Int

  /// The words of subjects and actions, each once, in ascending order.
  package var words: [String] { Set((subjects + actions).flatMap(Self.words)).sorted() }

  /// The most words of an event.
  package var longest: Int {
    [subjects, actions].reduce(0) { $0 + ($1.map { Self.words($0).count }.max() ?? 0) }
  }

  /// The words of a text, as they are told.
  package static func words(_ text: String) -> [String] {
    text.split(separator: " ").map { String($0) }
  }

  /// What is wrong with an outline from a file; `nil` where nothing is.
  ///
  /// Answers are as long as it says.
  var defect: String? {
    guard !subjects.isEmpty else { return "its events have no subjects" }
    guard (1...100_000).contains(most) else { return "a video has \(most) events" }
    guard (1...10_000).contains(longest) else { return "an event has \(longest) words" }
    return nil
  }
}

extension Dataset {
  /// What is told of the videos.
  ///
  /// - Returns: Subjects and actions of every part, and the most events of a video.
  /// - Throws: `NarrationError.noEvents` for the first prompt whose video nobody tells of; `.nothingHappens`.
  package func eventOutline() throws -> EventOutline {
    if let known = outline?.events { return known }
    var (subjects, actions, most) = (Set<String>(), Set<String>(), 0)
    for prompt in all {
      guard let events = prompt.events else { throw NarrationError.noEvents(prompt: prompt.id) }
      subjects.formUnion(events.map(\.subject))
      actions.formUnion(events.map(\.action))
      most = max(most, events.count)
    }
    guard most > 0 else { throw NarrationError.nothingHappens(data: name) }
    return EventOutline(subjects: subjects.sorted(), actions: actions.sorted(), most: most)
  }
}

extension Prompt {
  /// What is told of the videos of prompts, as a digest for runs whose answers tell it.
  ///
  /// It is no part of a data set's fingerprint: no other run reads it, and data keeps the name it had before events were known.
  package static func eventDigest(_ prompts: [Prompt]) -> String {
    ContentHash.of(
      prompts.flatMap { prompt in
        [prompt.id] + (prompt.events ?? []).map { "\($0.text) \($0.interval.text)" }
      })
  }
}

/// Why answers cannot be narrated.
package enum NarrationError: ExplainedError, Hashable {
  /// Nobody says what happens in the video of a prompt.
  case noEvents(prompt: String)
  /// The data says of every video that nothing happens in it.
  case nothingHappens(data: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .noEvents(let prompt):
      "The data does not say what happens in the video of prompt '\(prompt)', and an answer of the codec "
        + "'narration' begins with that."
    case .nothingHappens(let data): "Nothing happens in the videos of '\(data)'."
    }
  }

  /// What to do.
  package var remedy: String {
    "Use data that tells the events of its videos, such as 'world', or the codec 'timeTokens'."
  }

  /// A matter of the configuration.
  package var exitStatus: ExitStatus { .usage }
}
