internal import Core
package import ArgumentParser
internal import Records
internal import Runs
internal import Foundation
internal import Plugins
internal import Tensors

/// `opd compare-keyframes`: selectors beside each other on data with true windows.
package struct CompareKeyframesCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "compare-keyframes",
    abstract: "Compare keyframe selectors on a data set with true windows.",
    discussion: """
      Example: opd compare-keyframes '{qvhighlights: {path: data/qvh}}' --selectors uniform,tad,bolt --budgets 4,8,16 --reader

      Without a model: frames inside the windows (KFR), windows hit (SHR), UKSS, the largest gap as a \
      multiple of uniform's, agreement with uniform, what the scan costs a query. With --reader an \
      untrained reader answers from the frames, with --run a trained student: the same student on \
      other frames than it was trained with. Differences to uniform have 95 % intervals over videos.
      """)

  @Argument(help: "The data, unless runs say: a name, or {name: {parameter: value}}.")
  var data: String = "world"

  @Option(help: "Selectors, separated by commas; all that take a budget if left out.")
  var selectors: String?

  @Option(name: [.short, .long], help: "One more selector: {name: {parameter: value}}.")
  var selector: [String] = []

  @Option(help: "Numbers of frames, separated by commas.")
  var budgets: String = "4,8,16,32"

  @Flag(help: "Let the max-sum-interval reader answer from the frames.")
  var reader = false

  @Option(
    name: .customLong("run"),
    help: "The folder of a trained run whose student answers; may be given several times.")
  var runs: [String] = []

  @Option(help: "Seeds of selectors that draw.")
  var seeds: Int = 1

  @Option(help: "dev or train.")
  var part: String = "dev"

  @Option(help: "How the table is printed.")
  var format: TableFormat = .text

  @Option(help: "Threads.")
  var threads: Int = 2

  @Flag(help: "Show no progress.")
  var quiet = false

  /// What parses a command line without arguments.
  package init() {}

  /// Refuses what cannot be compared.
  package func validate() throws {
    guard ["dev", "train"].contains(part) else {
      throw ValidationError("There is no part '\(part)'. Choose dev or train.")
    }
    try check("--seeds", seeds, 1...10_000)
    try check("--threads", threads, 1...1024)
    _ = try counts()
  }

  /// Compares and prints the table.
  package func run() async throws {
    Parallel.threads = threads
    let laboratory = try OPDCommand.laboratory()
    let names = selectors?.split(separator: ",").map { String($0) }
    let listed = try names ?? (selector.isEmpty ? try laboratory.budgetedSelectors : [])
    var settings = KeyframeComparison.Settings(
      selectors: try (listed + selector).map {
        try ConfigurationFile.parse($0, file: "--selector")
      },
      budgets: try counts())
    settings.reads = reader
    settings.runs = runs
    settings.seeds = seeds
    settings.usesTrain = part == "train"
    let total = settings.selectors.count * settings.budgets.count
    var line = ProgressLine(
      "compare", total: total, unit: "cells", style: quiet ? ProgressLine.Style.quiet : nil)
    let comparison = try await KeyframeComparison(
      try ConfigurationFile.parse(data, file: "DATA"), settings: settings, laboratory: laboratory
    ) { done, _ in line.update(done) }
    line.finish()
    switch format {
    case .json: try StandardOutput.write(try jsonText(comparison.rows) + "\n")
    case .markdown: try StandardOutput.write(comparison.markdown + "\n")
    case .text: try StandardOutput.write(comparison.text + "\n")
    }
  }

  private func counts() throws -> [Int] {
    try budgets.split(separator: ",").map { text in
      guard let count = Int(text), count > 0 else {
        throw ValidationError("'\(text)' is not a number of frames of at least 1.")
      }
      return count
    }
  }
}
