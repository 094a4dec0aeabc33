internal import Tensors

/// Times phases, alone or in turn with another program that prints a JSON line a phase.
package struct Benchmark: Sendable {
  /// One phase's figures.
  package struct Row: Sendable, Codable {
    /// Which phase.
    package var phase: String
    /// Median milliseconds over rounds.
    package var milliseconds: Double
    /// The fastest and the slowest round, milliseconds.
    package var range: [Double]
    /// 10⁹ floating-point operations a second.
    package var gigaflops: Double
    /// `gigaflops` as a share of what matrix products alone reach in this run.
    package var shareOfPeak: Double
    /// 10⁹ bytes of features read a second, where memory is what limits the phase.
    package var bandwidth: Double?
    /// Median milliseconds of the other program.
    package var rival: Double?
    /// The median over rounds of the other program's time divided by ours.
    package var ratio: Double?
  }

  /// What a benchmark found.
  package struct Report: Sendable, Codable {
    /// One row a phase.
    package var rows: [Row]
    /// Threads that worked.
    package var threads: Int
    /// Rounds that counted.
    package var rounds: Int
    /// 10⁹ operations a second of the product kernel on a large product, all threads together.
    package var peakGigaflops: Double
    /// 10⁹ bytes a second of a plain copy, read and write counted.
    package var copyBandwidth: Double
    /// The most memory the process has held, bytes.
    package var peakMemory: Int
    /// Buffers asked of the system during the last round.
    package var allocations: Int
  }

  /// The phases to time.
  package var phases: [BenchmarkPhase]
  /// Rounds that count.
  package var rounds: Int
  /// How often each phase runs in a round; the median counts.
  package var repetitions: Int
  /// The other program, run once a round by the shell.
  package var rival: String?

  /// A benchmark.
  package init(
    phases: [BenchmarkPhase] = BenchmarkPhase.ofStep, rounds: Int = 7, repetitions: Int = 5,
    rival: String? = nil
  ) {
    self.phases = phases
    self.rounds = rounds
    self.repetitions = repetitions
    self.rival = rival
  }

  /// Runs it.
  ///
  /// - Parameters:
  ///   - sizes: The sizes of the workload.
  ///   - progress: Told of each finished round.
  /// - Returns: The figures.
  /// - Throws: `BenchmarkError` where the other program fails.
  package func run(
    _ sizes: WorkloadSizes, progress: (String) -> Void
  ) async throws -> Report {
    var runner = try BenchmarkRunner(Workload(sizes))
    for phase in phases { _ = try runner.run(phase) }
    var before = 0
    let times = try await RoundTimes(
      phases, rounds: rounds, rival: rival, progress: progress
    ) { phase in
      if phase == phases.first { before = runner.memory.allocations }
      _ = try runner.run(phase)
      return median(try (0..<repetitions).map { _ in try runner.run(phase) })
    }
    let memory = MachineLimits.peakMemory()
    let peak = MachineLimits.productGigaflops()
    return Report(
      rows: phases.map { row($0, times, runner, peak) },
      threads: Parallel.threads, rounds: rounds, peakGigaflops: peak,
      copyBandwidth: MachineLimits.copyBandwidth(), peakMemory: memory,
      allocations: runner.memory.allocations - before)
  }

  private func row(
    _ phase: BenchmarkPhase, _ times: RoundTimes<BenchmarkPhase>, _ runner: BenchmarkRunner,
    _ peak: Double
  ) -> Row {
    let (own, time) = (times.own(phase), times.median(phase))
    let gigaflops = runner.flops(phase) / time * 1e-6
    return Row(
      phase: phase.rawValue, milliseconds: time, range: [own.min() ?? 0, own.max() ?? 0],
      gigaflops: gigaflops, shareOfPeak: gigaflops / peak,
      bandwidth: runner.bytesRead(phase).map { $0 / time * 1e-6 }, rival: times.rival(phase),
      ratio: times.ratio(phase))
  }
}
