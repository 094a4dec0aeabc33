internal import Curriculum
internal import Distill
internal import Grounding
internal import Plugins
internal import Rollouts
internal import Student
internal import TAD
internal import Teacher
internal import Tensors

/// The parts of a run, made from its configuration before anything is trained.
struct RunParts {
  let configuration: RunConfiguration
  let context: RunContext
  let student: any StudentPolicy
  let teacher: TeacherChoice?
  let reward: any RewardFunction
  let train: [Prompt]
  let dev: [Prompt]
  /// Frames scanned and operations spent to choose keyframes, once.
  let selection: SelectionCost

  init(
    _ configuration: RunConfiguration, in laboratory: Laboratory,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws {
    self.configuration = configuration
    let context = try RunContext(configuration, in: laboratory, log: log)
    let seed = context.seed
    self.context = context
    student = try laboratory.students.build(configuration.student, at: "student", in: context)
    teacher =
      if let choice = configuration.teacher {
        try await laboratory.teachers.connect(choice, at: "teacher", in: context)
      } else { nil }
    reward = try await laboratory.rewards.connect(
      configuration.reward, at: "reward", in: context)
    guard let choice = configuration.keyframes, !choice.isNull else {
      train = context.dataset.train
      dev = context.dataset.dev
      selection = SelectionCost(framesScanned: 0, flops: 0)
      return
    }
    let selector = try await laboratory.selectors.connect(choice, at: "keyframes", in: context)
    var cost = SelectionCost(framesScanned: 0, flops: 0)
    train = try Self.select(context.dataset.train, selector, seed, &cost)
    dev = try Self.select(context.dataset.dev, selector, seed, &cost)
    selection = cost
  }

  private static func select(
    _ prompts: [Prompt], _ selector: any KeyframeSelector, _ seed: Seed,
    _ cost: inout SelectionCost
  ) throws -> [Prompt] {
    let selections = try selector.select(prompts, seed: seed.derived("keyframes"))
    return zip(prompts, selections).map { prompt, selection in
      cost.framesScanned += selection.cost.framesScanned
      cost.flops += selection.cost.flops
      var prompt = prompt
      prompt.keyframes = selection.indices
      return prompt
    }
  }

  /// The trainer of one stage.
  func trainer(
    of index: Int, student: any StudentPolicy, ledger: Ledger
  ) throws -> Trainer {
    let stage = configuration.stages[index]
    let method = try Method(stage.method)
    let curriculum = try context.laboratory.curricula.build(
      stage.curriculum, at: "stages[\(index)].curriculum", in: context)
    let needs = method.objective.requirements
    let partners = TrainingPartners(
      codec: context.codec, teacher: teacher?.scorer,
      reference: needs.needsReference ? student : nil,
      reward: reward, predictor: teacher?.predictor)
    var trainer = try Trainer(
      student: student, objective: method.objective, pool: PromptPool(train),
      curriculum: curriculum, partners: partners,
      settings: TrainerSettings(
        steps: stage.steps, prompts: stage.prompts, group: stage.group ?? method.hints.group,
        temperature: stage.temperature,
        maximumLength: stage.maximumLength ?? context.codec.maximumLength,
        innerSteps: stage.innerSteps ?? method.hints.innerSteps, miniBatches: stage.miniBatches,
        schedule: LearningRateSchedule(
          peak: stage.learningRate, warmUp: stage.schedule.warmUp, shape: stage.schedule.shape,
          floor: stage.schedule.floor), seed: context.seed.derived("stage", index)),
      optimizer: stage.optimizer.settings)
    trainer.ledger = ledger
    return trainer
  }
}

/// A method as a stage names it: a preset, or an objective written out.
struct Method {
  let objective: Objective
  let hints: TrainerHints

  init(_ value: ConfigurationValue) throws {
    if let name = value.string {
      let preset = try MethodPreset.named(name)
      objective = preset.objective
      hints = preset.hints
    } else {
      objective = try value.decoded(as: Objective.self, at: "method")
      hints = TrainerHints(group: max(1, objective.requirements.minimumGroup))
    }
  }
}

extension OptimizerConfiguration {
  var settings: AdamW<Float>.Settings {
    AdamW<Float>.Settings(
      beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay, clipNorm: clipNorm)
  }
}
