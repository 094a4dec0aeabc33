internal import Core

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
  /// - Throws: `DataError.nothingThere` if the videos are too short for them.
  mutating func video(_ name: String) throws -> WorldVideo {
    for _ in 0..<Self.patience {
      let objects = objects()
      var interviewer = WorldInterviewer(
        objects: objects, difficulty: options.difficulty, generator: generator)
      let questions = interviewer.questions(options.queriesPerVideo)
      generator = interviewer.generator
      let asksForOrder = options.difficulty != .easy && options.queriesPerVideo > 1
      guard questions.count == options.queriesPerVideo,
        !asksForOrder || questions.contains(where: { $0.kind == .order })
      else { continue }
      let appearance = generator.next()
      let fades = WorldFades.placed(
        options.fades, of: options.fadeFrames, in: options.frames, beside: objects,
        seed: Seed(appearance).derived("world.fades"))
      return WorldVideo(
        name: name, frames: options.frames, objects: objects, questions: questions, fades: fades,
        appearance: appearance)
    }
    throw DataError.nothingThere(
      what: "videos of \(options.frames) frames with \(options.queriesPerVideo) different questions"
    )
  }

  /// The objects of a video, each with its plan carried out; the first of them repeats itself, but comes in any order.
  private mutating func objects() -> [WorldObject] {
    let looks = looks()
    let lanes = [0, 1, 2].shuffled(using: &generator)
    var timeline = WorldTimeline(frames: options.frames, generator: generator)
    let objects = (0..<(options.difficulty == .easy ? 2 : 3)).map { index in
      let plan = plan(repeats: index == 0, &timeline.generator)
      return timeline.object(
        shape: looks[index].shape, colour: looks[index].colour, lane: lanes[index], plan: plan)
    }
    generator = timeline.generator
    return objects.shuffled(using: &generator)
  }

  /// Shapes with colours, each pair once; each shape and colour once unless the world is hard.
  private mutating func looks() -> [(shape: WorldShape, colour: WorldColour)] {
    guard options.difficulty == .hard else {
      let shapes = WorldShape.allCases.shuffled(using: &generator)
      return Array(zip(shapes, WorldColour.allCases.shuffled(using: &generator)))
    }
    return WorldShape.allCases.flatMap { shape in
      WorldColour.allCases.map { (shape: shape, colour: $0) }
    }.shuffled(using: &generator)
  }

  private func plan(repeats: Bool, _ generator: inout SeededGenerator) -> [WorldAction] {
    let actions = [WorldAction.blinks, .moves].shuffled(using: &generator)
    guard options.difficulty != .easy else { return actions }
    let odds = options.difficulty == .hard ? 2 : 4
    var plan = repeats ? [actions[0], actions[0]] : [actions[0]]
    if generator.integer(below: odds) == 0 {
      plan.insert(actions[1], at: generator.integer(below: plan.count + 1))
    }
    if generator.integer(below: odds) == 0 { plan.insert(.enters, at: 0) }
    if generator.integer(below: odds) == 0 { plan.append(.leaves) }
    return plan
  }
}
