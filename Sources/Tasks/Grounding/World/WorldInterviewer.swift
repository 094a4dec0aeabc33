internal import Core

/// Finds every question that a video answers unmistakably, and picks some of each kind.
struct WorldInterviewer {
  let objects: [WorldObject]
  let difficulty: World.Difficulty
  var generator: SeededGenerator

  /// Different questions: by turns one about a plain event, and one about a repetition or about order.
  ///
  /// Half are about plain events because the others are half answered by knowing that "first" is early.
  mutating func questions(_ count: Int) -> [WorldQuestion] {
    let all = everything()
    var piles = WorldQuestion.Kind.allCases.map { kind in
      all.filter { $0.kind == kind }.shuffled(using: &generator)
    }
    let turns: [WorldQuestion.Kind] = [.event, .order, .event, .repetition]
    var result: [WorldQuestion] = []
    var turn = 0
    while result.count < count, piles.contains(where: { !$0.isEmpty }) {
      defer { turn += 1 }
      let wanted = WorldQuestion.Kind.allCases.firstIndex(of: turns[turn % turns.count]) ?? 0
      guard let question = piles[wanted].popLast() else { continue }
      if !result.contains(where: { $0.text == question.text }) { result.append(question) }
    }
    return result
  }

  private mutating func everything() -> [WorldQuestion] {
    var result: [WorldQuestion] = []
    for object in objects {
      for action in WorldAction.allCases {
        let events = object.events.filter { $0.action == action }.map(\.frames)
        if events.count == 1 {
          let text = "\(mention(object)) \(action.rawValue)"
          result.append(WorldQuestion(kind: .event, text: text, frames: events[0]))
        } else if events.count == 2 {
          let text = "\(mention(object)) \(action.rawValue)"
          result += repetitions(text, events) + orders(text, events, by: object)
        }
      }
    }
    return result
  }

  private func repetitions(_ text: String, _ events: [Range<Int>]) -> [WorldQuestion] {
    [
      WorldQuestion(kind: .repetition, text: text + " first", frames: events[0]),
      WorldQuestion(kind: .repetition, text: text + " again", frames: events[1]),
    ]
  }

  /// Questions that tell two events apart by something that another object does once, between them.
  private mutating func orders(
    _ text: String, _ events: [Range<Int>], by object: WorldObject
  ) -> [WorldQuestion] {
    var result: [WorldQuestion] = []
    for other in objects where other != object {
      for event in other.events
      where events[0].upperBound <= event.frames.lowerBound
        && event.frames.upperBound <= events[1].lowerBound
        && other.events.count(where: { $0.action == event.action }) == 1
      {
        let anchor = "\(mention(other)) \(event.action.rawValue)"
        result.append(
          WorldQuestion(kind: .order, text: "\(text) before \(anchor)", frames: events[0]))
        result.append(
          WorldQuestion(kind: .order, text: "\(text) after \(anchor)", frames: events[1]))
      }
    }
    return result
  }

  /// The words for an object: colour and shape, or at times the shape alone where no other object has it.
  private mutating func mention(_ object: WorldObject) -> String {
    let isUnique = objects.count { $0.shape == object.shape } == 1
    let isShort = generator.integer(below: 3) == 0
    guard difficulty == .hard, isUnique, isShort else {
      return "the \(object.colour.rawValue) \(object.shape.rawValue)"
    }
    return "the \(object.shape.rawValue)"
  }
}
