internal import Core
package import ArgumentParser
internal import Analysis
internal import Selfcheck
internal import Foundation
internal import Tensors

/// Times the parts of a step.
package struct BenchCommand: AsyncParsableCommand {
  /// What `--help` says.
  package static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time the parts of an on-policy step, alone or against another program.",
    discussion: """
      Example: opd bench --against 'python3 benchmarks/torch_peer.py --threads 2 --reps 3 --phases rollout,step'
               opd bench --phases opd_full_step,grpo_step --against 'python3 benchmarks/trl_peer.py --threads 2'
      """)

  @Option(
    help:
      "Phases to time, separated by commas; there are opd_full_step, grpo_step and keyframes (805 MB) besides."
  )
  var phases: String = BenchmarkPhase.ofStep.map(\.rawValue).joined(separator: ",")

  @Option(help: "A program to run in turn; it prints a JSON line with phase and ms for each phase.")
  var against: String?

  @Option(help: "Rounds that count.")
  var rounds: Int = 7

  @Option(help: "Runs of a phase in a round.")
  var repetitions: Int = 5

  @Option(help: "Threads.")
  var threads: Int = 2

  @Option(help: "Prompts a step.")
  var prompts: Int = WorkloadSizes().prompts

  @Option(help: "Answers a prompt.")
  var group: Int = WorkloadSizes().group

  @Option(help: "Feature rows of a prompt.")
  var frames: Int = WorkloadSizes().frames

  @Option(name: .customLong("gen"), help: "Tokens of an answer.")
  var answer: Int = WorkloadSizes().answer

  @Option(name: .customLong("vocab"), help: "Tokens of the vocabulary.")
  var vocabulary: Int = WorkloadSizes().vocabulary

  @Option(help: "Layers of the student.")
  var layers: Int = WorkloadSizes().layers

  @Option(help: "Width of the student, a multiple of 64; its heads and inner width follow.")
  var width: Int = WorkloadSizes().width

  @Option(help: "How it is printed.")
  var format: PrintedFormat = .text

  /// A command without arguments.
  package init() {}

  /// Refuses sizes that mean nothing, and a width that does not divide into heads.
  package func validate() throws {
    try check("--threads", threads, 1...1024)
    let counts = [
      ("--rounds", rounds), ("--repetitions", repetitions), ("--prompts", prompts),
      ("--group", group), ("--frames", frames), ("--gen", answer),
      ("--vocab", vocabulary), ("--layers", layers), ("--width", width),
    ]
    for (name, count) in counts { try check(name, count, 1...1_000_000) }
    guard width.isMultiple(of: 64) else {
      throw ValidationError("'--width' must be a multiple of 64.")
    }
  }

  /// Runs the benchmark and prints its table.
  package func run() async throws {
    Parallel.threads = threads
    var sizes = WorkloadSizes()
    sizes.prompts = prompts
    sizes.group = group
    sizes.frames = frames
    sizes.answer = answer
    sizes.vocabulary = vocabulary
    sizes.layers = layers
    sizes.setWidth(width)
    let chosen: [BenchmarkPhase] = try chosenPhases(phases)
    let report = try await Benchmark(
      phases: chosen, rounds: rounds, repetitions: repetitions, rival: against
    ).run(sizes) { FileHandle.standardError.write(Data(($0 + "\n").utf8)) }
    print(format == .json ? try jsonText(report) : Self.table(report))
  }

  private static func table(_ report: Benchmark.Report) -> String {
    var lines = ["phase               ms  (min–max)        GFLOP/s  of peak   rival ms   ratio"]
    for row in report.rows {
      let rival = row.rival.map { String(format: "%9.1f", $0) } ?? "        –"
      let ratio = row.ratio.map { String(format: "%6.2f×", $0) } ?? "      –"
      lines.append(
        row.phase.padding(toLength: 16, withPad: " ", startingAt: 0)
          + String(
            format: "%7.1f  (%.1f–%.1f)", row.milliseconds, row.range[0], row.range[1]
          ).padding(toLength: 28, withPad: " ", startingAt: 0)
          + String(format: "%6.1f   %5.1f %%", row.gigaflops, 100 * row.shareOfPeak)
          + "  \(rival)  \(ratio)")
      if let bandwidth = row.bandwidth {
        lines.append(
          String(
            format: "            features read at %.2f GB/s, %.0f %% of a plain copy's %.2f GB/s",
            bandwidth, 100 * bandwidth / report.copyBandwidth, report.copyBandwidth))
      }
    }
    lines.append(
      String(
        format: "%d threads, %d rounds; products alone %.1f GFLOP/s, copy %.1f GB/s; "
          + "peak memory %.0f MB; buffers asked of the system in the last round: %d",
        report.threads, report.rounds, report.peakGigaflops, report.copyBandwidth,
        Double(report.peakMemory) / 1e6, report.allocations))
    return lines.joined(separator: "\n")
  }
}

/// The phases that a list names.
///
/// - Throws: `ValidationError` for a name of none.
func chosenPhases<Phase: RawRepresentable<String> & CaseIterable>(
  _ list: String
) throws -> [Phase] {
  try list.split(separator: ",").map { name in
    guard let phase = Phase(rawValue: String(name)) else {
      let names = Phase.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("There is no phase '\(name)'. Choose from \(names).")
    }
    return phase
  }
}
