internal import Sweeps
internal import Records
internal import Distill
internal import Foundation
internal import Tasks
internal import Plugins
internal import Core
internal import Student
internal import Teacher
internal import Tensors

/// A short trial of a run: a few steps of every stage, made as the run makes them, in a folder that is then removed.
struct RunTrial {
  private let parts: RunParts
  private let directory: RunDirectory
  private var student: any Learner

  /// Predicts what a run will take.
  static func forecast(
    _ value: ConfigurationValue, in laboratory: Laboratory
  ) async throws -> RunForecast {
    let folder = FileManager.default.temporaryDirectory.appending(path: "opd-plan-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let directory = RunDirectory(folder)
    try FileManager.default.createDirectory(
      atPath: directory.file("checkpoints"), withIntermediateDirectories: true)
    let start = ContinuousClock.now
    let busy = clock()
    var configuration = try laboratory.configuration(of: value)
    // What others measured must not be mixed with what a trial finds.
    configuration.cache = nil
    Parallel.threads = configuration.threads
    let parts = try await RunParts(configuration, in: laboratory)
    try await parts.checkStages()
    _ = parts.identity
    let loading = start.elapsed
    var trial = RunTrial(parts.forTrial(), directory)
    var forecast = try await trial.run(loading: loading)
    forecast.trialSeconds = start.elapsed
    // POSIX fixes the unit of `clock` at a millionth of a second.
    forecast.busyCores = Double(clock() - busy) * 1e-6 / forecast.trialSeconds
    return forecast
  }

  private init(_ parts: RunParts, _ directory: RunDirectory) {
    self.parts = parts
    self.directory = directory
    student = parts.student
  }

  private mutating func run(loading: Double) async throws -> RunForecast {
    let configuration = parts.configuration
    let isTrained = !configuration.stages.isEmpty
    var beginning = RunForecast.Part(
      name: "beginning", steps: 0, seconds: [RunForecast.other: loading], rolloutTokens: 0)
    beginning.seconds[Ledger.Account.evaluation.rawValue] = try await evaluation(whole: !isTrained)
    var stages: [RunForecast.Part] = []
    for index in configuration.stages.indices { stages.append(try await stage(index)) }
    return RunForecast(
      parts: [beginning] + stages, peakMemory: MachineLimits.peakMemory(),
      mayEndEarlier: configuration.stages.contains {
        $0.stop.plateau != nil || $0.stop.target != nil
      })
  }

  /// Tries a stage; the student goes on from where it left it.
  private mutating func stage(_ index: Int) async throws -> RunForecast.Part {
    let stage = parts.configuration.stages[index]
    var trainer = try await parts.trainer(
      of: index, student: student, ledger: Ledger(), folder: directory.path)
    var sample = StageSample()
    while !sample.isEnough, sample.steps < stage.steps {
      let start = ContinuousClock.now
      let before = trainer.ledger
      let record = try await trainer.step()
      sample.add(record, seconds: start.elapsed, from: before, to: trainer.ledger)
    }
    let steps = sample.steps(of: stage)
    let rounds = try await CurriculumRehearsal.rounds(
      of: parts.curriculum(of: index), candidates: sample.candidates, steps: steps,
      prompts: stage.prompts)
    var part = sample.part(stage.title, steps: steps, parts.configuration.diagnostics)
    part.seconds[Ledger.Account.selection.rawValue, default: 0] +=
      Double(max(0, rounds - 1)) * sample.roundSeconds
    student = trainer.student
    // Before the trainer goes: what both hold is the most memory a run takes.
    part.seconds[Ledger.Account.evaluation.rawValue] = try await evaluations(steps)
    part.seconds[RunForecast.other, default: 0] += try await checkpoints(steps, index, &trainer)
    return part
  }

  /// Seconds of the checkpoints of a stage: the last, and those on the way.
  private func checkpoints(
    _ steps: Int, _ index: Int, _ trainer: inout Trainer
  ) async throws -> Double {
    let every = parts.configuration.checkpoint.every
    let start = ContinuousClock.now
    let learner = try await trainer.student.save(as: "trial")
    try RunCheckpoint(
      trainer, learner, monitor: StageMonitor(), stage: index,
      stageStart: index > 0 ? learner.weights : nil, steps: trainer.steps, seconds: 0
    ).write(directory, identity: "")
    return start.elapsed * Double(1 + (every > 0 ? (steps - 1) / every : 0))
  }

  /// Seconds of the evaluations of a stage: that of everything at its end, and those on the way.
  private func evaluations(_ steps: Int) async throws -> Double {
    let settings = parts.configuration.evaluation
    let whole = try await evaluation(whole: true)
    let share = min(1, Double(settings.count ?? .max) / Double(max(1, parts.reported.count)))
    let onTheWay = settings.every > 0 ? max(0, steps - 1) / settings.every : 0
    return whole * (1 + share * Double(onTheWay)) + (try await teacherDistance())
  }

  /// Seconds of an evaluation: of everything, or of as much as is asked on the way.
  ///
  /// The first answers are timed, four times as many again until they take a second: a language model needs minutes for all
  /// of them, an arm and a moment each, and the plan of `experiments/countdown` took more than ten.
  private func evaluation(whole: Bool) async throws -> Double {
    let all = parts.reported.count
    let count = whole ? all : min(all, parts.configuration.evaluation.count ?? all)
    guard count > 0 else { return 0 }
    var timed = min(Self.firstAnswers, count)
    while true {
      let start = ContinuousClock.now
      let evaluation = try await Evaluation(
        of: student, on: Array(parts.reported.prefix(timed)),
        codec: parts.context.codec, decoding: parts.configuration.evaluation.decoding)
      try directory.append(evaluation.outcomes.map { JSONText.line($0) }, to: "evaluation.jsonl")
      let seconds = start.elapsed
      if timed == count || seconds >= 1 { return seconds * Double(count) / Double(timed) }
      timed = min(4 * timed, count)
    }
  }

  /// Answers that are timed at first: as many as a decoder writes side by side at full speed.
  private static let firstAnswers = 64

  private func teacherDistance() async throws -> Double {
    let start = ContinuousClock.now
    guard try await parts.teacherDistance(of: student) != nil else { return 0 }
    return start.elapsed
  }
}

extension RunParts {
  /// The same parts as a trial needs them: with rewards that differ, and answers no longer than right ones are.
  fileprivate func forTrial() -> RunParts {
    var parts = self
    parts.reward = SpreadReward(judge: reward)
    for (index, pool) in pools.enumerated() {
      let stage = configuration.stages[index]
      let longest = pool.prompts.prefix(1000).flatMap { prompt in
        prompt.truth.compactMap { (try? context.codec.encode($0, to: prompt))?.count }
      }.max()
      // An untrained student does not know when to end, and soon learns it.
      parts.configuration.stages[index].maximumLength = min(
        stage.maximumLength ?? .max, longest ?? context.codec.maximumLength)
    }
    return parts
  }
}

/// Judges as another reward does, and then says something else of every answer: the answers of an untrained student all
/// fail alike, and where rewards do not differ some methods do not train.
private struct SpreadReward: RewardFunction {
  let judge: any RewardFunction

  func rewards(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
    try await judge.rewards(groups).map { group in
      group.enumerated().map { slot, reward in
        Reward(
          total: Double(slot) / Double(group.count), terms: reward.terms, parsed: reward.parsed)
      }
    }
  }
}

extension ContinuousClock.Instant {
  /// Seconds since this moment.
  var elapsed: Double { (ContinuousClock.now - self) / .seconds(1) }
}
