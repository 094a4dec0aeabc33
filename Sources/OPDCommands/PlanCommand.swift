internal import Runs
package import ArgumentParser
internal import Records
internal import Sweeps
internal import Foundation

/// `opd plan`: what a run or a sweep will take of time and memory.
package struct PlanCommand: AsyncParsableCommand {
  /// Its name and help.
  package static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Predict the seconds and the memory of a run, or of every run of a sweep.",
    discussion: """
      Example: opd plan experiments/opd.yaml stages.0.steps=1000

      Loads the data and makes a few steps of every stage, one run an arm of a sweep, in a few seconds each; nothing is kept. \
      A live teacher is asked for real. Figures hold for this machine as busy as it is now.
      """)

  @Argument(
    help: "The configuration of a run, or a sweep file.", completion: .file(extensions: ["yaml"]))
  var config: String

  @Argument(help: "Changes to it, as `opd train` or `opd sweep` takes them.")
  var overrides: [String] = []

  @Option(help: "How it is printed.")
  var format: PrintedFormat = .text

  /// A command without arguments, for the parser.
  package init() {}

  /// Tries out and prints.
  package func run() async throws {
    guard try ConfigurationFile.isSweep(config) else {
      let value = try ConfigurationFile.load(config, overrides: overrides)
      let forecast = try await RunForecast(value, in: OPDCommand.laboratory())
      return print(
        try format == .json ? jsonText(forecast) + "\n" : forecast.text, terminator: "")
    }
    let laboratory = try OPDCommand.laboratory()
    let plan = try SweepPlan(SweepFile(config, arguments: overrides)) {
      try laboratory.planned($0)
    }
    let forecast = try await SweepForecast(plan, in: OPDCommand.laboratory) {
      FileHandle.standardError.write(Data("\($0)\n".utf8))
    }
    print(try format == .json ? jsonText(forecast) + "\n" : forecast.text, terminator: "")
  }
}
