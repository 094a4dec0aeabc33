public import Core
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
  /// How often a step may sample more prompts in place of groups without spread.
  public var refills: Int
  /// The most memory the teacher's rows of a response may take at a time, bytes.
  public var chunkBytes: Int
  /// What is measured besides training, and how often.
  public var diagnostics: DiagnosticsSettings
  /// How the learning rate moves.
  public var schedule: LearningRateSchedule
  /// Where all random streams of training come from.
  public var seed: Seed
  /// What a round of the curriculum after the first begins without.
  public var roundResets: RoundResets

  /// Settings of a loop.
  public init(
    steps: Int, prompts: Int = 8, group: Int = 1, temperature: Double = 1, maximumLength: Int,
    innerSteps: Int = 1, miniBatches: Int = 1, refills: Int = 0, chunkBytes: Int = 64 << 20,
    diagnostics: DiagnosticsSettings = DiagnosticsSettings(), schedule: LearningRateSchedule,
    seed: Seed, roundResets: RoundResets = []
  ) {
    self.steps = steps
    self.prompts = prompts
    self.group = group
    self.temperature = temperature
    self.maximumLength = maximumLength
    self.innerSteps = innerSteps
    self.miniBatches = miniBatches
    self.refills = refills
    self.chunkBytes = chunkBytes
    self.diagnostics = diagnostics
    self.schedule = schedule
    self.seed = seed
    self.roundResets = roundResets
  }

  /// Updates in all.
  public var plannedUpdates: Int { steps * innerSteps * miniBatches }
}

/// What is measured of a step besides training: its cost has an account of its own, and training does not change by it.
public struct DiagnosticsSettings: Sendable, Hashable {
  /// Steps between diagnoses; 0 for none.
  public var every: Int
  /// Steps between audits of the gradient; 0 for none.
  public var gradientAudit: Int
  /// k of overlap and of masses.
  public var k: Int

  /// What is measured.
  public init(every: Int = 0, gradientAudit: Int = 0, k: Int = 16) {
    self.every = every
    self.gradientAudit = gradientAudit
    self.k = k
  }

  /// Whether anything is measured at a step.
  func isDue(_ step: Int) -> Bool {
    every > 0 && step.isMultiple(of: every) || audits(step)
  }

  /// Whether the gradient is audited at a step.
  func audits(_ step: Int) -> Bool { gradientAudit > 0 && step.isMultiple(of: gradientAudit) }
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
