public import ArgumentParser
internal import Foundation
internal import Networks
internal import Selfcheck
internal import Tensors

/// `opd model bench`: how fast a model is here.
public struct ModelBenchCommand: ParsableCommand {
  /// What the help says.
  public static let configuration = CommandConfiguration(
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

  @Flag(help: "Print JSON.")
  var json = false

  /// What parses a command line without arguments.
  public init() {}

  /// Refuses numbers that mean nothing.
  public func validate() throws {
    try check("--threads", threads, 1...1024)
    try check("--rounds", rounds, 1...1_000)
  }

  /// Times and prints.
  public func run() throws {
    Parallel.threads = threads
    let chosen = try phases.split(separator: ",").map { name in
      guard let phase = ModelPhase(rawValue: String(name)) else {
        let names = ModelPhase.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("There is no phase '\(name)'. Choose from \(names).")
      }
      return phase
    }
    var benchmark = try ModelBenchmark(PretrainedModel.located(path))
    let rows = try benchmark.report(chosen, rounds: rounds, rival: against) {
      FileHandle.standardError.write(Data(($0 + "\n").utf8))
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      return print(String(decoding: try encoder.encode(rows), as: UTF8.self))
    }
    print("phase                 ms     tokens/s    rival ms   ratio")
    for row in rows { print(Self.line(row)) }
    let memory = MachineLimits.peakMemory()
    print(
      String(
        format: "%d threads, %d rounds; products alone %.1f GFLOP/s, copy %.1f GB/s; "
          + "peak memory %.0f MB", threads, rounds, MachineLimits.productGigaflops(),
        MachineLimits.copyBandwidth(), Double(memory) / 1e6))
  }

  private static func line(_ row: ModelBenchmark.Row) -> String {
    func number(_ value: Double?, _ format: String) -> String {
      value.map { String(format: format, $0) } ?? "–"
    }
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    return row.phase.padding(toLength: 14, withPad: " ", startingAt: 0)
      + right(number(row.milliseconds, "%.1f"), 10) + right(number(row.rate, "%.1f"), 13)
      + right(number(row.rival, "%.1f"), 12) + right(number(row.ratio, "%.2f×"), 8)
  }
}
