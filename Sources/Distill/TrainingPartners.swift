public import Core
public import Student
public import Teacher
internal import Tensors

/// Whom a training loop asks: the teacher, the reference, the reward, and how answers are written.
public struct TrainingPartners: Sendable {
  /// Scores the student's answers.
  public var teacher: (any TeacherScorer)?
  /// A frozen policy to stay near.
  public var reference: (any ReferencePolicy)?
  /// Judges answers.
  public var reward: (any RewardFunction)?
  /// Answers the prompts itself, for curricula and off-policy distillation.
  public var predictor: (any AnswerPredictor)?
  /// How answers are written.
  public var codec: AnswerCodec
  /// Remembers what curricula measured on the pool.
  public var measurements: (any MeasurementStore)?
  /// Plug-ins that an objective names among its signals.
  public var advantageEstimators: [String: any AdvantageEstimator] = [:]
  /// Plug-ins that an objective names as corrections.
  public var policyGradientLosses: [String: any PolicyGradientLoss] = [:]

  /// Whom a training loop asks.
  public init(
    codec: AnswerCodec, teacher: (any TeacherScorer)? = nil,
    reference: (any ReferencePolicy)? = nil, reward: (any RewardFunction)? = nil,
    predictor: (any AnswerPredictor)? = nil, measurements: (any MeasurementStore)? = nil
  ) {
    self.codec = codec
    self.teacher = teacher
    self.reference = reference
    self.reward = reward
    self.predictor = predictor
    self.measurements = measurements
  }

  /// Checks that everybody an objective needs is there.
  func check(
    _ objective: Objective, student: any StudentPolicy, settings: TrainerSettings
  ) throws {
    let needs = objective.requirements
    guard settings.steps > 0 else { throw TrainingError.zeroSteps }
    if objective.rolloutSource == .teacher, teacher?.support != .full, predictor == nil {
      throw TrainingError.missing(partner: "a teacher that gives answers of its own")
    }
    if let support = needs.teacherSupport {
      guard let teacher else { throw TrainingError.missing(partner: "a teacher") }
      guard teacher.support.covers(support) else {
        throw TrainingError.support(needed: support, given: teacher.support)
      }
      guard teacher.vocabularyFingerprint == student.vocabulary.fingerprint else {
        throw TrainingError.vocabulary(
          student: student.vocabulary.fingerprint, teacher: teacher.vocabularyFingerprint)
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

extension TrainingPartners {
  /// Shows the student to a teacher that is made of it.
  mutating func begin(with student: any StudentPolicy) throws {
    try withFollower { try $0.begin(with: student) }
  }

  /// Shows the student to a teacher that is made of it, after an update.
  mutating func follow(_ student: any StudentPolicy) {
    withFollower { $0.follow(student) }
  }

  private mutating func withFollower(
    _ body: (inout any StudentFollower) throws -> Void
  ) rethrows {
    guard var follower = teacher as? any StudentFollower else { return }
    try body(&follower)
    teacher = follower
    if predictor is any StudentFollower { predictor = follower as? any AnswerPredictor }
  }

  /// The parameters of a self-teacher that averages the student's.
  var selfTeacherParameters: [Float]? {
    get { (teacher as? any StudentFollower)?.ownParameters }
    set { withFollower { $0.ownParameters = newValue } }
  }
}

/// Why training cannot start or go on.
public enum TrainingError: ExplainedError, Hashable {
  /// The objective needs somebody who is not there.
  case missing(partner: String)
  /// The teacher cannot say as much as the objective needs.
  case support(needed: TeacherSupport, given: TeacherSupport)
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
  public var happened: String {
    switch self {
    case .missing(let partner): "The objective needs \(partner), and the run has none."
    case .support(let needed, let given):
      "The objective needs \(needed.words) from the teacher, which gives \(given.words)."
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
  public var remedy: String {
    switch self {
    case .missing: "Add it to the configuration, or choose another method."
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
  public var exitStatus: ExitStatus {
    switch self {
    case .missing, .support, .vocabulary, .group, .zeroSteps, .selfTeacherAlone: .usage
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
