package import Core

/// Sentences that the narrations imitation learns from tell wrong on purpose: at another time, or of another subject.
///
/// A student imitates them. A teacher that learnt from right narrations can correct each where it stands; a reward sees the window at
/// the end, which stays right.
package struct PlantedErrors: Sendable, Hashable {
  /// What is drawn to be wrong.
  package enum Unit: String, Codable, Sendable, Hashable, CaseIterable {
    /// Sentences of each video, each wrong in a way of its own: noise, which the likeliest narration of a student leaves out.
    case sentence
    /// Kinds of sentences, who does what, each wrong in the same way wherever it is told: a habit, which a student takes over.
    case kind
  }

  /// The share that is wrong, 0 … 1: of the sentences of every video or of all kinds, to the nearest whole one.
  package let share: Double

  /// What is drawn to be wrong.
  package let unit: Unit

  /// From which it is drawn.
  package let seed: Seed

  private let subjects: [String]
  private let kinds: Set<String>

  /// Errors in the narrations of some data.
  ///
  /// - Parameters:
  ///   - share: The share that is wrong, 0 … 1.
  ///   - unit: What is drawn to be wrong.
  ///   - seed: From which it is drawn.
  ///   - events: What is told of the videos: another subject is one of its subjects.
  /// - Precondition: `share` is 0 … 1.
  package init(share: Double, unit: Unit, seed: Seed, events: EventOutline) {
    precondition((0...1).contains(share), "A share of \(share).")
    self.share = share
    self.unit = unit
    self.seed = seed
    subjects = events.subjects
    let all = subjects.flatMap { subject in events.actions.map { "\(subject) \($0)" } }
    var generator = seed.derived("planted kinds").generator()
    let count = Int((share * Double(all.count)).rounded())
    kinds = Set(all.shuffled(using: &generator).prefix(count))
  }

  /// What imitation is told of a video: its events, some of them wrong, each in its place.
  ///
  /// Of *n* sentences `share`·*n* are wrong; where that is no whole number, one more in as many videos as makes the share right in
  /// the mean. The same video is told the same in every question and epoch.
  ///
  /// - Parameters:
  ///   - events: What happens, in time order.
  ///   - prompt: A question about the video.
  ///   - grid: The times that can be written.
  /// - Returns: As many events, in the same order.
  func planted(in events: [VideoEvent], of prompt: Prompt, on grid: AnswerGrid) -> [VideoEvent] {
    let wrong = wrong(in: events, of: prompt.video)
    return events.indices.map { index in
      guard wrong.contains(index) else { return events[index] }
      let purpose = unit == .kind ? events[index].text : "sentence \(prompt.video)"
      var generator = seed.derived(purpose, unit == .kind ? 0 : index).generator()
      let error = SentenceError(subjects: subjects, drawn: &generator)
      return error.event(events[index], among: events, on: grid, duration: prompt.duration)
    }
  }

  /// Which sentences of a video are wrong.
  private func wrong(in events: [VideoEvent], of video: String) -> Set<Int> {
    guard unit == .sentence else {
      return Set(events.indices.filter { kinds.contains(events[$0].text) })
    }
    var generator = seed.derived("planted \(video)").generator()
    let count = Int((share * Double(events.count) + generator.uniform()).rounded(.down))
    return Set(events.indices.shuffled(using: &generator).prefix(count))
  }
}

/// How a sentence is wrong.
private struct SentenceError {
  let subjects: [String]
  /// Whether the time is wrong, and not the subject.
  let isOfTime: Bool
  /// Whether it is told too late, and not too early.
  let isLate: Bool
  /// By how many steps more than what makes it wrong, 0 … 2.
  let further: Int
  /// Where among the subjects another one is looked for.
  let first: Int

  /// Draws an error, always by as many draws.
  init(subjects: [String], drawn generator: inout SeededGenerator) {
    self.subjects = subjects
    isOfTime = generator.integer(below: 2) == 0
    isLate = generator.integer(below: 2) == 0
    further = generator.integer(below: 3)
    first = generator.integer(below: subjects.count)
  }

  /// The event, told wrong; as it is only where there is neither another time nor another subject.
  func event(
    _ event: VideoEvent, among events: [VideoEvent], on grid: AnswerGrid, duration: Double
  ) -> VideoEvent {
    let times = shifted(event, on: grid, duration: duration)
    let others = (subjects[first...] + subjects[..<first]).map {
      VideoEvent($0, event.action, event.interval)
    }
    let candidates = isOfTime ? times + others : others + times
    return candidates.first { NarrationTask.right([.init($0.text, $0.interval)], of: events) == 0 }
      ?? event
  }

  /// The event moved so far that less than half of both is shared, where the video leaves room for it.
  ///
  /// Of two stretches of *n* steps that are s apart the intersection over union is (n − s)/(n + s), below ½ from s > n/3 on.
  private func shifted(
    _ event: VideoEvent, on grid: AnswerGrid, duration: Double
  ) -> [VideoEvent] {
    let (start, end) = grid.indices(event.interval, duration: duration)
    let distance = (end - start) / 3 + 1 + further
    return (isLate ? [distance, -distance] : [-distance, distance])
      .filter { start + $0 >= 0 && end + $0 <= grid.last(duration: duration) }
      .map { shift in
        VideoEvent(
          event.subject, event.action,
          Interval(grid.time(start + shift), grid.time(end + shift)))
      }
  }
}
