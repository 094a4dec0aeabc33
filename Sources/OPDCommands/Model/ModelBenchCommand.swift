package import ArgumentParser
internal import Foundation
internal import Networks
internal import Records
internal import Selfcheck
internal import Tensors

/// `opd model bench`: how fast a model is here.
package struct ModelBenchCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time a model: loading, prompts, answers, updates of adapters, and memory.",
    discussion: """
      Token numbers are made up: the time of none of these depends on what is said.

      Example: opd model bench SmolLM2-135M-Instruct.Q4_1.gguf --against 'python3 benchmarks/model_peer.py'
      """)

  @Argument(help: "A GGUF file, or a folder with config.json.", completion: .file())
  var path: String

  @Option(help: "Phases to time, separated by commas.")
  var phases: String = ModelPhase.allCases.map(\.rawValue).joined(separator: ",")

  @Option(help: "A program to run in turn; it prints a JSON line with phase and ms for each phase.")
  var against: String?

  @Option(help: "Rounds that count.")
  var rounds = 3

  @Option(help: "Threads.")
  var threads = 1

  @Option(help: "How it is printed.")
  var format: PrintedFormat = .text

  /// What parses a command line without arguments.
  package init() {}

  /// Refuses numbers that mean nothing.
  package func validate() throws {
    try check("--threads", threads, 1...1024)
    try check("--rounds", rounds, 1...1_000)
  }

  /// Times and prints.
  package func run() async throws {
    Parallel.threads = threads
    let chosen: [ModelPhase] = try chosenPhases(phases)
    var benchmark = try ModelBenchmark(PretrainedModel.located(path))
    let rows = try await benchmark.report(chosen, rounds: rounds, rival: against) {
      FileHandle.standardError.write(Data(($0 + "\n").utf8))
    }
    if format == .json { return print(try jsonText(rows)) }
    print(Self.table(rows).aligned)
    let memory = MachineLimits.peakMemory()
    print(
      String(
        format: "%d threads, %d rounds; products alone %.1f GFLOP/s, copy %.1f GB/s; "
          + "peak memory %.0f MB", threads, rounds, MachineLimits.productGigaflops(),
        MachineLimits.copyBandwidth(), Double(memory) / 1e6))
  }

  private static func table(_ rows: [ModelBenchmark.Row]) -> TextTable {
    func text(_ value: Double?, _ format: String = "%.1f") -> String {
      value.map { String(format: format, $0) } ?? "–"
    }
    return TextTable(
      header: ["phase", "ms", "tokens/s", "rival ms", "ratio"],
      rows: rows.map {
        [$0.phase, text($0.milliseconds), text($0.rate), text($0.rival), text($0.ratio, "%.2f×")]
      })
  }
}
