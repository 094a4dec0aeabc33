package import Core
internal import Distill
package import Plugins
package import Tasks
package import Tensors

/// Everything a run is made of, as a configuration file writes it.
package struct RunConfiguration: DefaultedConfiguration {
  /// What people call the run.
  package var name = "run"
  /// From which every random stream of the run comes.
  package var seed = 0
  /// The data set.
  package var data: ConfigurationValue = "world"
  /// How answers are written.
  package var codec: ConfigurationValue = "timeTokens"
  /// The student.
  package var student: ConfigurationValue = "decoder"
  /// Which frames the student sees; all if left out.
  package var keyframes: ConfigurationValue?
  /// The teacher; none if left out.
  package var teacher: ConfigurationValue?
  /// Another teacher, whom a gate asks whether it agrees with the first; none if left out.
  package var secondTeacher: ConfigurationValue?
  /// How answers are judged.
  package var reward: ConfigurationValue = "grounding"
  /// What an objective means that names it as a signal, `plugIn(NAME)`; one without parameters need not be named here.
  package var advantage: ConfigurationValue?
  /// What is trained, one stage after the other; none evaluates the untrained student.
  package var stages: [StageConfiguration] = []
  /// How the student is evaluated.
  package var evaluation = EvaluationConfiguration()
  /// What is measured besides training.
  package var diagnostics = DiagnosticsConfiguration()
  /// When the run's state is saved, besides at the end of each stage.
  package var checkpoint = CheckpointConfiguration()
  /// A folder in which what curricula measure is remembered; one within the run's own if left out.
  ///
  /// Runs may share it; it changes no result.
  package var cache: String?
  /// Threads that share the work; the result does not depend on it.
  package var threads = 2

  /// The defaults.
  package init() {}
}

/// One stage of training.
package struct StageConfiguration: DefaultedConfiguration {
  /// What people call it; its method if left out.
  package var name: String?
  /// A method by name, or an objective written out.
  package var method: ConfigurationValue = "opd"
  /// Prompts to train on, where they are not the run's.
  package var data: ConfigurationValue?
  /// Which prompts come next.
  package var curriculum: ConfigurationValue = "uniform"
  /// What a round of the curriculum after the first begins without.
  package var roundResets = RoundResetsConfiguration()
  /// Steps; the learning rate's schedule spans them.
  package var steps = 100
  /// What ends the stage before its last step.
  package var stop = StopConfiguration()
  /// Prompts a step.
  package var prompts = 8
  /// Answers a prompt; what the method asks for if left out.
  package var group: Int?
  /// What logits are divided by, in sampling and in training.
  package var temperature = 1.0
  /// The most tokens of an answer; what the codec needs if left out.
  package var maximumLength: Int?
  /// How often a step's answers are trained on; what the method asks for if left out.
  package var innerSteps: Int?
  /// Parts in which a step's answers are trained on.
  package var miniBatches = 1
  /// How often a step may sample more prompts in place of groups without spread; what the method asks for if left out.
  package var refills: Int?
  /// The most memory the teacher's rows of an answer may take at a time, megabytes.
  package var chunkMegabytes = 64
  /// The peak of the learning rate.
  package var learningRate = 1e-3
  /// How the learning rate moves.
  package var schedule = ScheduleConfiguration()
  /// The optimizer's constants.
  package var optimizer = OptimizerConfiguration()

  /// The defaults.
  package init() {}
}

/// What a round of a curriculum after the first begins without.
package struct RoundResetsConfiguration: DefaultedConfiguration {
  /// Whether the optimizer forgets its moments.
  package var optimizer = false
  /// Whether the learning rate's schedule begins anew, over the steps that are left.
  package var learningRate = false

  /// Nothing is reset.
  package init() {}
}

/// How the learning rate moves.
package struct ScheduleConfiguration: DefaultedConfiguration {
  /// constant, cosine or linear.
  package var shape = LearningRateSchedule.Shape.cosine
  /// Updates over which the rate rises.
  package var warmUp = 10
  /// The share of the peak at the end.
  package var floor = 0.1

  /// The defaults.
  package init() {}
}

/// The optimizer's constants.
package struct OptimizerConfiguration: DefaultedConfiguration {
  /// The decay of the mean of gradients.
  package var beta1 = 0.9
  /// The decay of the mean of squared gradients.
  package var beta2 = 0.95
  /// What is added to the root of the second.
  package var epsilon = 1e-8
  /// Decay of weights, per unit of learning rate.
  package var weightDecay = 0.0
  /// The longest gradient.
  package var clipNorm = 1.0

  /// The defaults.
  package init() {}
}

/// How the student is evaluated.
package struct EvaluationConfiguration: DefaultedConfiguration {
  /// Which part of the data is answered: what is reported on, or what settings are chosen by.
  package var part = Dataset.Part.dev
  /// Steps between evaluations; 0 for the end of each stage only.
  package var every = 0
  /// The most queries of an evaluation before the last; all if left out.
  package var count: Int?
  /// Which frames the student sees when it is evaluated; those it is trained with if left out.
  package var keyframes: ConfigurationValue?
  /// How an answer is read from the student: 0 for greedily, or from so many samples, the one that agrees best with all.
  package var consensus = 0
  /// What logits are divided by where answers are sampled.
  package var temperature = 1.0
  /// Which tokens may be sampled then, as in `SamplingFilter`.
  package var topK: Int?
  package var topP: Double?
  package var minP: Double?
  /// Whether every answer that can be given is scored and the best in expectation taken, in place of samples.
  package var exact = false
  /// How likely an answer counts as then.
  package var likelihood = AnswerLikelihoods.Measure.total
  /// Whether the last evaluation measures the exact divergence from a teacher that knows whole distributions.
  package var teacherKL = false

  /// The defaults.
  package init() {}
}

/// What is measured besides training, at a cost that is counted apart; training does not change by it.
package struct DiagnosticsConfiguration: DefaultedConfiguration {
  /// Steps between diagnoses; 0 for none.
  package var every = 0
  /// Steps between audits of the gradient against the exact one; 0 for none.
  package var gradientAudit = 0
  /// k of overlap with the teacher and of masses.
  package var k = 16

  /// The defaults.
  package init() {}
}

extension EvaluationConfiguration {
  /// Refuses two ways to read an answer at once, and how to sample where nothing is sampled.
  func check() throws(ConfigurationError) {
    if exact, consensus > 0 {
      throw ConfigurationError.unusable(
        path: "evaluation.exact", reason: "a consensus of samples is asked for, too", source: nil)
    }
    if likelihood != .total, !exact {
      throw ConfigurationError.unusable(
        path: "evaluation.likelihood", reason: "answers are not scored unless 'exact' is on",
        source: nil)
    }
    let unread = [
      ("temperature", temperature != 1), ("topK", topK != nil), ("topP", topP != nil),
      ("minP", minP != nil),
    ]
    if consensus == 0, let key = unread.first(where: \.1)?.0 {
      throw ConfigurationError.unusable(
        path: "evaluation.\(key)", reason: "nothing is sampled unless 'consensus' is above 0",
        source: nil)
    }
  }

  /// How an answer is read from the student.
  package var decoding: Evaluation.Decoding {
    guard consensus > 0 else { return exact ? .exact(by: likelihood) : .greedy }
    return .consensus(
      samples: consensus, temperature: temperature,
      filter: SamplingFilter(topK: topK, topP: topP, minP: minP))
  }
}

/// When the run's state is saved.
package struct CheckpointConfiguration: DefaultedConfiguration {
  /// Steps between checkpoints; 0 for no such rule.
  package var every = 0
  /// Minutes between checkpoints, reckoned from the end of one step to that of another; 0 for no such rule.
  package var minutes = 5.0

  /// The defaults.
  package init() {}
}
