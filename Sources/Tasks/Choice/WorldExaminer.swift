internal import Core

/// Asks questions with options about one video.
struct WorldExaminer {
  struct Question {
    /// The question without its options.
    var asked: String
    var answer: Choice

    /// The question with its options.
    var text: String { Choice.question(asked, with: answer.options) }
  }

  let video: WorldVideo
  let options: WorldChoice.Options
  var generator: SeededGenerator

  /// What questions other than those of colours are about: to enter is to be early, to leave to be late.
  private static let actions = [WorldAction.blinks, .moves]

  /// Different questions, by turns about each topic; each video begins with another.
  mutating func questions(_ count: Int) -> [Question] {
    var piles = options.topics.map { pile($0) }
    var result: [Question] = []
    var turn = generator.integer(below: piles.count)
    while result.count < count, piles.contains(where: { !$0.isEmpty }) {
      if let question = piles[turn % piles.count].popLast() { result.append(question) }
      turn += 1
    }
    return result
  }

  private mutating func pile(_ topic: WorldChoice.Topic) -> [Question] {
    switch topic {
    case .colour: colours().shuffled(using: &generator)
    case .order: orders().shuffled(using: &generator)
    case .count: counts()
    case .relation: relations().shuffled(using: &generator)
    case .repetition: repetitions()
    }
  }

  /// What colour a shape has that only one object has.
  private mutating func colours() -> [Question] {
    video.objects.filter { object in video.objects.count { $0.shape == object.shape } == 1 }
      .map { object in
        question(
          "what colour is the \(object.shape.rawValue)", object.colour.rawValue,
          WorldColour.allCases.map(\.rawValue), .colour, seen: [object.seen])
      }
  }

  /// Which of both things an object does first: nobody knows who saw one of them.
  private mutating func orders() -> [Question] {
    video.objects.compactMap { object in
      let firsts = Self.actions.compactMap { object.frames(of: $0).first }
      guard firsts.count == 2 else { return nil }
      return question(
        "what does \(object.name) do first",
        Self.actions[firsts[0].lowerBound < firsts[1].lowerBound ? 0 : 1].rawValue,
        Self.actions.map(\.rawValue), .order, seen: firsts, also: object.events.map(\.frames))
    }
  }

  /// Whether an object does something once or twice; as many questions have the one answer as the other.
  private mutating func counts() -> [Question] {
    var once: [Question] = []
    var twice: [Question] = []
    for object in video.objects {
      for action in Self.actions {
        let seen = object.frames(of: action)
        guard (1...2).contains(seen.count) else { continue }
        let asked = question(
          "how often \(object.name) \(action.rawValue)", seen.count == 1 ? "once" : "twice",
          ["once", "twice"], .count, seen: seen, also: object.events.map(\.frames))
        if seen.count == 1 { once.append(asked) } else { twice.append(asked) }
      }
    }
    guard let single = once.randomElement(using: &generator),
      let double = twice.randomElement(using: &generator)
    else { return [] }
    return [single, double].shuffled(using: &generator)
  }

  /// Whether something happens before or after something else, of two objects, each of which does it once and apart.
  private mutating func relations() -> [Question] {
    let events = video.objects.flatMap { object in
      Self.actions.compactMap { action in
        let seen = object.frames(of: action)
        return seen.count == 1 ? (object: object, action: action, frames: seen[0]) : nil
      }
    }
    var result: [Question] = []
    for first in events {
      for second in events
      where first.object != second.object && !first.frames.overlaps(second.frames) {
        let isBefore = first.frames.lowerBound < second.frames.lowerBound
        result.append(
          question(
            "does \(first.object.name) \(first.action.rawValue) before or after "
              + "\(second.object.name) \(second.action.rawValue)", isBefore ? "before" : "after",
            ["before", "after"], .relation, seen: [first.frames, second.frames]))
      }
    }
    return result
  }

  /// What an object does again, one question a video: each of the three answers is right a third of the time.
  private mutating func repetitions() -> [Question] {
    let repeating = video.objects.filter { object in
      Self.actions.contains { object.frames(of: $0).count == 2 }
    }
    let others = video.objects.filter { object in
      Self.actions.allSatisfy { object.frames(of: $0).count < 2 }
        && object.events.contains { Self.actions.contains($0.action) }
    }
    // Which object repeats itself, and what, is drawn evenly: two thirds for it are a third for each of its two actions.
    let isRepeated = generator.integer(below: 3) < 2
    guard !repeating.isEmpty, !others.isEmpty,
      let object = (isRepeated ? repeating : others).randomElement(using: &generator)
    else { return [] }
    let action = Self.actions.first { object.frames(of: $0).count == 2 }
    let seen = Self.actions.filter { action == nil || $0 == action }
    return [
      question(
        "what does \(object.name) do again", action?.rawValue ?? "nothing",
        Self.actions.map(\.rawValue) + ["nothing"], .repetition,
        seen: seen.flatMap { object.frames(of: $0) }, also: object.events.map(\.frames))
    ]
  }

  private mutating func question(
    _ asked: String, _ right: String, _ all: [String], _ topic: WorldChoice.Topic,
    seen: [Range<Int>], also: [Range<Int>] = []
  ) -> Question {
    let all = options.order == .shuffled ? all.shuffled(using: &generator) : all
    func clips(_ frames: [Range<Int>], _ priority: ClipPriority) -> [ClipList.Clip] {
      frames.map {
        ClipList.Clip(Interval(Double($0.lowerBound), Double($0.upperBound)), priority)
      }
    }
    let places = clips(seen, .first) + clips(also.filter { !seen.contains($0) }, .second)
    return Question(
      asked: asked,
      answer: Choice(
        all.firstIndex(of: right) ?? 0, of: all, topic: topic.rawValue, clips: ClipList(places)))
  }
}

extension WorldObject {
  /// Its colour and shape in words.
  fileprivate var name: String { "the \(colour.rawValue) \(shape.rawValue)" }

  /// When it does something, in time order.
  fileprivate func frames(of action: WorldAction) -> [Range<Int>] {
    events.filter { $0.action == action }.map(\.frames)
  }

  /// From its first frame in the picture to its last.
  fileprivate var seen: Range<Int> {
    let first = positions.firstIndex { $0 != nil } ?? 0
    let last = positions.lastIndex { $0 != nil } ?? positions.count - 1
    return first..<last + 1
  }
}
