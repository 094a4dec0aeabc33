package import Core
package import Tensors

/// What a training loop is told.
package struct TrainerSettings: Sendable, Hashable {
  /// Steps in all; the learning rate's schedule spans them.
  package var steps: Int
  /// Prompts a step.
  package var prompts: Int
  /// Answers a prompt.
  package var group: Int
  /// τ.
  package var temperature: Double
  /// The most tokens of an answer.
  package var maximumLength: Int
  /// How often a step's answers are trained on.
  package var innerSteps: Int
  /// Parts in which a step's answers are trained on.
  package var miniBatches: Int
  /// How often a step may sample more prompts in place of groups without spread.
  package var refills: Int
  /// The most memory the teacher's rows of a response may take at a time, bytes.
  package var chunkBytes: Int
  /// What is measured besides training, and how often.
  package var diagnostics: DiagnosticsSettings
  /// How the learning rate moves.
  package var schedule: LearningRateSchedule
  /// Where all random streams of training come from.
  package var seed: Seed
  /// What a round of the curriculum after the first begins without.
  package var roundResets: RoundResets

  /// Settings of a loop.
  package init(
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
  package var plannedUpdates: Int { steps * innerSteps * miniBatches }
}

/// What is measured of a step besides training: its cost has an account of its own, and training does not change by it.
package struct DiagnosticsSettings: Sendable, Hashable {
  /// Steps between diagnoses; 0 for none.
  package var every: Int
  /// Steps between audits of the gradient; 0 for none.
  package var gradientAudit: Int
  /// k of overlap and of masses.
  package var k: Int

  /// What is measured.
  package init(every: Int = 0, gradientAudit: Int = 0, k: Int = 16) {
    self.every = every
    self.gradientAudit = gradientAudit
    self.k = k
  }

  /// Whether nothing is ever measured.
  var isOff: Bool { every == 0 && gradientAudit == 0 }

  /// Whether anything is measured at a step.
  func isDue(_ step: Int) -> Bool {
    every > 0 && step.isMultiple(of: every) || audits(step)
  }

  /// Whether the gradient is audited at a step.
  func audits(_ step: Int) -> Bool { gradientAudit > 0 && step.isMultiple(of: gradientAudit) }
}

/// What training forgets when a curriculum begins a new round.
package struct RoundResets: OptionSet, Sendable, Hashable {
  /// The bits.
  package let rawValue: Int

  /// Resets with the given bits.
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// The optimizer's moments and its count of updates.
  package static let optimizer = RoundResets(rawValue: 1)
  /// The learning rate's schedule, which begins anew, warm-up included, and spans the updates that are left.
  package static let learningRate = RoundResets(rawValue: 2)
}

/// The prompts a run may train on, with the frames their policy sees already chosen.
package struct PromptPool: Sendable {
  /// In the order of the data.
  package let prompts: [Prompt]

  private let places: [String: Int]

  /// A pool.
  package init(_ prompts: [Prompt]) {
    self.prompts = prompts
    places = Dictionary(prompts.enumerated().map { ($1.id, $0) }) { first, _ in first }
  }

  /// The prompt with an id.
  ///
  /// - Throws: `TrainingError.unknownPrompt`.
  package subscript(id: String) -> Prompt {
    get throws {
      guard let place = places[id] else { throw TrainingError.unknownPrompt(id) }
      return prompts[place]
    }
  }
}
