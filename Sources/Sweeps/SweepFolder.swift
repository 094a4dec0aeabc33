internal import Records
internal import Foundation
internal import Plugins
internal import Core
internal import Storage

/// The folder of a sweep: its frozen plan and the state of each run.
package struct SweepFolder: Sendable {
  /// How far a run is.
  package enum State: String, Sendable, Hashable, CaseIterable {
    /// Not begun.
    case pending
    /// Somebody is at work on it.
    case running
    /// Finished.
    case done
    /// Ended by an error.
    case failed
    /// Begun and left: it will be gone on with.
    case interrupted
  }

  /// The frozen plan as `plan.json` holds it.
  struct Frozen: Codable, Hashable {
    struct Run: Codable, Hashable {
      var arm: String
      var seed: Int
      var folder: String { RunDirectory.place(arm: arm, seed: seed) }
      /// A digest of the configuration, without the number of threads.
      var identity: String
    }
    var name: String
    var arms: [String]
    var runs: [Run]
    /// A digest of every file that the configurations read, by path.
    var data: [String: String]
    /// The version of the program; absent in sweeps of its first days.
    var program: String?
    /// The builds of the program that may work on it, each accepted by a person; absent in sweeps of its first days.
    var builds: [String]?
    /// The names of the factors that cases and axes are.
    var factors: [String]?
    /// The level of each factor, in their order, by arm.
    var levels: [String: [String]]?
    /// The arm that the others are compared to, if the sweep names one.
    var baseline: String?
    /// The command that created the sweep; for people, it may differ when the sweep is gone on with.
    var command: String?
  }

  /// The folder.
  package let path: String
  /// What is to be done.
  package let plan: SweepPlan

  /// The command that creates the sweep; kept with it for people.
  package var command: String?

  /// Whether this build of the program works on runs of others.
  package var acceptsOtherBuilds = false

  /// Whether runs that are no longer planned are left where they are, and not refused: values that were tried once.
  package var keepsOthers = false

  /// A sweep in a folder, there or not.
  package init(_ path: String, plan: SweepPlan, command: String? = nil) {
    self.path = path
    self.plan = plan
    self.command = command
  }

  /// The sweep that a folder holds already, as it was frozen.
  ///
  /// - Throws: `SweepError.noSweep`, or what reading throws.
  package init(frozen path: String) throws {
    let file = path + "/plan.json"
    guard FileManager.default.fileExists(atPath: file) else {
      throw SweepError.noSweep(folder: path)
    }
    let frozen = try JSONLines.readWhole(file, as: Frozen.self)
    let runs = try frozen.runs.map { run in
      let config = "\(path)/\(run.folder)/config.yaml"
      let text = try TextFile.text(config)
      let value = try ConfigurationFile.parse(text, file: config)
      return SweepPlan.Run(
        arm: run.arm, seed: run.seed, configuration: text,
        identity: RunIdentity(value).digest(seed: value["seed"]?.integer ?? 0),
        needs: PlannedRun(value, files: []).needs)
    }
    var plan = SweepPlan(name: frozen.name, arms: frozen.arms, runs: runs)
    plan.files = frozen.data.keys.sorted()
    self.init(path, plan: plan)
  }

  /// The folder of a run.
  package func folder(of run: SweepPlan.Run) -> String { path + "/" + run.folder }

  /// Freezes the plan, or checks that the frozen one is the same.
  ///
  /// - Throws: `SweepError.otherSweep`, `.otherProgram`, `.otherBuild` or `.dataChanged`.
  package func create() throws {
    var frozen = frozen()
    let file = path + "/plan.json"
    if FileManager.default.fileExists(atPath: file) {
      let old = try JSONLines.readWhole(file, as: Frozen.self)
      try check(frozen, against: old)
      frozen.command = old.command
      frozen.program = old.program
      let builds = old.builds ?? []
      frozen.builds = builds.contains(Program.build) ? builds : builds + [Program.build]
      let planned = Set(frozen.runs.map(\.folder))
      frozen.runs += old.runs.filter { !planned.contains($0.folder) }
      if old == frozen { return }
    }
    try writeText()
    try AtomicFile.makeFolder(path)
    for run in plan.runs {
      let config = folder(of: run) + "/config.yaml"
      guard !FileManager.default.fileExists(atPath: config) else { continue }
      try AtomicFile.write(run.configuration, to: config)
    }
    // Last: a plan that is there says that every configuration is.
    try AtomicFile.write(try JSONLines.line(frozen) + "\n", to: file)
  }

  /// Keeps what the sweep's file says, which is read by people alone.
  private func writeText() throws {
    guard let text = plan.text else { return }
    try AtomicFile.makeFolder(path)
    try AtomicFile.write(text, to: path + "/sweep.yaml")
  }

  /// Checks the frozen plan, if there is one, without writing anything.
  ///
  /// - Throws: `SweepError.otherSweep`, `.otherProgram`, `.otherBuild` or `.dataChanged`.
  package func check() throws {
    let file = path + "/plan.json"
    guard FileManager.default.fileExists(atPath: file) else { return }
    try check(frozen(), against: try JSONLines.readWhole(file, as: Frozen.self))
  }

  /// How far a run is; who is at work is known by its lease.
  package func state(of run: SweepPlan.Run) -> State {
    let folder = folder(of: run)
    let status = RunFile(folder + "/status.json").object()
    let state = status?.texts["state"].flatMap { State(rawValue: $0) }
    // A run whose status was lost has begun all the same.
    if state == nil, !RunDirectory(folder).hasBegun { return .pending }
    if let state, state != .running, state != .pending { return state }
    return RunLease.isHeld(folder) ? .running : .interrupted
  }

  /// Removes what killed engines and workers left behind: half-written files, and leases on runs that are finished.
  package func removeLeftovers() {
    // Others may be about to write theirs.
    AtomicFile.removeLeftovers(in: path, olderThan: 3600)
    for run in plan.runs where state(of: run) == .done {
      RunLease.removeStale(folder(of: run))
      RunDirectory(folder(of: run)).removeLeftovers()
    }
  }

  /// The frozen runs must all be in the plan as they were; more seeds or arms may join them.
  private func check(_ frozen: Frozen, against old: Frozen) throws {
    try checkBuild(against: old)
    let runs = Dictionary(uniqueKeysWithValues: frozen.runs.map { ($0.folder, $0.identity) })
    for run in old.runs where runs[run.folder] != run.identity {
      if keepsOthers, runs[run.folder] == nil { continue }
      let difference =
        runs[run.folder] == nil
        ? "it has a run '\(run.folder)'" : "the configuration of '\(run.folder)' is another"
      throw SweepError.otherSweep(folder: path, difference: difference)
    }
    for (path, fingerprint) in old.data.sorted(by: { $0.key < $1.key }) {
      guard DataFingerprint.of(path) == fingerprint else {
        throw SweepError.dataChanged(path: path)
      }
    }
  }

  /// Runs of another build must not be mixed with those of this one without a word.
  private func checkBuild(against old: Frozen) throws {
    guard !acceptsOtherBuilds else { return }
    if let program = old.program, program != Program.version {
      throw SweepError.otherProgram(folder: path, created: program, now: Program.version)
    }
    let builds = old.builds ?? []
    guard !builds.contains(Program.build) else { return }
    let begun = plan.runs.filter { state(of: $0) != .pending }.map(\.folder)
    guard begun.isEmpty else {
      throw SweepError.otherBuild(
        folder: path, runs: begun, builds: builds.isEmpty ? ["an unknown one"] : builds,
        now: Program.build)
    }
  }

  private func frozen() -> Frozen {
    let factors = FactorLevel.table(plan.arms.map { plan.levels[$0] ?? [] }, arms: plan.arms)
    return Frozen(
      name: plan.name, arms: plan.arms,
      runs: plan.runs.map { Frozen.Run(arm: $0.arm, seed: $0.seed, identity: $0.identity) },
      data: Dictionary(uniqueKeysWithValues: plan.files.map { ($0, DataFingerprint.of($0)) }),
      program: Program.version, builds: [Program.build], factors: factors?.names,
      levels: factors?.levels, baseline: plan.baseline, command: command)
  }
}
