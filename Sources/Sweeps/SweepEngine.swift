package import Records
internal import Foundation
internal import Storage

/// Carries out the runs of a sweep, several at a time, beside any number of other engines on the same folder.
package struct SweepEngine: Sendable {
  /// What can be set.
  package struct Options: Sendable {
    /// Runs at a time.
    package var jobs = 1
    /// How often a run that fails is begun again.
    package var retries = 0
    /// Whether the first failure ends the sweep.
    package var failFast = false
    /// Whether runs that failed before are begun again.
    package var retryFailed = false
    /// Hours after which nothing more is done.
    package var maximumHours = Double.infinity
    /// The arms whose runs are carried out; all where it is left out.
    package var arms: Set<String>?
    /// Asked whether to end; then runs save and end too, and no more are begun.
    package var interruption = Interruption.never

    /// One run at a time, nothing begun again.
    package init() {}
  }

  /// What happened to a run.
  package enum Event: Sendable, Hashable {
    /// Work on it began, or went on.
    case began(String)
    /// It is finished.
    case finished(String)
    /// It failed, with the end of its log; `again` where it is begun once more.
    case failed(String, reason: String, log: [String], again: Bool)
    /// It was left for want of time, or because it was asked to end.
    case stopped(String)
  }

  private let folder: SweepFolder
  private let worker: SweepWorker
  private let options: Options
  private let report: @Sendable (Event) -> Void
  private let deadline: Date
  private let wanted: [SweepPlan.Run]
  /// The runs whose students others need, by their folders.
  private let sources: [String: SweepPlan.Run]

  /// An engine.
  ///
  /// - Parameters:
  ///   - folder: The sweep.
  ///   - worker: The program that carries out a run.
  ///   - options: What can be set.
  ///   - report: Told what happens.
  package init(
    _ folder: SweepFolder, worker: SweepWorker, options: Options = Options(),
    report: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.folder = folder
    self.worker = worker
    self.options = options
    self.report = report
    wanted = folder.plan.runs.filter { options.arms?.contains($0.arm) != false }
    let starts = Set(folder.plan.runs.flatMap(\.sources))
    sources = Dictionary(
      uniqueKeysWithValues: folder.plan.runs.filter { starts.contains($0.folder) }
        .map { ($0.folder, $0) })
    let seconds = options.maximumHours * 3600
    deadline = Date(timeIntervalSinceNow: seconds < 1e9 ? seconds : 1e9)
  }

  /// Works until no run is left that this engine could do.
  ///
  /// - Throws: `SweepError.runsFailed`, `.interrupted`, `.left` or `.outOfTime` at the end, or what the file system throws.
  package func run() async throws {
    try folder.create()
    folder.removeLeftovers()
    options.interruption.begin()
    let attempts = Attempts(limit: options.retries, failFast: options.failFast)
    try await withThrowingTaskGroup(of: Void.self) { group in
      // More workers than runs would only look on.
      for _ in 0..<max(1, min(options.jobs, wanted.count)) {
        group.addTask { try await work(attempts) }
      }
      try await group.waitForAll()
    }
    try conclude()
  }

  /// One run after the other, until there is none to begin; then waits for those of others, which may die.
  private func work(_ attempts: Attempts) async throws {
    var remaining = wanted
    while mayGoOn, await !attempts.isOver {
      var next: (run: SweepPlan.Run, lease: RunLease)?
      var unfinished: [SweepPlan.Run] = []
      var othersWork = false
      for (place, run) in remaining.enumerated() {
        let isOwn = await attempts.began(run.folder)
        let state = folder.state(of: run)
        guard await goesOn(run, state, isOwn, attempts) else { continue }
        othersWork = othersWork || state == .running
        unfinished.append(run)
        guard mayBegin(state, isOwn), await sources(of: run, attempts) == .done,
          let lease = try take(run, isOwn)
        else { continue }
        next = (run, lease)
        unfinished += remaining[(place + 1)...]
        break
      }
      remaining = unfinished
      if let next {
        try await carryOut(next.run, next.lease, attempts)
      } else if remaining.isEmpty {
        return
      } else {
        // Where nobody is at work somebody was quicker: look again soon.
        try await Task.sleep(for: .milliseconds(othersWork ? 500 : 50))
      }
    }
  }

  private var mayGoOn: Bool { Date() < deadline && options.interruption.signal() == nil }

  /// Whether a run is to be looked at again: it is neither done nor failed for good, nor is a run that it needs failed.
  private func goesOn(
    _ run: SweepPlan.Run, _ state: SweepFolder.State, _ isOwn: Bool, _ attempts: Attempts
  ) async -> Bool {
    guard await attempts.allows(run.folder), state != .done,
      state != .failed || mayBegin(state, isOwn)
    else { return false }
    return await sources(of: run, attempts) != .failed
  }

  /// How far the runs are whose students this one needs: `.done` where it needs none, and `.failed` where this engine will not
  /// begin one of them again, so that nobody waits for it.
  private func sources(
    of run: SweepPlan.Run, _ attempts: Attempts
  ) async -> SweepFolder.State {
    var state = SweepFolder.State.done
    for source in run.sources.compactMap({ sources[$0] }) {
      let own = await readiness(of: source, attempts)
      guard own != .failed else { return .failed }
      if own != .done { state = own }
    }
    return state
  }

  private func readiness(
    of source: SweepPlan.Run, _ attempts: Attempts
  ) async -> SweepFolder.State {
    let state = folder.state(of: source)
    guard state != .done, state != .running else { return state }
    guard await attempts.allows(source.folder),
      mayBegin(state, await attempts.began(source.folder))
    else { return .failed }
    return await sources(of: source, attempts) == .failed ? .failed : state
  }

  /// Whether a run in this state is to be begun; a failed one by the engine that failed, or if that is asked for.
  private func mayBegin(_ state: SweepFolder.State, _ isOwn: Bool) -> Bool {
    switch state {
    case .pending, .interrupted: true
    case .failed: isOwn || options.retryFailed
    case .running, .done: false
    }
  }

  private func take(_ run: SweepPlan.Run, _ isOwn: Bool) throws -> RunLease? {
    try RunLease.take(folder.folder(of: run)) {
      mayBegin(folder.state(of: run), isOwn)
    }
  }

  private func carryOut(
    _ run: SweepPlan.Run, _ lease: RunLease, _ attempts: Attempts
  ) async throws {
    let path = folder.folder(of: run)
    defer { lease.release() }
    await attempts.begin(run.folder)
    report(.began(run.folder))
    // A run that failed is begun anew by `--resume` only if it does not say so any more.
    if folder.state(of: run) == .failed { try mark(path, "interrupted", message: nil) }
    let beat = Heartbeat(lease)
    let end = try await worker.run(path) { beat.isMine() && mayGoOn }
    switch end {
    case .finished:
      await attempts.settle(run.folder)
      report(.finished(run.folder))
    case .stopped:
      await attempts.settle(run.folder)
      // Not one that finished instead, nor one that is somebody else's by now.
      if lease.isMine, folder.state(of: run) != .done {
        try mark(path, "interrupted", message: nil)
      }
      report(.stopped(run.folder))
    case .failed(let reason):
      try mark(path, "failed", message: reason)
      let again = await attempts.fail(run.folder)
      report(.failed(run.folder, reason: reason, log: Self.lastLines(path), again: again))
    }
  }

  /// Says in a run's status how it ended, where it could not say so itself.
  private func mark(_ path: String, _ state: String, message: String?) throws {
    let file = path + "/status.json"
    var fields = RunFile(file).object()?.texts ?? [:]
    if fields["state"] == state, fields["message"] != nil { return }
    fields["state"] = state
    fields["message"] = message
    try AtomicFile.write(try JSONLines.line(fields) + "\n", to: file)
  }

  private func conclude() throws {
    let states = wanted.map { folder.state(of: $0) }
    let failed = states.count { $0 == .failed }
    guard failed == 0 else {
      throw SweepError.runsFailed(count: failed, total: states.count, folder: folder.path)
    }
    let left = states.count { $0 != .done }
    guard left > 0 else { return }
    if let signal = options.interruption.signal() {
      throw SweepError.interrupted(signal: signal, remaining: left)
    }
    throw Date() < deadline
      ? SweepError.left(remaining: left)
      : SweepError.outOfTime(remaining: left, hours: options.maximumHours)
  }

  static func lastLines(_ path: String) -> [String] {
    guard let data = FileManager.default.contents(atPath: path + "/log.txt") else { return [] }
    return String(decoding: data.suffix(4096), as: UTF8.self)
      .split(separator: "\n").suffix(5).map(String.init)
  }
}
