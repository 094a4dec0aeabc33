internal import Distill
public import Plugins
public import Tensors

/// Everything a run is made of, as a configuration file writes it.
public struct RunConfiguration: DefaultedConfiguration {
  /// What people call the run.
  public var name = "run"
  /// From which every random stream of the run comes.
  public var seed = 0
  /// The data set.
  public var data: ConfigurationValue = "world"
  /// How answers are written.
  public var codec: ConfigurationValue = "timeTokens"
  /// The student.
  public var student: ConfigurationValue = "decoder"
  /// Which frames the student sees; all if left out.
  public var keyframes: ConfigurationValue?
  /// The teacher; none if left out.
  public var teacher: ConfigurationValue?
  /// How answers are judged.
  public var reward: ConfigurationValue = "grounding"
  /// What is trained, one stage after the other; none evaluates the untrained student.
  public var stages: [StageConfiguration] = []
  /// How the student is evaluated.
  public var evaluation = EvaluationConfiguration()
  /// What is measured besides training.
  public var diagnostics = DiagnosticsConfiguration()
  /// Steps between checkpoints; 0 for the last only.
  public var checkpoint = CheckpointConfiguration()
  /// A folder in which what curricula measure is remembered; one within the run's own if left out.
  ///
  /// Runs may share it; it changes no result.
  public var cache: String?
  /// Threads that share the work; the result does not depend on it.
  public var threads = 2

  /// The defaults.
  public init() {}
}

/// One stage of training.
public struct StageConfiguration: DefaultedConfiguration {
  /// What people call it; its method if left out.
  public var name: String?
  /// A method by name, or an objective written out.
  public var method: ConfigurationValue = "opd"
  /// Prompts to train on, where they are not the run's.
  public var data: ConfigurationValue?
  /// Which prompts come next.
  public var curriculum: ConfigurationValue = "uniform"
  /// What a round of the curriculum after the first begins without.
  public var roundResets = RoundResetsConfiguration()
  /// Steps; the learning rate's schedule spans them.
  public var steps = 100
  /// What ends the stage before its last step.
  public var stop = StopConfiguration()
  /// Prompts a step.
  public var prompts = 8
  /// Answers a prompt; what the method asks for if left out.
  public var group: Int?
  /// What logits are divided by, in sampling and in training.
  public var temperature = 1.0
  /// The most tokens of an answer; what the codec needs if left out.
  public var maximumLength: Int?
  /// How often a step's answers are trained on; what the method asks for if left out.
  public var innerSteps: Int?
  /// Parts in which a step's answers are trained on.
  public var miniBatches = 1
  /// How often a step may sample more prompts in place of groups without spread; what the method asks for if left out.
  public var refills: Int?
  /// The most memory the teacher's rows of an answer may take at a time, megabytes.
  public var chunkMegabytes = 64
  /// The peak of the learning rate.
  public var learningRate = 1e-3
  /// How the learning rate moves.
  public var schedule = ScheduleConfiguration()
  /// The optimizer's constants.
  public var optimizer = OptimizerConfiguration()

  /// The defaults.
  public init() {}
}

/// What a round of a curriculum after the first begins without.
public struct RoundResetsConfiguration: DefaultedConfiguration {
  /// Whether the optimizer forgets its moments.
  public var optimizer = false
  /// Whether the learning rate's schedule begins anew, over the steps that are left.
  public var learningRate = false

  /// Nothing is reset.
  public init() {}
}

/// How the learning rate moves.
public struct ScheduleConfiguration: DefaultedConfiguration {
  /// constant, cosine or linear.
  public var shape = LearningRateSchedule.Shape.cosine
  /// Updates over which the rate rises.
  public var warmUp = 10
  /// The share of the peak at the end.
  public var floor = 0.1

  /// The defaults.
  public init() {}
}

/// The optimizer's constants.
public struct OptimizerConfiguration: DefaultedConfiguration {
  /// The decay of the mean of gradients.
  public var beta1 = 0.9
  /// The decay of the mean of squared gradients.
  public var beta2 = 0.95
  /// What is added to the root of the second.
  public var epsilon = 1e-8
  /// Decay of weights, per unit of learning rate.
  public var weightDecay = 0.0
  /// The longest gradient.
  public var clipNorm = 1.0

  /// The defaults.
  public init() {}
}

/// How the student is evaluated.
public struct EvaluationConfiguration: DefaultedConfiguration {
  /// Steps between evaluations; 0 for the end of each stage only.
  public var every = 0
  /// The most queries of an evaluation before the last; all if left out.
  public var count: Int?
  /// Which frames the student sees when it is evaluated; those it is trained with if left out.
  public var keyframes: ConfigurationValue?
  /// How an answer is read from the student: 0 for greedily, or from so many samples, the one that agrees best with all.
  public var consensus = 0
  /// Whether the last evaluation measures the exact divergence from a teacher that knows whole distributions.
  public var teacherKL = false

  /// The defaults.
  public init() {}
}

/// What is measured besides training, at a cost that is counted apart; training does not change by it.
public struct DiagnosticsConfiguration: DefaultedConfiguration {
  /// Steps between diagnoses; 0 for none.
  public var every = 0
  /// Steps between audits of the gradient against the exact one; 0 for none.
  public var gradientAudit = 0
  /// k of overlap with the teacher and of masses.
  public var k = 16

  /// The defaults.
  public init() {}
}

extension EvaluationConfiguration {
  /// How an answer is read from the student.
  public var decoding: Evaluation.Decoding {
    consensus > 0 ? .consensus(samples: consensus) : .greedy
  }
}

/// When the run's state is saved.
public struct CheckpointConfiguration: DefaultedConfiguration {
  /// Steps between checkpoints; 0 for the last only.
  public var every = 0

  /// The defaults.
  public init() {}
}
