internal import Core
internal import Records
internal import Storage

/// Every number that runs wrote down, one a line: what `opd.runs` of the Python package makes a data frame of.
package struct NumberTable: Sendable {
  /// What all numbers of a run have in common.
  private struct Origin {
    let run: RecordedRun
    /// The level of each factor; missing where the run belongs to no sweep.
    let levels: [String?]
  }

  /// A line.
  private struct Number {
    /// The run, by its place among the origins.
    let origin: Int
    var stage: String?
    var step: Int?
    /// Of training so far.
    var seconds: Double?
    let metric: String
    let value: Double
  }

  private let factors: [String]
  private var origins: [Origin] = []
  private var numbers: [Number] = []

  /// Reads runs, whether they have ended or not.
  ///
  /// - Parameters:
  ///   - folders: Of sweeps, arms or runs.
  ///   - metrics: The names that are wanted; all where there are none.
  /// - Throws: `ComparisonError` for a folder without runs, and for a metric that no run wrote down.
  /// - Complexity: Reads two files a run, and holds every line of the table.
  package init(_ folders: [String], metrics: Set<String> = []) async throws {
    let archive = try await RunArchive.read(folders, detail: .end)
    factors = archive.sweep.factors ?? []
    var written: Set<String> = []
    for run in archive.runs {
      let levels = archive.sweep.levels(of: run.arm)
      origins.append(Origin(run: run, levels: factors.map { levels[$0] }))
      let lines = RunFile(run.path + "/metrics.jsonl").lines()
      for line in lines { written.formUnion(line.numbers.keys) }
      add(lines, RecordedRun.clock(run.path), metrics)
    }
    guard let unknown = metrics.subtracting(written).min() else { return }
    throw ComparisonError.unmeasured(
      metric: unknown, nearest: nearestName(to: unknown, in: written), known: written.sorted())
  }

  /// Adds the numbers of the last origin.
  private mutating func add(
    _ lines: [FlatObject], _ clock: [Double: Double], _ metrics: Set<String>
  ) {
    for line in lines {
      let seconds = line.numbers["step"].flatMap { clock[$0] }
      for (name, value) in line.numbers.sorted(by: { $0.key < $1.key })
      where name != "step" && (metrics.isEmpty || metrics.contains(name)) {
        numbers.append(
          Number(
            origin: origins.count - 1, stage: line.texts["stage"], step: line.whole("step"),
            seconds: seconds, metric: name, value: value))
      }
    }
  }

  /// Run, arm, seed, factors, stage, step, seconds, metric and value.
  private var columns: [ParquetColumn] {
    func origin(_ row: Int) -> Origin { origins[numbers[row].origin] }
    let before = [
      ParquetColumn("run", .texts { origin($0).run.path }),
      ParquetColumn("arm", .texts { origin($0).run.arm }),
      ParquetColumn("seed", .wholes { origin($0).run.seed }),
    ]
    let after = [
      ParquetColumn("stage", .texts { numbers[$0].stage }),
      ParquetColumn("step", .wholes { numbers[$0].step }),
      ParquetColumn("seconds", .numbers { numbers[$0].seconds }),
      ParquetColumn("metric", .texts { numbers[$0].metric }),
      ParquetColumn("value", .numbers { numbers[$0].value }),
    ]
    var taken = Set((before + after).map(\.name))
    let between = factors.enumerated().map { place, factor in
      // An axis over `data.world.seed` is called `seed` too, and pandas reads no file with two columns of one name.
      var name = factor
      while !taken.insert(name).inserted { name += ".factor" }
      return ParquetColumn(name, .texts { origin($0).levels[place] })
    }
    return before + between + after
  }

  /// The table as RFC 4180 has it, with all digits; ends in a line feed.
  package var csv: String {
    let columns = columns
    let rows = numbers.indices.map { row in columns.map { $0.text(row) ?? "" } }
    return TextTable(header: columns.map(\.name), rows: rows).csv
  }

  /// Writes the same table as an Apache Parquet file, whole or not at all.
  ///
  /// - Throws: `StorageError.unwritable`.
  package func write(parquet path: String) throws {
    try ParquetFile(columns, count: numbers.count).write(path)
  }
}
