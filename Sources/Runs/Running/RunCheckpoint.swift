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
/// `step-000100.timing.json` with what the clock said, whose run it is, and the checksum of the first. The second is
/// written first, and the logs are on the disk before either, so a state that is there is whole.
struct RunCheckpoint {
  /// The logs whose length belongs to the state, and which every repetition writes alike.
  static let repeatable = [
    "metrics.jsonl", "selection.jsonl", "rollouts.jsonl", "stages.jsonl",
  ]
  static let timingLog = "timing.jsonl"
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
  /// The identity of the run, where the state is read from a file that says it.
  private(set) var identity: String?
  /// Whether what the clock said is known.
  private(set) var hasTiming = true
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
    /// The identity of the run; absent in states of earlier programs.
    var identity: String?
    /// The checksum of the other file; absent in states of earlier programs.
    var checksum: String?
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

  /// Saves the state; the one before it is kept too, should this one be damaged, and older ones are deleted.
  ///
  /// - Parameters:
  ///   - directory: The run.
  ///   - identity: The run's identity, by which it is known should its status be lost.
  /// - Throws: `StorageError.unwritable`.
  func write(_ directory: RunDirectory, identity: String) throws {
    // A power cut after this one may cost lines of logs that the state counts on.
    try directory.flush(Self.logs)
    let name = "checkpoints/" + String(format: "step-%06d", steps)
    var timing = Timing(
      seconds: seconds, ledger: ledger.seconds, bytes: directory.size(Self.timingLog) ?? 0,
      identity: identity)
    let file = CheckpointFile(tensors: tensors, attributes: ["state": state(directory)])
    try file.write(directory.file(name + Self.suffix)) { temporary in
      timing.checksum = FileChecksum.of(temporary)
      try directory.write(json: timing, to: name + Self.timingSuffix)
    }
    try Self.keep(2, in: directory)
  }

  private var tensors: [NamedTensor] {
    // In this order the file has the bytes it has had since the first version.
    let start = (stageStart?.blobs ?? []).map {
      LearnerState.Blob(Self.startName($0.name), $0.values)
    }
    let blobs = learner.blobs.prefix(1) + start + learner.blobs.dropFirst()
    return blobs.map { NamedTensor($0.name, shape: [$0.values.count], values: $0.values) }
  }

  private func state(_ directory: RunDirectory) -> String {
    let sizes = Dictionary(
      uniqueKeysWithValues: Self.repeatable.map { ($0, directory.size($0) ?? 0) })
    return JSONText.line(
      State(
        stage: stage, steps: steps, stageSteps: stageSteps, updates: updates,
        ledger: ledger.withoutSeconds, sizes: sizes, monitor: monitor,
        scheduleStart: scheduleStart, optimizerSteps: learner.optimizerUpdates,
        curriculum: curriculum, learner: Elsewhere(learner), stageStart: Elsewhere(stageStart)))
  }

  /// What a blob of the student at the beginning of its stage is called in the file.
  private static func startName(_ name: String) -> String {
    name == LearnerState.parameters ? stageStartName : "\(stageStartName).\(name)"
  }

  private static let stageStartName = "stageStart"
  static let suffix = ".h5"
  static let timingSuffix = ".timing.json"

  /// What the clock said and whose run it is; `nil` where that file is missing.
  private static func timing(beside path: String) throws -> Timing? {
    let file = path.dropLast(suffix.count) + timingSuffix
    do {
      return try JSONLines.readWhole(String(file))
    } catch StorageError.missingFile {
      return nil
    }
  }

  /// Reads a state, whose checksum is compared before the HDF5 library sees it.
  ///
  /// - Throws: `RunError.checkpoint`.
  init(reading path: String) throws {
    do {
      try self.init(whole: path)
    } catch StorageError.unreadable(_, _, let reason) {
      throw RunError.checkpoint(path: path, reason: reason)
    } catch let error as StorageError {
      throw RunError.checkpoint(path: path, reason: String(error.happened.dropLast()))
    } catch is DecodingError {
      throw RunError.checkpoint(path: path, reason: "what it says of the run is not whole")
    }
  }

  private init(whole path: String) throws {
    let timing = try Self.timing(beside: path)
    if let checksum = timing?.checksum, FileChecksum.of(path) != checksum {
      throw RunError.checkpoint(path: path, reason: "its bytes are not those that were written")
    }
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
    (hasTiming, identity) = (timing != nil, timing?.identity)
    seconds = timing?.seconds ?? 0
    ledger = state.ledger
    ledger.seconds = timing?.ledger ?? [:]
    sizes = state.sizes
    sizes[Self.timingLog] = timing?.bytes ?? 0
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
}
