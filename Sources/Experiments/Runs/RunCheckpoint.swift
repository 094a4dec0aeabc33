internal import Curriculum
internal import Distill
internal import Foundation
internal import Rollouts
internal import Storage
internal import Student
internal import Tensors

/// A run's state between two steps: enough to go on with the same bytes.
struct RunCheckpoint {
  /// The logs whose length belongs to the state.
  static let logs = [
    "metrics.jsonl", "timing.jsonl", "selection.jsonl", "rollouts.jsonl", "stages.jsonl",
  ]

  private(set) var stage: Int
  /// Steps of all stages.
  private(set) var steps: Int
  /// Steps of the current stage; 0 at its beginning.
  private(set) var stageSteps: Int
  private(set) var updates: Int
  private(set) var seconds: Double
  private(set) var ledger: Ledger
  private(set) var parameters: [Float]
  private(set) var sizes: [String: Int] = [:]
  /// How far the current stage is from its end.
  private(set) var monitor: StageMonitor
  /// The weights of the frozen reference of the current stage, where it has one.
  private(set) var reference: [Float]?
  private var scheduleStart: Int
  private var optimizerSteps: Int
  private var moments: [[Float]]
  private var curriculum: [UInt8]

  private struct State: Codable {
    var stage: Int
    var steps: Int
    var stageSteps: Int
    var updates: Int
    var seconds: Double
    var ledger: Ledger
    var sizes: [String: Int]
    var monitor: StageMonitor
    var scheduleStart: Int
    var optimizerSteps: Int
    var curriculum: [UInt8]
  }

  /// The state of a run after a step; a finished stage leaves no optimizer behind, and the next one begins.
  init(
    _ trainer: Trainer, monitor: StageMonitor, stage: Int, steps: Int, seconds: Double
  ) throws {
    let isBetweenStages = monitor.rule != nil
    self.stage = isBetweenStages ? stage + 1 : stage
    self.monitor = isBetweenStages ? StageMonitor() : monitor
    reference = isBetweenStages ? nil : trainer.partners.reference?.parameters.values
    scheduleStart = trainer.scheduleStart
    self.steps = steps
    self.seconds = seconds
    stageSteps = isBetweenStages ? 0 : trainer.steps
    updates = trainer.updates
    ledger = trainer.ledger
    parameters = trainer.student.parameters.values
    optimizerSteps = trainer.optimizer.steps
    moments =
      isBetweenStages ? [] : [trainer.optimizer.firstMoments, trainer.optimizer.secondMoments]
    curriculum = try trainer.curriculum.snapshot()
  }

  /// Puts a fresh trainer of the stage where this one stood.
  func restore(_ trainer: inout Trainer) throws {
    guard moments.count == 2 else { return }
    trainer.optimizer.restore(
      steps: optimizerSteps, firstMoments: moments[0], secondMoments: moments[1])
    try trainer.curriculum.restore(curriculum)
    trainer.restore(
      steps: stageSteps, updates: updates, scheduleStart: scheduleStart, ledger: ledger)
  }

  /// Saves the state; older states are deleted once it is there.
  func write(_ directory: RunDirectory) throws {
    let sizes = Dictionary(
      uniqueKeysWithValues: Self.logs.map { ($0, directory.size($0) ?? 0) })
    let state = State(
      stage: stage, steps: steps, stageSteps: stageSteps, updates: updates, seconds: seconds,
      ledger: ledger, sizes: sizes, monitor: monitor, scheduleStart: scheduleStart,
      optimizerSteps: optimizerSteps, curriculum: curriculum)
    var tensors: [(name: String, shape: [Int], values: [Float])] = [
      ("parameters", [parameters.count], parameters)
    ]
    for (name, values) in zip(["firstMoments", "secondMoments"], moments) {
      tensors.append((name, [values.count], values))
    }
    if let reference { tensors.append(("reference", [reference.count], reference)) }
    let folder = directory.file("checkpoints")
    let name = String(format: "step-%06d.h5", steps)
    try CheckpointFile.write(
      folder + "/" + name, tensors: tensors,
      attributes: ["state": String(decoding: try JSONEncoder().encode(state), as: UTF8.self)])
    for old in try Self.names(folder) where old != name {
      try FileManager.default.removeItem(atPath: folder + "/" + old)
    }
  }

  /// The last saved state, or `nil` where there is none.
  static func latest(_ directory: RunDirectory) throws -> RunCheckpoint? {
    let folder = directory.file("checkpoints")
    guard FileManager.default.fileExists(atPath: folder), let name = try names(folder).last else {
      return nil
    }
    return try RunCheckpoint(reading: folder + "/" + name)
  }

  private init(reading path: String) throws {
    let file = try CheckpointFile.read(path)
    guard let text = file.attributes["state"], let tensor = file["parameters"] else {
      throw RunError.checkpoint(path: path, reason: "it holds no state of a run")
    }
    let state = try JSONDecoder().decode(State.self, from: Data(text.utf8))
    stage = state.stage
    steps = state.steps
    stageSteps = state.stageSteps
    updates = state.updates
    seconds = state.seconds
    ledger = state.ledger
    sizes = state.sizes
    monitor = state.monitor
    scheduleStart = state.scheduleStart
    reference = file["reference"]?.values
    optimizerSteps = state.optimizerSteps
    curriculum = state.curriculum
    parameters = tensor.values
    moments = ["firstMoments", "secondMoments"].compactMap { file[$0]?.values }
  }

  private static func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasPrefix("step-") && $0.hasSuffix(".h5") }.sorted()
  }
}
