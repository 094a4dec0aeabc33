public import Rollouts
public import Tensors

/// What a training loop is told.
public struct TrainerSettings: Sendable, Hashable {
  /// Steps in all; the learning rate's schedule spans them.
  public var steps: Int
  /// Prompts a step.
  public var prompts: Int
  /// Answers a prompt.
  public var group: Int
  /// τ.
  public var temperature: Double
  /// The most tokens of an answer.
  public var maximumLength: Int
  /// How often a step's answers are trained on.
  public var innerSteps: Int
  /// Parts in which a step's answers are trained on.
  public var miniBatches: Int
  /// How the learning rate moves.
  public var schedule: LearningRateSchedule
  /// Where all random streams of training come from.
  public var seed: Seed
  /// What a round of the curriculum after the first begins without.
  public var roundResets: RoundResets

  /// Settings of a loop.
  public init(
    steps: Int, prompts: Int = 8, group: Int = 1, temperature: Double = 1, maximumLength: Int,
    innerSteps: Int = 1, miniBatches: Int = 1, schedule: LearningRateSchedule, seed: Seed,
    roundResets: RoundResets = []
  ) {
    self.steps = steps
    self.prompts = prompts
    self.group = group
    self.temperature = temperature
    self.maximumLength = maximumLength
    self.innerSteps = innerSteps
    self.miniBatches = miniBatches
    self.schedule = schedule
    self.seed = seed
    self.roundResets = roundResets
  }

  /// Updates in all.
  public var plannedUpdates: Int { steps * innerSteps * miniBatches }
}

/// What training forgets when a curriculum begins a new round.
public struct RoundResets: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: Int

  /// Resets with the given bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The optimizer's moments and its count of updates.
  public static let optimizer = RoundResets(rawValue: 1)
  /// The learning rate's schedule, which begins anew, warm-up included, and spans the updates that are left.
  public static let learningRate = RoundResets(rawValue: 2)
}

/// The prompts a run may train on, with the frames their policy sees already chosen.
public struct PromptPool: Sendable {
  /// In the order of the data.
  public let prompts: [Prompt]

  private let places: [String: Int]

  /// A pool.
  public init(_ prompts: [Prompt]) {
    self.prompts = prompts
    places = Dictionary(prompts.enumerated().map { ($1.id, $0) }) { first, _ in first }
  }

  /// The prompt with an id.
  ///
  /// - Throws: `TrainingError.unknownPrompt`.
  public subscript(id: String) -> Prompt {
    get throws {
      guard let place = places[id] else { throw TrainingError.unknownPrompt(id) }
      return prompts[place]
    }
  }
}
