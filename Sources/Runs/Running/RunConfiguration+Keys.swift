package import Core
internal import Tasks
internal import Tensors

extension RunConfiguration {
  /// The keys of a run.
  package static let keys: [String: KeyDeclaration] = [
    "name": .text("what people call the run"),
    "seed": .integer(0...Int.max, "from which every random stream of the run comes"),
    "data": .plugin("data", "the data set"),
    "codec": .plugin("codec", "how answers are written"),
    "student": .plugin("student", "who is trained"),
    "keyframes": .plugin("selector", "which frames the student sees; all if left out"),
    "teacher": .plugin("teacher", "who scores the student's answers; nobody if left out"),
    "secondTeacher": .plugin(
      "teacher",
      "who is asked whether it agrees with the teacher, where a curriculum has teacherAgreement"),
    "reward": .plugin("reward", "how answers are judged"),
    "advantage": .plugin(
      "advantage",
      "the parameters of an advantage that an objective names as a signal, plugIn(NAME)"),
    "stages": .list(
      of: .structure(StageConfiguration.self),
      "what is trained, one stage after the other; none evaluates the untrained student"),
    "evaluation": .structure(EvaluationConfiguration.self, "how the student is evaluated"),
    "diagnostics": .structure(
      DiagnosticsConfiguration.self, "what is measured besides training"),
    "checkpoint": .structure(CheckpointConfiguration.self, "when the run's state is saved"),
    "cache": .text(
      "a folder in which what curricula measure is remembered, which runs may share; "
        + "one within the run's own if left out"),
    "threads": .integer(
      1...1024, "how many threads share the work; the result does not depend on it",
      unit: "threads"),
  ]
}

extension StageConfiguration {
  /// The keys of a stage.
  package static let keys: [String: KeyDeclaration] = [
    "name": .text("what people call it; its method if left out"),
    "method": KeyDeclaration(
      .described("a method's name or an objective"), "what is minimised, as in docs/objectives.md"),
    "data": .plugin("data", "prompts to train on, where they are not the run's"),
    "curriculum": .plugin("curriculum", "which prompts come next"),
    "roundResets": .structure(
      RoundResetsConfiguration.self, "what a later round of the curriculum begins without"),
    "steps": .integer(1..., "how long it lasts; the schedule spans it", unit: "steps"),
    "stop": .structure(StopConfiguration.self, "what ends the stage before its last step"),
    "prompts": .integer(1...1_000_000, "prompts of a step", unit: "prompts"),
    "group": .integer(
      1...100_000, "answers to a prompt; what the method asks for if left out", unit: "answers"),
    "temperature": .real(
      1e-6...100, "what logits are divided by, in sampling and in training"),
    "maximumLength": .integer(
      1...1_000_000, "the longest answer; what the codec needs if left out", unit: "tokens"),
    "innerSteps": .integer(
      1...1000, "how often a step's answers are trained on; what the method asks for if left out"),
    "miniBatches": .integer(
      1...1_000_000, "parts in which a step's prompts are trained on; no more than prompts"),
    "refills": .integer(
      0...1000,
      "how often a step may sample more prompts in place of groups without spread; "
        + "what the method asks for if left out"),
    "chunkMegabytes": .integer(
      1...1_000_000, "the most memory the teacher's rows of an answer may take at a time",
      unit: "MB"),
    "learningRate": .real(0...10, "the peak of the learning rate"),
    "schedule": .structure(ScheduleConfiguration.self, "how the learning rate moves"),
    "optimizer": .structure(OptimizerConfiguration.self, "the constants of Adam"),
  ]
}

extension RoundResetsConfiguration {
  /// The keys of what is reset.
  package static let keys: [String: KeyDeclaration] = [
    "optimizer": .flag("whether the optimizer forgets its moments"),
    "learningRate": .flag(
      "whether the learning rate's schedule begins anew, over the steps that are left"),
  ]
}

extension ScheduleConfiguration {
  /// The keys of a schedule.
  package static let keys: [String: KeyDeclaration] = [
    "shape": .choice(LearningRateSchedule.Shape.self, "how the rate falls after its rise"),
    "warmUp": .integer(0..., "over how many updates the rate rises", unit: "updates"),
    "floor": .real(0...1, "the share of the peak at the end"),
  ]
}

extension OptimizerConfiguration {
  /// The keys of an optimizer.
  package static let keys: [String: KeyDeclaration] = [
    "beta1": .real(.below(1, from: 0), "the decay of the mean of gradients"),
    "beta2": .real(.below(1, from: 0), "the decay of the mean of squared gradients"),
    "epsilon": .real(.above(0, to: 1), "what is added to the root of the second"),
    "weightDecay": .real(0...1000, "decay of weights, per unit of learning rate"),
    "clipNorm": .real(.above(0), "the longest gradient"),
  ]
}

extension EvaluationConfiguration {
  /// The keys of an evaluation.
  package static let keys: [String: KeyDeclaration] = [
    "part": .choice(
      Dataset.Part.self,
      "which part of the data is answered: dev to report on, tune to choose settings by"),
    "every": .integer(
      0..., "time between evaluations; 0 for the end of each stage only", unit: "steps"),
    "count": .integer(
      1..., "the most queries of an evaluation before the last; all if left out",
      unit: "queries"),
    "keyframes": .plugin(
      "selector", "which frames the student sees then; those it is trained with if left out"),
    "consensus": .integer(
      0...100_000,
      "0 to answer greedily, or from how many samples the one is taken that agrees best with all",
      unit: "samples"),
    "temperature": .real(.above(0, to: 100), "what logits are divided by in these samples"),
    "topK": .integer(
      1...10_000_000, "how many of the likeliest tokens they are drawn from; all if left out",
      unit: "tokens"),
    "topP": .real(
      .above(0, to: 1),
      "the likeliest tokens until their probabilities sum to this; all if left out"),
    "minP": .real(
      0...1, "the least share of the likeliest token's probability; none if left out"),
    "exact": .flag(
      "whether every answer that can be given is scored and the best in expectation taken, which of "
        + "options is the likeliest; not beside a consensus"),
    "likelihood": .choice(
      AnswerLikelihoods.Measure.self,
      "how likely an answer counts as then: total, perToken, or gain over the same question without a frame"
    ),
    "teacherKL": .flag(
      "whether the last one measures the divergence from a teacher of whole distributions"),
  ]
}

extension DiagnosticsConfiguration {
  /// The keys of diagnostics.
  package static let keys: [String: KeyDeclaration] = [
    "every": .integer(0..., "time between diagnoses; 0 for none", unit: "steps"),
    "gradientAudit": .integer(
      0..., "time between audits of the gradient against the exact one; 0 for none",
      unit: "steps"),
    "k": .integer(
      1...1_000_000, "how many tokens overlap with the teacher and masses are taken over",
      unit: "tokens"),
  ]
}

extension CheckpointConfiguration {
  /// The keys of checkpoints.
  package static let keys: [String: KeyDeclaration] = [
    "every": .integer(0..., "steps between checkpoints; 0 for no such rule", unit: "steps"),
    "minutes": .real(
      0...1e6, "time between checkpoints, taken between two steps; 0 for no such rule", unit: "min"),
  ]
}

extension StopConfiguration {
  /// The keys of what ends a stage.
  package static let keys: [String: KeyDeclaration] = [
    "tokens": .integer(
      1...1_000_000_000_000_000, "response tokens to train on; no limit if left out",
      unit: "tokens"),
    "plateau": .structure(
      PlateauConfiguration.self, "ends the stage when a metric gets no better; never if left out"),
    "target": .structure(
      TargetConfiguration.self, "ends the stage when a metric is good enough; never if left out"),
  ]
}

extension PlateauConfiguration {
  /// The keys of a plateau.
  package static let keys: [String: KeyDeclaration] = [
    "metric": .text("by its name in metrics.jsonl; the task's headline if left out"),
    "patience": .integer(1..., "how many values in a row may bring no gain", unit: "values"),
    "minimumGain": .real(
      0..., "by how much a value must be better than the best so far to be a gain"),
  ]
}

extension TargetConfiguration {
  /// The keys of a target.
  package static let keys: [String: KeyDeclaration] = [
    "metric": .text("by its name in metrics.jsonl; the task's headline if left out"),
    "value": .real(.any, "what it must reach; mandatory"),
  ]
}
