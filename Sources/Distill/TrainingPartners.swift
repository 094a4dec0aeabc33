package import Core
internal import Student
package import Teacher
internal import Tensors

/// Whom a training loop asks: the teacher, the reference, the reward, and how answers are written.
package struct TrainingPartners: Sendable {
  /// A teacher that is made of the student; it stands in for any other.
  package var selfTeacher: SelfTeacher?
  /// A frozen policy to stay near.
  package var reference: (any Policy)?
  /// Judges answers.
  package var reward: (any RewardFunction)?
  /// How answers are written.
  package var codec: AnswerCodec
  /// Remembers what curricula measured on the pool.
  package var measurements: (any MeasurementStore)?
  /// Another teacher, whom curricula ask whether it agrees with the first.
  package var secondTeacher: (any AnswerPredictor)?
  /// Plug-ins that an objective names among its signals.
  package var advantageEstimators: [String: any AdvantageEstimator] = [:]
  /// Plug-ins that an objective names as corrections.
  package var policyGradientLosses: [String: any PolicyGradientLoss] = [:]

  private var scorer: (any TeacherScorer)?
  private var answerer: (any AnswerPredictor)?

  /// Whom a training loop asks.
  package init(
    codec: AnswerCodec, teacher: (any TeacherScorer)? = nil,
    reference: (any Policy)? = nil, reward: (any RewardFunction)? = nil,
    predictor: (any AnswerPredictor)? = nil, measurements: (any MeasurementStore)? = nil
  ) {
    self.codec = codec
    scorer = teacher
    self.reference = reference
    self.reward = reward
    answerer = predictor
    self.measurements = measurements
  }

  /// Scores the student's answers.
  package var teacher: (any TeacherScorer)? {
    get { selfTeacher ?? scorer }
    set { scorer = newValue }
  }

  /// Answers the prompts itself, for curricula and off-policy distillation.
  package var predictor: (any AnswerPredictor)? {
    get { selfTeacher ?? answerer }
    set { answerer = newValue }
  }

  /// Checks that everybody an objective needs is there.
  func check(
    _ objective: Objective, student: any Learner, settings: TrainerSettings
  ) throws {
    let needs = objective.requirements
    guard settings.steps > 0 else { throw TrainingError.zeroSteps }
    try check(needs, of: objective, settings, student.abilities)
    if objective.rolloutSource == .teacher, teacher?.support != .full, predictor == nil {
      throw TrainingError.missing(partner: "a teacher that gives answers of its own")
    }
    if let support = needs.teacherSupport {
      guard let teacher else { throw TrainingError.missing(partner: "a teacher") }
      guard teacher.support.covers(support) else {
        throw TrainingError.support(needed: support, given: teacher.support)
      }
      guard teacher.vocabularyFingerprint == student.tokenizer.fingerprint else {
        throw TrainingError.vocabulary(
          student: student.tokenizer.fingerprint, teacher: teacher.vocabularyFingerprint)
      }
    }
    if needs.needsReference, reference == nil {
      throw TrainingError.missing(partner: "a frozen reference policy")
    }
    if needs.needsReward, reward == nil { throw TrainingError.missing(partner: "a reward") }
    guard settings.group >= needs.minimumGroup else {
      throw TrainingError.group(needed: needs.minimumGroup, given: settings.group)
    }
  }

  /// Refuses what the student is not able to do.
  private func check(
    _ needs: ObjectiveRequirements, of objective: Objective, _ settings: TrainerSettings,
    _ abilities: LearnerAbilities
  ) throws {
    guard needs.learner.areMet(by: abilities) else {
      throw TrainingError.student(
        lacks: needs.learner.words, can: abilities.words,
        nearest: MethodPreset.nearest(to: objective, for: abilities)?.name)
    }
    let others = [
      (!settings.diagnostics.isOff && !abilities.logits, "its logits for diagnostics"),
      (selfTeacher != nil && !abilities.snapshots, "snapshots to teach it"),
      (selfTeacher?.averageShare != nil && !abilities.averages, "averages of its weights"),
      (selfTeacher?.isBeside == true && !abilities.teacher, "a teacher beside it"),
    ]
    for (isLacking, what) in others where isLacking {
      throw TrainingError.student(lacks: what, can: abilities.words, nearest: nil)
    }
  }

  /// Answers that were not sampled from the student: the data's, one for each right answer, or the teacher's.
  ///
  /// - Returns: One group a prompt, and the floating-point operations they took.
  func answers(
    to prompts: [Prompt], from source: Objective.RolloutSource, settings: TrainerSettings,
    seed: Seed
  ) async throws -> (groups: [RolloutGroup], flops: Double) {
    guard source == .teacher else { return (try prompts.map(demonstrations), 0) }
    guard let teacher else { throw TrainingError.missing(partner: "a teacher") }
    return try await TeacherAnswers(
      teacher: teacher, predictor: predictor, codec: codec, group: settings.group,
      maximumLength: settings.maximumLength
    ).answers(to: prompts, seed: seed)
  }

  private func demonstrations(_ prompt: Prompt) throws -> RolloutGroup {
    guard !prompt.truth.isEmpty else { throw TrainingError.noTruth(prompt.id) }
    let rollouts = try prompt.truth.enumerated().map { slot, truth in
      Rollout(given: try codec.encode(truth, to: prompt), to: prompt, slot: slot)
    }
    return RolloutGroup(prompt: prompt, rollouts: rollouts)
  }
}

/// Why training cannot start or go on.
package enum TrainingError: ExplainedError, Hashable {
  /// The objective needs somebody who is not there.
  case missing(partner: String)
  /// The teacher cannot say as much as the objective needs.
  case support(needed: TeacherSupport, given: TeacherSupport)
  /// The student cannot do what the run asks of it; with the nearest method that it can be trained by.
  case student(lacks: String, can: String, nearest: String?)
  /// Student and teacher use different vocabularies.
  case vocabulary(student: String, teacher: String)
  /// The group is too small for the objective.
  case group(needed: Int, given: Int)
  /// The run would make no step.
  case zeroSteps
  /// The curriculum named a prompt that is not in the pool.
  case unknownPrompt(String)
  /// Supervised training needs a right answer.
  case noTruth(String)
  /// A teacher that is made of the student stands where no student is shown to it.
  case selfTeacherAlone
  /// A loss or gradient is not finite.
  case notFinite(step: Int, prompts: [String])

  /// What happened.
  package var happened: String {
    switch self {
    case .missing(let partner): "The objective needs \(partner), and the run has none."
    case .support(let needed, let given):
      "The objective needs \(needed.words) from the teacher, which gives \(given.words)."
    case .student(let lacks, let can, _):
      "The run needs \(lacks) of the student, which gives \(can)."
    case .vocabulary(let student, let teacher):
      """
      The teacher's vocabulary (\(teacher.prefix(12))) is not the student's (\(student.prefix(12))).
      """
    case .group(let needed, let given):
      "The objective compares answers to one prompt and needs \(needed), but the group is \(given)."
    case .zeroSteps: "The run would make no step."
    case .unknownPrompt(let id):
      "The curriculum asked for prompt '\(id)', which is not in the pool."
    case .noTruth(let id): "Prompt '\(id)' has no right answer to learn from."
    case .selfTeacherAlone: "A self-teacher was asked before it had met its student."
    case .notFinite(let step, let prompts):
      "The gradient of step \(step) is not finite; its prompts are \(prompts.joined(separator: ", "))."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .missing: "Add it to the configuration, or choose another method."
    case .student(_, _, let nearest):
      nearest.map { "The nearest method it can be trained by is \($0)." }
        ?? "Use a student in process, or a run that asks for less."
    case .support: "Use a teacher in process, or an objective on the sampled token."
    case .vocabulary: "Make both from the same codec and data."
    case .group: "Set group to at least that."
    case .zeroSteps: "Set steps to at least 1."
    case .unknownPrompt: "Restore the data set the run began with."
    case .noTruth: "Train on prompts with right answers, or use a method that samples."
    case .selfTeacherAlone: "Name it as the run's teacher itself, not inside another teacher."
    case .notFinite: "Lower the learning rate; the checkpoint from before this step is intact."
    }
  }

  /// A combination that cannot train is a matter of the configuration; a prompt without answer is one of the data.
  package var exitStatus: ExitStatus {
    switch self {
    case .missing, .support, .student, .vocabulary, .group, .zeroSteps, .selfTeacherAlone: .usage
    case .unknownPrompt, .noTruth: .badInput
    case .notFinite: .failed
    }
  }
}

extension TeacherSupport {
  /// In words.
  var words: String {
    switch self {
    case .sampled: "the sampled token's log-probability"
    case .top(let k): "the \(k) most likely tokens"
    case .full: "the whole vocabulary"
    }
  }
}
