internal import Core

/// Draws what an object does and when.
struct WorldTimeline {
  let frames: Int
  var generator: SeededGenerator

  /// The last pixel column at which a sprite is whole.
  private static let lastColumn = WorldRendering.side - WorldShape.size

  /// An object that carries out a plan: its actions in order, at random times, with a quiet frame around each.
  mutating func object(
    shape: WorldShape, colour: WorldColour, lane: Int, plan: [WorldAction]
  ) -> WorldObject {
    let events = place(plan)
    return WorldObject(
      shape: shape, colour: colour, lane: lane, events: events, positions: positions(events))
  }

  /// When each action of a plan happens; actions that do not fit are left out, from the end.
  private mutating func place(_ plan: [WorldAction]) -> [WorldEvent] {
    var plan = plan
    while 4 * plan.count + 1 > frames { plan.removeLast() }
    var lengths: [Int] = []
    for action in plan { lengths.append(length(action)) }
    // Every action fits in 3 frames; the longest are shortened until all fit with the quiet frames.
    while lengths.reduce(0, +) + plan.count + 1 > frames {
      guard let longest = lengths.indices.max(by: { lengths[$0] < lengths[$1] }) else { break }
      lengths[longest] -= plan[longest] == .blinks ? 2 : 1
    }
    let slack = frames - lengths.reduce(0, +) - plan.count - 1
    let cuts = plan.map { _ in generator.integer(below: slack + 1) }.sorted()
    var events: [WorldEvent] = []
    var used = 0
    for (index, action) in plan.enumerated() {
      let start = 1 + index + used + cuts[index]
      events.append(WorldEvent(action: action, frames: start..<start + lengths[index]))
      used += lengths[index]
    }
    return events
  }

  /// A blink begins and ends with a frame without the object, so its length is odd.
  private mutating func length(_ action: WorldAction) -> Int {
    switch action {
    case .blinks: 3 + 2 * generator.integer(below: 3)
    case .moves: 3 + generator.integer(below: 4)
    case .enters, .leaves: 3 + generator.integer(below: 2)
    }
  }

  /// Where the object is in each frame.
  private mutating func positions(_ events: [WorldEvent]) -> [Int?] {
    var column = 1 + generator.integer(below: Self.lastColumn - 1)
    var isPresent = events.first?.action != .enters
    var result: [Int?] = []
    for event in events {
      while result.count < event.frames.lowerBound { result.append(isPresent ? column : nil) }
      switch event.action {
      case .blinks:
        result += event.frames.map { ($0 - event.frames.lowerBound) % 2 == 0 ? nil : column }
      case .moves:
        for _ in event.frames {
          column = moved(column, &direction)
          result.append(column)
        }
      case .enters:
        result += slide(from: edge(from: column), to: column, count: event.frames.count)
        isPresent = true
      case .leaves:
        result += slide(from: column, to: edge(from: column), count: event.frames.count + 1)
          .dropFirst()
        isPresent = false
      }
    }
    while result.count < frames { result.append(isPresent ? column : nil) }
    return result
  }

  /// 1 to the right, −1 to the left.
  private var direction = 1

  init(frames: Int, generator: SeededGenerator) {
    self.frames = frames
    self.generator = generator
  }

  /// Two pixels on, turning where the picture ends.
  private func moved(_ column: Int, _ direction: inout Int) -> Int {
    if !(0...Self.lastColumn).contains(column + 2 * direction) { direction = -direction }
    return column + 2 * direction
  }

  /// A column at which two pixels of the sprite are still in the picture, far enough to move in each frame of a slide.
  private mutating func edge(from column: Int) -> Int {
    let edges = [2 - WorldShape.size, WorldRendering.side - 2]
    let drawn = generator.integer(below: 2)
    return (edges[drawn] - column).magnitude >= 4 ? edges[drawn] : edges[1 - drawn]
  }

  /// Columns from one to another, each different from the one before.
  private func slide(from: Int, to: Int, count: Int) -> [Int?] {
    (0..<count).map { from + (to - from) * $0 / (count - 1) }
  }
}
