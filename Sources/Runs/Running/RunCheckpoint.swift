internal import Records
internal import Curriculum
internal import Distill
internal import Foundation
internal import Core
internal import Storage
internal import Student
internal import Tensors

/// A run's state between two steps: enough to go on with the same bytes.
///
/// Two files: `step-000100.h5`, which has the same bytes whenever the same run comes to the same step, and
/// `step-000100.timing.json` with what the clock said. The second is written first, so a state that is there is whole.
struct RunCheckpoint {
  /// The logs whose length belongs to the state, and which every repetition writes alike.
  static let repeatable = [
    "metrics.jsonl", "selection.jsonl", "rollouts.jsonl", "stages.jsonl",
  ]
  private static let timingLog = "timing.jsonl"
  /// All logs whose length is set back when a run goes on.
  static let logs = repeatable + [timingLog]

  private(set) var stage: Int
  /// Steps of all stages.
  private(set) var steps: Int
  /// Steps of the current stage; 0 at its beginning.
  private(set) var stageSteps: Int
  private(set) var updates: Int
  private(set) var seconds: Double
  private(set) var ledger: Ledger
  /// The student: its weights alone between two stages.
  private(set) var learner: LearnerState
  /// The student as it was when the stage began; `nil` in the first stage, which begins with fresh weights.
  private(set) var stageStart: LearnerState?
  private(set) var sizes: [String: Int] = [:]
  /// How far the current stage is from its end.
  private(set) var monitor: StageMonitor
  private var scheduleStart: Int
  private var curriculum: [UInt8]

  private struct State: Codable {
    var stage: Int
    var steps: Int
    var stageSteps: Int
    var updates: Int
    var ledger: Ledger
    var sizes: [String: Int]
    var monitor: StageMonitor
    var scheduleStart: Int
    var optimizerSteps: Int
    var curriculum: [UInt8]
    /// Where the student's state is kept, if elsewhere; and that of the beginning of its stage.
    var learner: Elsewhere?
    var stageStart: Elsewhere?
  }

  /// A state that is kept elsewhere.
  private struct Elsewhere: Codable {
    var name: String
    var digest: String?
    var updates: Int

    init?(_ state: LearnerState?) {
      guard let state, let name = state.name else { return nil }
      (self.name, digest, updates) = (name, state.digest, state.optimizerUpdates)
    }

    var state: LearnerState {
      LearnerState(blobs: [], optimizerUpdates: updates, name: name, digest: digest)
    }
  }

  private struct Timing: Codable {
    var seconds = 0.0
    var ledger: [String: Double] = [:]
    var bytes = 0
  }

  /// The state of a run after a step; a finished stage leaves no optimizer behind, and the next one begins.
  init(
    _ trainer: Trainer, _ learner: LearnerState, monitor: StageMonitor, stage: Int,
    stageStart: LearnerState?, steps: Int, seconds: Double
  ) throws {
    let isBetweenStages = monitor.rule != nil
    self.stageStart = isBetweenStages ? nil : stageStart
    self.stage = isBetweenStages ? stage + 1 : stage
    self.monitor = isBetweenStages ? StageMonitor() : monitor
    scheduleStart = trainer.scheduleStart
    self.steps = steps
    self.seconds = seconds
    stageSteps = isBetweenStages ? 0 : trainer.steps
    updates = trainer.updates
    ledger = trainer.ledger
    self.learner = isBetweenStages ? learner.weights : learner
    curriculum = try trainer.curriculum.snapshot()
  }

  /// Puts a fresh trainer of the stage where this one stood.
  func restore(_ trainer: inout Trainer) async throws {
    try trainer.curriculum.restore(curriculum)
    try await trainer.restore(
      learner, steps: stageSteps, updates: updates, scheduleStart: scheduleStart, ledger: ledger)
  }

  /// Saves the state; older states are deleted once it is there.
  func write(_ directory: RunDirectory) throws {
    let sizes = Dictionary(
      uniqueKeysWithValues: Self.repeatable.map { ($0, directory.size($0) ?? 0) })
    let state = State(
      stage: stage, steps: steps, stageSteps: stageSteps, updates: updates,
      ledger: ledger.withoutSeconds,
      sizes: sizes, monitor: monitor, scheduleStart: scheduleStart,
      optimizerSteps: learner.optimizerUpdates, curriculum: curriculum,
      learner: Elsewhere(learner), stageStart: Elsewhere(stageStart))
    // In this order the file has the bytes it has had since the first version.
    let start = (stageStart?.blobs ?? []).map {
      LearnerState.Blob(Self.startName($0.name), $0.values)
    }
    let blobs = learner.blobs.prefix(1) + start + learner.blobs.dropFirst()
    let tensors = blobs.map { (name: $0.name, shape: [$0.values.count], values: $0.values) }
    let name = "checkpoints/" + String(format: "step-%06d", steps)
    try directory.write(
      json: Timing(
        seconds: seconds, ledger: self.ledger.seconds, bytes: directory.size(Self.timingLog) ?? 0),
      to: name + Self.timingSuffix)
    try CheckpointFile.write(
      directory.file(name + Self.suffix), tensors: tensors,
      attributes: ["state": JSONText.line(state)])
    let folder = directory.file("checkpoints")
    for old in try FileManager.default.contentsOfDirectory(atPath: folder)
    where old.hasPrefix("step-") && !name.hasSuffix(String(old.prefix { $0 != "." })) {
      try FileManager.default.removeItem(atPath: folder + "/" + old)
    }
  }

  /// What a blob of the student at the beginning of its stage is called in the file.
  private static func startName(_ name: String) -> String {
    name == LearnerState.parameters ? stageStartName : "\(stageStartName).\(name)"
  }

  private static let stageStartName = "stageStart"
  private static let suffix = ".h5"
  private static let timingSuffix = ".timing.json"

  /// The last saved state, or `nil` where there is none.
  static func latest(_ directory: RunDirectory) throws -> RunCheckpoint? {
    let folder = directory.file("checkpoints")
    guard FileManager.default.fileExists(atPath: folder), let name = try names(folder).last else {
      return nil
    }
    return try RunCheckpoint(reading: folder + "/" + name)
  }

  /// Puts a student where a run left it; `nil` where nothing was saved.
  ///
  /// - Throws: `RunError.noRun` where there is no run, `.checkpoint` where the saved weights do not fit.
  static func restore(
    _ student: inout any Learner, from directory: RunDirectory
  ) async throws -> RunCheckpoint? {
    guard directory.status != nil else { throw RunError.noRun(path: directory.path) }
    guard let saved = try latest(directory) else { return nil }
    do {
      try await student.restore(saved.learner.weights)
    } catch LearnerError.misfit(let holds, let needs) {
      throw RunError.checkpoint(
        path: directory.path,
        reason: "it holds \(holds) weights and the configured student has \(needs)")
    }
    return saved
  }

  private static func timing(beside path: String) throws -> Timing {
    let file = path.dropLast(suffix.count) + timingSuffix
    guard let data = FileManager.default.contents(atPath: String(file)) else { return Timing() }
    return try JSONDecoder().decode(Timing.self, from: data)
  }

  private init(reading path: String) throws {
    let file = try CheckpointFile.read(path)
    guard let text = file.attributes["state"] else { throw Self.nothing(in: path) }
    let state = try JSONDecoder().decode(State.self, from: Data(text.utf8))
    guard file[LearnerState.parameters] != nil || state.learner != nil else {
      throw Self.nothing(in: path)
    }
    stage = state.stage
    steps = state.steps
    stageSteps = state.stageSteps
    updates = state.updates
    let timing = try Self.timing(beside: path)
    seconds = timing.seconds
    ledger = state.ledger
    ledger.seconds = timing.ledger
    sizes = state.sizes
    sizes[Self.timingLog] = timing.bytes
    monitor = state.monitor
    scheduleStart = state.scheduleStart
    curriculum = state.curriculum
    learner = state.learner?.state ?? Self.weights(file, updates: state.optimizerSteps)
    stageStart = state.stageStart?.state ?? Self.beginning(file)
  }

  /// The student whose numbers the file holds.
  private static func weights(_ file: CheckpointFile, updates: Int) -> LearnerState {
    let blobs = file.tensors.filter { !$0.name.hasPrefix(stageStartName) }
    return LearnerState(
      blobs: blobs.map { LearnerState.Blob($0.name, $0.values) }, optimizerUpdates: updates)
  }

  /// The student at the beginning of its stage, if the file holds it.
  private static func beginning(_ file: CheckpointFile) -> LearnerState? {
    let blobs = file.tensors.filter { $0.name.hasPrefix(stageStartName) }.map { blob in
      let name = blob.name.dropFirst(stageStartName.count + 1)
      return LearnerState.Blob(
        name.isEmpty ? LearnerState.parameters : String(name), blob.values)
    }
    return blobs.isEmpty ? nil : LearnerState(blobs: blobs)
  }

  private static func nothing(in path: String) -> RunError {
    RunError.checkpoint(path: path, reason: "it holds no state of a run")
  }

  private static func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasPrefix("step-") && $0.hasSuffix(suffix) }.sorted()
  }
}
