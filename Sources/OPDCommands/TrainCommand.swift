package import ArgumentParser
internal import Records
internal import Runs
internal import Sweeps
internal import Foundation

/// Carries out one run.
package struct TrainCommand: AsyncParsableCommand {
  /// What `--help` says.
  package static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Carry out one run.",
    discussion: """
      Example: opd train experiments/opd.yaml stages.0.steps=50 --out runs/first

      Its state is saved every five minutes (checkpoint.minutes), after every checkpoint.every steps, and when it is asked \
      to end, by Ctrl-C or SIGTERM: then it finishes the step, saves, and ends with status 130 or 143. Asked twice, it \
      ends at once.
      """)

  @Argument(help: "The configuration file.", completion: .file(extensions: ["yaml"]))
  var config: String

  @Argument(help: "Changes to it: key=value, +new=value or ~gone.")
  var overrides: [String] = []

  @Option(name: .shortAndLong, help: "The folder of the run.")
  var out: String = "runs/train"

  @Flag(help: "Go on with a run that has begun.")
  var resume = false

  @Flag(
    help:
      "Go on with a run, or take it as finished, although other builds of the program worked on it."
  )
  var acceptBuild = false

  @Flag(help: "Estimate the memory the run needs, and end.")
  var memory = false

  @Flag(help: "Say nothing but the result; log.txt says how it went.")
  var quiet = false

  /// A command without arguments.
  package init() {}

  /// Carries the run out.
  package func run() async throws {
    ParentWatch.start()
    let value = try ConfigurationFile.load(config, overrides: overrides)
    if memory {
      // The trial first: the estimate loads the data too, and the peak is the whole process's.
      let peak = try await RunForecast(value, in: OPDCommand.laboratory()).peakMemory
      let estimate = try await MemoryEstimate(value, in: OPDCommand.laboratory())
      print(estimate.text(peak: peak), terminator: "")
      return
    }
    let display = TrainDisplay(isQuiet: quiet)
    var executor = RunExecutor(try OPDCommand.laboratory(), report: display.show)
    executor.acceptsOtherBuilds = acceptBuild
    executor.interruption = .bySignals
    let values = try await executor.run(value, in: out, resume: resume)
    for (name, number) in values.sorted(by: { $0.key < $1.key }) {
      print("\(name)\t\(String(format: "%.4f", number))")
    }
    print("run\t\(out)")
    display.finish(out)
  }
}
