internal import Core
internal import Records

/// The way into a run's folder: whether the run that is there, if any, may be gone on with.
struct RunEntry: Sendable {
  /// The folder.
  let directory: RunDirectory
  /// The identity of the run that is asked for.
  let identity: String
  private let resumes: Bool
  private let acceptsOtherBuilds: Bool

  init(_ directory: RunDirectory, identity: String, resume: Bool, acceptsOtherBuilds: Bool) {
    self.directory = directory
    self.identity = identity
    resumes = resume
    self.acceptsOtherBuilds = acceptsOtherBuilds
  }

  /// Refuses what must be left alone.
  ///
  /// - Returns: The numbers of the last evaluation where the run is finished already, and otherwise `nil`.
  /// - Throws: `RunError.otherRun`, `.alreadyThere`, `.otherBuild` or `.lostStatus`.
  func finished() throws -> [String: Double]? {
    guard let old = directory.status else {
      if directory.hasBegun { try checkWithoutStatus() }
      return nil
    }
    guard old.identity == identity else { throw RunError.otherRun(path: directory.path) }
    guard resumes else {
      throw RunError.alreadyThere(path: directory.path, isDone: old.state == .done)
    }
    try checkBuilds(of: old)
    return old.state == .done ? LastEvaluation.read(directory) : nil
  }

  /// A run whose status was lost has begun all the same: its states say whose it is.
  private func checkWithoutStatus() throws {
    guard resumes else { throw RunError.alreadyThere(path: directory.path, isDone: false) }
    guard let found = RunCheckpoint.identity(directory) else {
      throw RunError.lostStatus(path: directory.path)
    }
    guard found == identity else { throw RunError.otherRun(path: directory.path) }
  }

  private func checkBuilds(of old: RunDirectory.Status) throws {
    // A build that was accepted once stands among them, as in the plan of a sweep.
    let known = old.builds ?? []
    guard !acceptsOtherBuilds, !known.contains(Program.build) else { return }
    throw RunError.otherBuild(
      path: directory.path,
      was: known.isEmpty ? "\(old.program), an unknown one" : known.joined(separator: ", "),
      now: Program.build)
  }

  /// Makes the folder and takes the right to work on it.
  ///
  /// - Returns: The lease; `nil` where the engine of a sweep holds it for this process.
  /// - Throws: `RunError.held`, or `StorageError.unwritable`.
  func claim() throws -> RunLease? {
    try directory.create()
    let path = directory.path
    let isWorker = RunLease.isDelegated(path)
    let lease = isWorker ? nil : try RunLease.take(path) { true }
    guard isWorker || lease != nil else {
      throw RunError.held(path: path, by: RunLease.holder(path))
    }
    directory.removeLeftovers()
    return lease
  }

  /// The status of the run at work, with every build that ever was.
  func status(_ task: any AnswerTask, labels: LabelUse) -> RunDirectory.Status {
    let builds = directory.status?.builds ?? []
    return RunDirectory.Status(
      state: .running, identity: identity, program: Program.version,
      builds: builds.contains(Program.build) ? builds : builds + [Program.build],
      task: RunDirectory.TaskRecord(task), labels: labels.words)
  }
}
