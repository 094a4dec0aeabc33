public import Curriculum
public import Distill
public import Tasks
public import Plugins
public import Core
public import Student
public import TAD
public import Teacher

/// What a plug-in of a run may need to know when it is made.
public struct RunContext: Sendable {
  /// The seed of the run.
  public var seed: Seed
  /// The data, its queries as tokens of the codec's vocabulary.
  public var dataset: Dataset
  /// How answers are written.
  public var codec: AnswerCodec
  /// Everything that can be named.
  public var laboratory: Laboratory
  /// Takes a line for the run's log, such as what a program writes to its error output.
  public var log: @Sendable (String) -> Void

  /// What a plug-in of a run may need to know.
  public init(
    seed: Seed, dataset: Dataset, codec: AnswerCodec, laboratory: Laboratory,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.seed = seed
    self.dataset = dataset
    self.codec = codec
    self.laboratory = laboratory
    self.log = log
  }
}

/// A teacher, and whether it can answer prompts itself.
public struct TeacherChoice: Sendable {
  /// Scores the student's answers.
  public var scorer: any TeacherScorer
  /// The same where it is made of the student, which a run then shows it; `nil` for any other.
  package private(set) var selfTeacher: SelfTeacher?
  /// Answers prompts, for curricula; `nil` where the teacher cannot.
  public var predictor: (any AnswerPredictor)?
  /// A digest of what the teacher knows, part of a run's identity.
  public var identity: String
  /// Floating-point operations that its training took; 0 where nobody knows.
  public var training: Double
  /// Whether the teacher is wrong on purpose on the prompt of an id; `nil` for a teacher that nobody spoiled.
  public var isPlanted: (@Sendable (String) -> Bool)?
  /// What asking a live teacher has cost since it was connected; `nil` for a teacher in process.
  public var costs: (@Sendable () -> ServiceCosts)?

  /// A teacher.
  public init(
    _ scorer: any TeacherScorer, predictor: (any AnswerPredictor)? = nil, identity: String = "",
    training: Double = 0, isPlanted: (@Sendable (String) -> Bool)? = nil,
    costs: (@Sendable () -> ServiceCosts)? = nil
  ) {
    self.scorer = scorer
    self.predictor = predictor
    self.identity = identity
    self.training = training
    self.isPlanted = isPlanted
    self.costs = costs
  }

  /// A teacher that is made of the student.
  package init(selfTeacher: SelfTeacher, identity: String = "") {
    self.init(selfTeacher, predictor: selfTeacher, identity: identity, training: 0)
    self.selfTeacher = selfTeacher
  }
}

/// Everything a configuration can name, by kind.
public struct Laboratory: Sendable {
  /// Data sets.
  public var datasets = Registry<Seed, Dataset>(kind: "data")
  /// How answers are written.
  public var codecs = Registry<Dataset, AnswerCodec>(kind: "codec")
  /// What the numbers of the tasks mean that codecs write answers of; tasks of plug-ins add theirs.
  public var taskMetrics: [MetricDefinition] = []
  /// Students.
  public var students = Registry<RunContext, any Learner>(kind: "student")
  /// Tokenizers that students bring along, by the student's name; all others read and write the words of the codec.
  public var tokenizers = Registry<Seed, (any Tokenizer)?>(kind: "student")
  /// Students that begin with weights which no configuration and seed decides: a run's identity holds their digest.
  package var bringingWeights: Set<String> = ["from"]
  /// Teachers.
  public var teachers = Registry<RunContext, TeacherChoice>(kind: "teacher")
  /// Rewards.
  public var rewards = Registry<RunContext, any RewardFunction>(kind: "reward")
  /// Curricula.
  public var curricula = Registry<RunContext, any PromptCurriculum>(kind: "curriculum")
  /// Keyframe selectors.
  public var selectors = Registry<RunContext, any KeyframeSelector>(kind: "selector")
  /// Advantage estimators, which an objective names as a signal: `plugIn(name)`.
  ///
  /// One that listens to the teacher stands beside a signal `teacher`, if need be of weight 0, so that the teacher is asked.
  public var advantages = Registry<RunContext, any AdvantageEstimator>(kind: "advantage")
  /// Policy-gradient losses, which an objective names as a correction: `plugIn(name)`.
  public var losses = Registry<RunContext, any PolicyGradientLoss>(kind: "loss")

  /// What turns pictures of videos into rows of features; each is told where lines for a log go.
  package var encoders = Registry<@Sendable (String) -> Void, any FrameEncoder>(kind: "encoder")

  /// Every registry, in the order in which plug-ins are listed.
  package var catalogues: [any PluginCatalogue] {
    [
      datasets, codecs, students, teachers, rewards, curricula, selectors, advantages, losses,
      encoders,
    ]
  }

  /// How free questions become feature rows, by the name of the data whose questions are embedded so.
  public var questionEmbeddings: [String: @Sendable (String) throws -> [Float]] = [:]

  /// The data that was made last.
  package let madeData = DatasetCache()

  /// What selectors chose so far.
  package let selections = SelectionCache()

  /// Nothing to name.
  public init() {}

  /// Everything that comes with the program.
  public static func standard() throws -> Laboratory {
    var laboratory = Laboratory()
    try laboratory.registerData()
    try laboratory.registerChoice()
    try laboratory.registerClips()
    try laboratory.registerPolicies()
    try laboratory.registerPretrained()
    try laboratory.registerText()
    try laboratory.registerStart()
    try laboratory.registerTeachers()
    try laboratory.registerCaptionTeacher()
    try laboratory.registerModels()
    try laboratory.registerKeyframes()
    try laboratory.registerSalads50()
    try laboratory.registerCurricula()
    try laboratory.registerKeyClips()
    try laboratory.registerLive()
    try laboratory.registerEncoders()
    #if Engines
    try laboratory.registerEngines()
    #endif
    return laboratory
  }

  /// All plug-ins, for `opd plugins`.
  package func describe() throws -> [PluginDescription] {
    try catalogues.flatMap { try $0.describe() } + MethodPreset.describe()
  }
}
