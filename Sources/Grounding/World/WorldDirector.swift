internal import Rollouts

/// Draws whole videos: which objects, what they do, what is asked.
struct WorldDirector {
  let options: World.Options
  var generator: SeededGenerator

  /// How many videos are drawn until one allows enough questions.
  private static let patience = 1000

  init(options: World.Options, seed: Seed) {
    self.options = options
    generator = seed.generator()
  }

  /// A video with as many questions as wanted.
  ///
  /// - Throws: `GroundingError.nothingThere` if the videos are too short for them.
  mutating func video(_ name: String) throws -> WorldVideo {
    for _ in 0..<Self.patience {
      let objects = options.difficulty == .easy ? easyObjects() : standardObjects()
      var interviewer = WorldInterviewer(
        objects: objects, difficulty: options.difficulty, generator: generator)
      let questions = interviewer.questions(options.queriesPerVideo)
      generator = interviewer.generator
      let kinds = Set(questions.map(\.kind))
      guard questions.count == options.queriesPerVideo,
        options.difficulty == .easy || kinds.contains(.order)
      else { continue }
      return WorldVideo(
        name: name, frames: options.frames, objects: objects, questions: questions,
        appearance: generator.next())
    }
    throw GroundingError.nothingThere(
      what: "videos of \(options.frames) frames with \(options.queriesPerVideo) different questions"
    )
  }

  /// Two objects that differ in shape and colour; each blinks once and moves once.
  private mutating func easyObjects() -> [WorldObject] {
    let shapes = WorldShape.allCases.shuffled(using: &generator)
    let colours = WorldColour.allCases.shuffled(using: &generator)
    let lanes = [0, 1, 2].shuffled(using: &generator)
    var timeline = WorldTimeline(frames: options.frames, generator: generator)
    let objects = (0..<2).map { index in
      let plan = [WorldAction.blinks, .moves].shuffled(using: &timeline.generator)
      return timeline.object(
        shape: shapes[index], colour: colours[index], lane: lanes[index], plan: plan)
    }
    generator = timeline.generator
    return objects
  }

  /// Three objects; the first does something twice, and any may enter or leave.
  private mutating func standardObjects() -> [WorldObject] {
    let looks = WorldShape.allCases.flatMap { shape in
      WorldColour.allCases.map { (shape: shape, colour: $0) }
    }.shuffled(using: &generator)
    let lanes = [0, 1, 2].shuffled(using: &generator)
    var timeline = WorldTimeline(frames: options.frames, generator: generator)
    let objects = (0..<3).map { index in
      let plan = plan(repeats: index == 0, &timeline.generator)
      return timeline.object(
        shape: looks[index].shape, colour: looks[index].colour, lane: lanes[index], plan: plan)
    }
    generator = timeline.generator
    return objects.shuffled(using: &generator)
  }

  private func plan(repeats: Bool, _ generator: inout SeededGenerator) -> [WorldAction] {
    let actions = [WorldAction.blinks, .moves].shuffled(using: &generator)
    var plan = repeats ? [actions[0], actions[0]] : [actions[0]]
    if generator.integer(below: 2) == 0 {
      plan.insert(actions[1], at: generator.integer(below: plan.count + 1))
    }
    if generator.integer(below: 2) == 0 { plan.insert(.enters, at: 0) }
    if generator.integer(below: 2) == 0 { plan.append(.leaves) }
    return plan
  }
}
