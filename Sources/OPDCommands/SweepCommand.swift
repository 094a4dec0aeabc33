internal import Runs
package import ArgumentParser
internal import Sweeps
internal import Foundation
internal import Core
internal import Records

/// `opd sweep`: every run of a sweep file, or what is left of it.
package struct SweepCommand: AsyncParsableCommand {
  /// What `--help` says.
  package static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Carry out every run of a sweep, or what is left of it.",
    discussion: """
      Example: opd sweep experiments/smoke.yaml --jobs 2

      Finished runs are never repeated, unfinished ones are gone on with, failed ones are begun again only \
      with --retry-failed. Any number of these commands, on any machines that share the folder, may work on \
      one sweep. With --tune what the file's 'tune' names is chosen first, on data that nothing is reported on, and \
      written beside the file, from where later runs of the sweep take it. 'key=1,2,3' and 'key=range(0,5)' add an axis, 'seeds=3' sets the number of seeds, 'base=FILE' another base.
      """)

  @Argument(
    help: "The sweep file, or the folder of a sweep.", completion: .file(extensions: ["yaml"]))
  var sweep: String

  @Argument(help: "Changes to every run: key=value, +new=value or ~gone; or an axis: key=1,2,3.")
  var overrides: [String] = []

  @Option(
    name: .shortAndLong, help: "The folder of the sweep; runs/NAME if left out.")
  var out: String?

  @Option(
    help: "Only these arms or cases, and what they start from: names parted by commas.")
  var only: String?

  @Option(help: "Runs at a time.")
  var jobs = 1

  @Option(help: "How often a run that fails is begun again.")
  var retries = 0

  @Flag(help: "Stop at the first failure.")
  var failFast = false

  @Flag(help: "Begin runs again that failed before.")
  var retryFailed = false

  @Flag(help: "Go on although other builds of the program worked on the sweep.")
  var acceptBuild = false

  @Option(help: "Hours after which no more is done.")
  var maxHours: Double?

  @Flag(help: "Say what would be done and why, and do nothing.")
  var dryRun = false

  @Flag(help: "Choose the settings that the sweep's 'tune' names, and write them beside its file.")
  var tune = false

  @Flag(help: "Leave out settings that were chosen by --tune.")
  var untuned = false

  @Flag(help: "Say nothing but failures.")
  var quiet = false

  @Flag(help: "Work on the sweep of a folder, as the task of a cluster does.")
  var worker = false

  @OptionGroup(title: "Cluster")
  var cluster: ClusterOptions

  @Option(help: .hidden)
  var program: String?

  /// A command without arguments.
  package init() {}

  /// Refuses numbers that mean nothing.
  package func validate() throws {
    try check("--jobs", jobs, 1...1024)
    try check("--retries", retries, 0...1000)
    try check("--max-hours", maxHours, .above(0))
    guard !tune || cluster.engine ?? .local == .local else {
      throw ValidationError(
        "--tune chooses here: leave --engine out, and submit the sweep afterwards.")
    }
    guard only?.allSatisfy({ $0 == "," || $0.isWhitespace }) != true else {
      throw ValidationError("--only names no arm.")
    }
    guard only == nil || !tune && cluster.engine ?? .local == .local else {
      throw ValidationError("--only parts a sweep that is carried out here, without --tune.")
    }
  }

  /// Carries the sweep out.
  package func run() async throws {
    if tune { return try await chooseSettings() }
    let file = try file()
    var folder = try folder(of: file)
    folder.acceptsOtherBuilds = acceptBuild
    if dryRun {
      try folder.check()
      return print(try await overview(folder).text(jobs: jobs, retryFailed: retryFailed))
    }
    switch cluster.place(of: file?.launcher) {
    case .slurm: try await cluster.submit(folder, jobs: jobs)
    case .command: try cluster.launch(folder, with: file?.launcher, jobs: jobs)
    case .local:
      try await carryOut(folder)
      guard !quiet else { return }
      let arms = try wanted(of: folder)
      print(
        "Done: \((arms.map(folder.plan.keeping) ?? folder.plan).runs.count) runs in \(folder.path)")
      print("Next: opd compare \(folder.path) · opd report \(folder.path) -o report.html")
    }
  }

  /// Carries out the runs of a folder, and shows how far they are.
  func carryOut(_ folder: SweepFolder) async throws {
    let display = SweepDisplay(folder, quiet: quiet)
    var options = options
    options.arms = try wanted(of: folder)
    let engine = SweepEngine(folder, worker: runner, options: options) { display.note($0) }
    display.start()
    do {
      try await engine.run()
      display.finish()
    } catch {
      display.finish()
      throw error
    }
  }

  /// The arms that are carried out; `nil` for all.
  private func wanted(of folder: SweepFolder) throws -> Set<String>? {
    try only.map { try folder.plan.arms(named: $0.split(separator: ",").map(String.init)) }
  }

  /// Runs with their states; a trial of a few arms says what those that are left need.
  func overview(_ folder: SweepFolder) async throws -> SweepOverview {
    var overview = SweepOverview(folder, arms: try wanted(of: folder))
    if overview.rates.byArm.isEmpty {
      overview.expect(
        try await SweepForecast(folder.plan, limit: 5, in: OPDCommand.laboratory))
    }
    return overview
  }

  /// The sweep's file; `nil` where a folder is named.
  private func file() throws -> SweepFile? {
    guard (try? FileManager.default.contentsOfDirectory(atPath: sweep)) == nil else { return nil }
    return try SweepFile(sweep, arguments: overrides, tuned: untuned ? .ignored : .applied)
  }

  private func folder(of file: SweepFile?) throws -> SweepFolder {
    guard let file else { return try SweepFolder(frozen: sweep) }
    let laboratory = try OPDCommand.laboratory()
    let plan = try SweepPlan(file) { try laboratory.planned($0) }
    if !quiet, let note = file.note { print(note) }
    return SweepFolder(out ?? "runs/\(plan.name)", plan: plan, command: command())
  }

  /// The command that was given, as far as it decides what the runs are.
  func command(_ flags: [String] = []) -> String {
    (["opd", "sweep", sweep] + overrides + flags).map(SlurmScript.quoted).joined(separator: " ")
  }

  private var options: SweepEngine.Options {
    var options = SweepEngine.Options()
    options.jobs = jobs
    options.retries = retries
    options.failFast = failFast
    options.retryFailed = retryFailed
    options.maximumHours = maxHours ?? .infinity
    options.interruption = .bySignals
    return options
  }

  /// What carries a run out: this program, or another one for tests, called with the run's folder.
  private var runner: SweepWorker {
    guard let program else {
      return .thisProgram(jobs: jobs, cores: worker ? cluster.cores : nil)
    }
    return SweepWorker(program: URL(filePath: program)) { [$0] }
  }
}
