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

  init(_ configuration: RunConfiguration, in laboratory: Laboratory) throws {
    self.configuration = configuration
    let seed = Seed(UInt64(bitPattern: Int64(configuration.seed)))
    let data = try laboratory.datasets.build(configuration.data, at: "data", in: seed)
    let codec = try laboratory.codecs.build(configuration.codec, at: "codec", in: data)
    let context = RunContext(
      seed: seed, dataset: try data.readable(with: codec), codec: codec, laboratory: laboratory)
    self.context = context
    student = try laboratory.students.build(configuration.student, at: "student", in: context)
    teacher = try configuration.teacher.flatMap {
      $0.isNull ? nil : try laboratory.teachers.build($0, at: "teacher", in: context)
    }
    reward = try laboratory.rewards.build(configuration.reward, at: "reward", in: context)
    let training = try context.showing(
      context.dataset.train, by: configuration.keyframes, at: "keyframes")
    let own = configuration.evaluation.keyframes.flatMap { $0.isNull ? nil : $0 }
    let reported = try context.showing(
      context.dataset.dev, by: own ?? configuration.keyframes,
      at: own == nil ? "keyframes" : "evaluation.keyframes")
    train = training.prompts
    dev = reported.prompts
    selection = SelectionCost(
      framesScanned: training.cost.framesScanned + reported.cost.framesScanned,
      flops: training.cost.flops + reported.cost.flops)
  }

  /// Refuses stages that cannot be trained before anything is.
  func checkStages() throws {
    for (index, stage) in configuration.stages.enumerated() {
      if let length = stage.maximumLength, !(1...context.codec.maximumLength).contains(length) {
        throw ConfigurationError.unusable(
          path: "stages[\(index)].maximumLength",
          reason: "an answer of this codec has 1 to \(context.codec.maximumLength) tokens",
          source: nil)
      }
      _ = try trainer(of: index, student: student, ledger: Ledger())
    }
  }

  /// The teacher of a method: the run's, or the student itself where the method says so and the run does not.
  func teacher(for method: Method) -> TeacherChoice? {
    guard let kind = method.hints.selfTeacher, !(teacher?.scorer is SelfTeacher) else {
      return teacher
    }
    let own = SelfTeacher(
      kind, evidence: method.hints.isPrivileged ? .allFrames : .sameAsStudent, codec: context.codec)
    return TeacherChoice(own, predictor: own)
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
    let teacher = teacher(for: method)
    // With prepared weights of its own: the student's change with every update.
    let reference = needs.needsReference ? (student as? DecoderStudent)?.detached() ?? student : nil
    let partners = TrainingPartners(
      codec: context.codec, teacher: teacher?.scorer, reference: reference, reward: reward,
      predictor: teacher?.predictor)
    let diagnostics = configuration.diagnostics
    var trainer = try Trainer(
      student: student, objective: method.objective, pool: PromptPool(train),
      curriculum: curriculum, partners: partners,
      settings: TrainerSettings(
        steps: stage.steps, prompts: stage.prompts, group: stage.group ?? method.hints.group,
        temperature: stage.temperature,
        maximumLength: stage.maximumLength ?? context.codec.maximumLength,
        innerSteps: stage.innerSteps ?? method.hints.innerSteps, miniBatches: stage.miniBatches,
        refills: stage.refills ?? method.hints.refills, chunkBytes: stage.chunkMegabytes << 20,
        diagnostics: DiagnosticsSettings(
          every: diagnostics.every, gradientAudit: diagnostics.gradientAudit, k: diagnostics.k),
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
