internal import Curriculum
internal import Distill
internal import Tasks
internal import Plugins
package import Core
package import Student
internal import TAD
internal import Teacher
internal import Tensors
internal import Tokenizers

/// The parts of a run, made from its configuration before anything is trained.
package struct RunParts {
  var configuration: RunConfiguration
  package let context: RunContext
  package let student: any Learner
  /// A digest of the weights it begins with, where they are another run's, or of the tokenizer that it brings along.
  let start: String?
  package let teacher: TeacherChoice?
  /// Who is asked whether it agrees with the teacher.
  let secondTeacher: TeacherChoice?
  package var reward: any RewardFunction
  /// The prompts to train on, but for stages with data of their own.
  package let train: [Prompt]
  /// What each stage trains on.
  let pools: [StagePool]
  /// The prompts that are answered when the student is evaluated, with the frames that it sees then.
  let reported: [Prompt]
  /// Frames scanned and operations spent to choose keyframes, once.
  let selection: SelectionCost
  /// Digests of the weights of those who judge answers and choose frames.
  let weights: [String]

  package init(
    _ configuration: RunConfiguration, in laboratory: Laboratory,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws {
    self.configuration = configuration
    let context = try await RunContext(configuration, in: laboratory, log: log)
    self.context = context
    student = try await laboratory.students.connect(
      configuration.student, at: "student", in: context)
    start =
      try await laboratory.bringsWeights(configuration.student)
      ? student.fingerprint() : (context.codec.tokenizer as? BytePairTokenizer)?.fingerprint
    teacher =
      if let choice = configuration.teacher, !choice.isNull {
        try await laboratory.teachers.connect(choice, at: "teacher", in: context)
      } else { nil }
    secondTeacher = try await configuration.connectSecondTeacher(in: context)
    reward = try await laboratory.rewards.connect(
      configuration.reward, at: "reward", in: context)
    var frames = try await FrameChoice(configuration.keyframes, context)
    let own = try await frames.pool(context.dataset)
    train = own.prompts
    var pools: [StagePool] = []
    for (index, stage) in configuration.stages.enumerated() {
      guard let data = stage.data, !data.isNull else {
        pools.append(own)
        continue
      }
      let choice = laboratory.stageData(data, of: configuration.data)
      pools.append(
        try await frames.pool(try await context.stageData(choice, at: "stages[\(index)].data")))
    }
    self.pools = pools
    var shown =
      configuration.evaluation.keyframes.map { $0.isNull } ?? true
      ? frames.withoutCost
      : try await FrameChoice(
        configuration.evaluation.keyframes, context, at: "evaluation.keyframes")
    reported = try await shown.prompts(context.dataset.reported, of: context.dataset)
    selection = frames.cost + shown.cost
    weights =
      [frames.weights, shown.weights, (reward as? any WeighedPart)?.weights].compactMap { $0 }
  }

  /// A digest of everything the run learns from.
  var identity: [String] {
    [context.dataset.fingerprint, teacher?.identity ?? ""]
      + [secondTeacher?.identity, start, told].compactMap { $0 } + weights
      + zip(configuration.stages, pools).filter { $0.0.data?.isNull == false }.map(\.1.identity)
  }

  /// Refuses stages that cannot be trained before anything is.
  func checkStages() async throws {
    try await checkSecondTeacher()
    for (index, stage) in configuration.stages.enumerated() {
      if let length = stage.maximumLength, !(1...context.codec.maximumLength).contains(length) {
        throw ConfigurationError.unusable(
          path: "stages[\(index)].maximumLength",
          reason: "an answer of this codec has 1 to \(context.codec.maximumLength) tokens",
          source: nil)
      }
      _ = try await trainer(of: index, student: student, ledger: Ledger())
    }
  }

  /// The teacher of a method: the run's, or the student itself where the method says so and the run does not.
  func teacher(for method: Method) -> TeacherChoice? {
    guard let kind = method.hints.selfTeacher, teacher?.selfTeacher == nil else {
      return teacher
    }
    let own = SelfTeacher(
      kind, evidence: method.hints.isPrivileged ? .allFrames : .sameAsStudent, codec: context.codec)
    return TeacherChoice(selfTeacher: own)
  }

  /// The trainer of one stage.
  ///
  /// - Parameters:
  ///   - index: The stage.
  ///   - student: Who is trained; also the frozen reference, where the method needs one.
  ///   - ledger: What was spent before.
  ///   - folder: The folder of the run, in which measurements are remembered unless runs share them elsewhere.
  /// - Returns: A trainer before its first step.
  /// - Throws: What is wrong with the method or the curriculum.
  func trainer(
    of index: Int, student: any Learner, ledger: Ledger, folder: String? = nil
  ) async throws -> Trainer {
    let stage = configuration.stages[index]
    let method = try Method(stage.method)
    let isHeld = method.objective.requirements.needsReference
    let reference = try await isHeld ? student.snapshot() : nil
    var trainer = try await Trainer(
      student: student, objective: method.objective, pool: PromptPool(pools[index].prompts),
      curriculum: try await curriculum(of: index),
      partners: try await partners(of: index, method, reference: reference, folder: folder),
      settings: settings(of: index, hints: method.hints), optimizer: stage.optimizer.settings)
    trainer.ledger = ledger
    return trainer
  }

  /// The exact divergence from the teacher on a student's own answers to the questions of the evaluation, where it is wanted
  /// and the teacher knows whole distributions.
  func teacherDistance(
    of student: any Learner
  ) async throws -> (metrics: [String: WeightedMean], flops: Double)? {
    guard configuration.evaluation.teacherKL, let teacher = try await otherTeacher(of: student),
      teacher.support == .full
    else { return nil }
    return try await student.comparison(
      with: teacher, on: reported,
      settings: SamplingSettings(
        group: 1, temperature: 1, maximumLength: context.codec.maximumLength),
      seed: context.seed.derived("teacher distance"))
  }

  /// The run's teacher, unless it follows the student.
  private func otherTeacher(of student: any Learner) async throws -> (any TeacherScorer)? {
    guard var own = teacher?.selfTeacher else { return teacher?.scorer }
    guard own.isBeside else { return nil }
    try await own.begin(with: student)
    return own
  }

  /// The curriculum of one stage.
  func curriculum(of index: Int) async throws -> any PromptCurriculum {
    try await context.laboratory.curricula.connect(
      configuration.stages[index].curriculum, at: "stages[\(index)].curriculum", in: context)
  }

  /// Whom a stage asks.
  ///
  /// - Throws: `ConfigurationError` where the objective names a plug-in that nobody registered.
  func partners(
    of index: Int, _ method: Method, reference: (any Policy)? = nil, folder: String?
  ) async throws -> TrainingPartners {
    let teacher = teacher(for: method)
    // What a teacher says that follows the student, or that nobody can tell from another, is not to be remembered.
    let isKnown = [teacher, secondTeacher].compactMap { $0 }
      .allSatisfy { $0.selfTeacher == nil && !$0.identity.isEmpty }
    let cache = configuration.cache ?? folder.map { $0 + "/measurements" }
    let measurements =
      isKnown
      ? cache.map { folder in
        MeasurementFolder(folder: folder, pool: pools[index].identity, teacher: teacherIdentity)
      } : nil
    var partners = TrainingPartners(
      codec: context.codec, teacher: teacher?.scorer, reference: reference, reward: reward,
      predictor: teacher?.predictor, measurements: measurements)
    partners.selfTeacher = teacher?.selfTeacher
    partners.secondTeacher = secondTeacher?.predictor
    for component in method.objective.components {
      for case .plugIn(let name) in component.signals.map(\.source) {
        partners.advantageEstimators[name] = try await advantage(name, of: index)
      }
      guard case .plugIn(let name) = component.correction else { continue }
      partners.policyGradientLosses[name] = try context.laboratory.losses.build(
        ConfigurationValue(.string(name)), at: "stages[\(index)].method", in: context)
    }
    return partners
  }

  /// The advantage that a stage's objective names, with the parameters that the run gives it.
  private func advantage(_ name: String, of index: Int) async throws -> any AdvantageEstimator {
    let advantages = context.laboratory.advantages
    if let choice = configuration.advantage, !choice.isNull, try advantages.name(in: choice) == name
    {
      return try await advantages.connect(choice, at: "advantage", in: context)
    }
    return try await advantages.connect(
      ConfigurationValue(.string(name)), at: "stages[\(index)].method", in: context)
  }

  /// What a stage's loop is told.
  func settings(of index: Int, hints: TrainerHints) -> TrainerSettings {
    let stage = configuration.stages[index]
    let diagnostics = configuration.diagnostics
    return TrainerSettings(
      steps: stage.steps, prompts: stage.prompts, group: stage.group ?? hints.group,
      temperature: stage.temperature,
      maximumLength: stage.maximumLength ?? context.codec.maximumLength,
      innerSteps: stage.innerSteps ?? hints.innerSteps, miniBatches: stage.miniBatches,
      refills: stage.refills ?? hints.refills, chunkBytes: stage.chunkMegabytes << 20,
      diagnostics: DiagnosticsSettings(
        every: diagnostics.every, gradientAudit: diagnostics.gradientAudit, k: diagnostics.k),
      schedule: LearningRateSchedule(
        peak: stage.learningRate, warmUp: stage.schedule.warmUp, shape: stage.schedule.shape,
        floor: stage.schedule.floor), seed: context.seed.derived("stage", index),
      roundResets: stage.roundResets.resets)
  }

  /// A digest of everything the teacher's words depend on besides the prompt.
  private var teacherIdentity: String {
    ContentHash.of([
      teacher?.identity ?? "", configuration.teacher?.text ?? "", configuration.codec.text,
      context.codec.tokenizer.fingerprint, "\(configuration.seed)", secondTeacher?.identity ?? "",
    ])
  }
}

extension RoundResetsConfiguration {
  var resets: RoundResets {
    var resets: RoundResets = []
    if optimizer { resets.insert(.optimizer) }
    if learningRate { resets.insert(.learningRate) }
    return resets
  }
}

extension OptimizerConfiguration {
  var settings: OptimizerSettings {
    OptimizerSettings(
      beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay, clipNorm: clipNorm)
  }
}
