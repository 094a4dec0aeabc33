public import ArgumentParser
internal import Experiments
internal import Foundation

/// Carries out every run of a sweep.
public struct SweepCommand: AsyncParsableCommand {
  /// What `--help` says.
  public static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Carry out every run of a sweep, each exactly once.",
    discussion: """
      A finished run is never repeated; a run that was killed goes on. Any number of processes \
      may work on one folder.

      Example: opd sweep experiments/world.yaml --jobs 2
      """)

  @Argument(help: "The sweep file.", completion: .file(extensions: ["yaml"]))
  var file: String

  @Argument(
    help: "Changes to its base: key=value, +new=value, ~gone; key=1,2 and range(0,5) add axes.")
  var overrides: [String] = []

  @Option(name: [.customShort("o"), .long], help: "The folder of the sweep; runs/NAME if left out.")
  var out: String?

  @Option(help: "Runs at a time.")
  var jobs: Int = 1

  @Option(help: "How often a failed run is begun again.")
  var retries: Int = 0

  @Option(help: "Hours after which no run is begun.")
  var maxHours: Double?

  @Flag(help: "Stop at the first failure.")
  var failFast = false

  @Flag(help: "Begin failed runs again.")
  var retryFailed = false

  @Flag(help: "Only say what would be done.")
  var dryRun = false

  /// A command without arguments.
  public init() {}

  /// Carries the sweep out.
  public func run() async throws {
    let sweep = try SweepFile(file, arguments: overrides)
    let laboratory = try OPDCommand.laboratory()
    let path = out ?? "runs/\(sweep.name)"
    let folder = SweepFolder(path, plan: try SweepPlan(sweep, complete: laboratory.complete))
    try folder.check()
    if dryRun {
      print(SweepOverview(folder).text(jobs: jobs, retryFailed: retryFailed))
      return
    }
    try folder.create()
    let total = folder.plan.runs.count
    var options = SweepEngine.Options()
    options.jobs = jobs
    options.retries = retries
    options.failFast = failFast
    options.retryFailed = retryFailed
    options.maximumHours = maxHours ?? .infinity
    try await SweepEngine(folder, worker: .thisProgram(jobs: jobs), options: options) { event in
      Self.say(event, of: total)
    }.run()
    print("\(path): \(SweepOverview(folder).count(.done)) of \(total) runs done")
  }

  private static func say(_ event: SweepEngine.Event, of total: Int) {
    let line =
      switch event {
      case .began(let run): "began    \(run)"
      case .finished(let run): "finished \(run)"
      case .stopped(let run): "stopped  \(run)"
      case .failed(let run, let reason, let log, let again):
        "failed   \(run): \(reason)\(again ? ", beginning again" : "")\n"
          + log.map { "         | \($0)" }.joined(separator: "\n")
      }
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}
