internal import Core
internal import Records

/// Every number that runs wrote down, one a line: what `opd.runs` of the Python package makes a data frame of.
package struct NumberTable: Sendable {
  private let table: TextTable

  /// Reads runs, whether they have ended or not.
  ///
  /// - Parameters:
  ///   - folders: Of sweeps, arms or runs.
  ///   - metrics: The names that are wanted; all where there are none.
  /// - Throws: `ComparisonError` for a folder without runs, and for a metric that no run wrote down.
  /// - Complexity: Reads two files a run, and holds every line of the table.
  package init(_ folders: [String], metrics: Set<String> = []) async throws {
    let archive = try await RunArchive.read(folders, detail: .end)
    let sweep = archive.sweep
    let factors = sweep.factors ?? []
    var table = TextTable(
      header: ["run", "arm", "seed"] + factors + ["stage", "step", "seconds", "metric", "value"])
    var written: Set<String> = []
    for run in archive.runs {
      let lines = RunFile(run.path + "/metrics.jsonl").lines()
      for line in lines { written.formUnion(line.numbers.keys) }
      let levels = sweep.levels(of: run.arm)
      let about = [run.path, run.arm, "\(run.seed)"] + factors.map { levels[$0] ?? "" }
      table.rows += Self.numbers(of: lines, RecordedRun.clock(run.path), metrics).map { about + $0 }
    }
    self.table = table
    guard let unknown = metrics.subtracting(written).min() else { return }
    throw ComparisonError.unmeasured(
      metric: unknown, nearest: nearestName(to: unknown, in: written), known: written.sorted())
  }

  /// Stage, step, seconds of training so far, metric and value of each number.
  private static func numbers(
    of lines: [FlatObject], _ clock: [Double: Double], _ metrics: Set<String>
  ) -> [[String]] {
    lines.flatMap { line -> [[String]] in
      let seconds = line.numbers["step"].flatMap { clock[$0] }
      let place = [
        line.texts["stage"] ?? "", line.whole("step").map { "\($0)" } ?? "",
        seconds.map { "\($0)" } ?? "",
      ]
      let names = line.numbers.keys.filter {
        $0 != "step" && (metrics.isEmpty || metrics.contains($0))
      }
      return names.sorted().map { place + [$0, "\(line.numbers[$0] ?? .nan)"] }
    }
  }

  /// The table as RFC 4180 has it, with all digits; ends in a line feed.
  package var csv: String { table.csv }
}
