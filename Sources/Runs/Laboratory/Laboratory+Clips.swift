internal import Core
internal import Plugins
internal import Student
internal import TAD
internal import Tasks

struct ClipsParameters: PluginParameters {
  var clipLength: Double?
  var most = 4

  static let keys: [String: KeyDeclaration] = [
    "clipLength": .real(
      0.001...86_400, "time between two tokens; the distance of the frames if left out", unit: "s"),
    "most": .integer(1...1000, "the most clips of an answer", unit: "clips"),
  ]
}

struct ReaderRewardParameters: PluginParameters, FrameBudget {
  var run: String?
  var arm: String?
  var tau = 1.0
  var likelihood = AnswerLikelihoods.Measure.total
  var budget: Int?
  var ratio: Double?
  var firstWeight = AnyKeyframes().firstWeight
  var secondWeight = AnyKeyframes().secondWeight
  var mode = AnyKeyframes().mode
  var hybridShare = AnyKeyframes().hybridShare

  var files: [String] { RunReference.files(run) }

  static let keys = RunReference.keys("reads questions with options").merging([
    "tau": .real(
      .above(0, to: 1e6), "what the log-odds of the right option are divided by before tanh (τ)"),
    "likelihood": .choice(
      AnswerLikelihoods.Measure.self,
      "how likely an option counts as: total, perToken, or gain over the same question without a frame"
    ),
  ]) { $1 }.merging(AnyKeyframes.budgetedKeys) { $1 }

  var drawing: AnyKeyframes {
    AnyKeyframes(
      firstWeight: firstWeight, secondWeight: secondWeight, mode: mode, hybridShare: hybridShare)
  }
}

extension Laboratory {
  /// Adds the parts of K-frames: answers that are clips, and a frozen reader that rewards them.
  mutating func registerClips() throws {
    taskMetrics += ClipListTask.metrics
    try codecs.register(
      "clips", summary: "the clips of a video that a question needs, with priorities (K-frames)",
      parameters: ClipsParameters.self
    ) { parameters, dataset in
      let length = parameters.clipLength ?? dataset.frameDistance
      return ClipListTask.answers(
        step: length, steps: try dataset.times(every: length, key: "clipLength"),
        most: parameters.most, words: dataset.queryWords)
    }
    try rewards.register(
      "reader",
      summary: "how much surer a frozen reader is of the right option on the frames of an answer's"
        + " clips (K-frames)", parameters: ReaderRewardParameters.self
    ) { parameters, context in try await readerReward(parameters, context) }
  }
}

/// The reward of a finished run's student that answers questions with options.
private func readerReward(
  _ parameters: ReaderRewardParameters, _ context: RunContext
) async throws -> ReaderReward {
  try parameters.checkBudget(of: "reader")
  let run = try RunReference.folder(parameters.run)
  let trained = try await TrainedStudent(finished: run, in: context.laboratory)
  try context.dataset.requireUnseen(trained.prompts, by: "The reader of '\(run)'")
  return ReaderReward(
    reader: try AnswerLikelihoods(
      try await trained.student.snapshot(), trained.context.codec, by: parameters.likelihood,
      for: "A reader"),
    weights: trained.identity, temperature: parameters.tau,
    view: ClipView(codec: context.codec, drawing: parameters.drawing, budget: parameters),
    asked: { try trained.reading($0) })
}
