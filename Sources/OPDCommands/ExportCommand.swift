package import ArgumentParser
internal import Analysis
internal import Core
internal import Runs
internal import Storage

/// `opd export`: what a run has trained or written down, in the files of other libraries.
package struct ExportCommand: AsyncParsableCommand {
  /// What `--help` says.
  package static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a run's student, or the numbers of runs, for other libraries.",
    discussion: """
      Example:
        opd export runs/countdown/opd/seed-0 --adapter adapter
        opd export runs/countdown/opd/seed-0 --merged model
        opd export runs/regime --format csv --metric eval/mIoU --out numbers.csv
        opd export runs/regime --format parquet --out numbers.parquet

      An adapter is a folder that PEFT loads beside the model the run began with; a training server's is fetched from \
      it, and the modules are named where the server names none. A merged model is a folder of \
      config.json and model.safetensors, with the tokenizer where the run began with a folder that has one.

      Numbers are one a line: run, arm, seed, factors, stage, step, seconds, metric, value, of a run, an arm or a sweep. \
      A Parquet file keeps numbers as numbers, and `pandas.read_parquet(FILE)` reads it. The Python package has the \
      same table as a data frame: `opd.runs(FOLDER)`.
      """)

  @Argument(
    help: "The folder of a run whose student is a pretrained model; for numbers, of any runs.",
    completion: .directory)
  var run: String

  @Option(help: "Write the adapter to this folder.")
  var adapter: String?

  @Option(help: "Write the whole model, changes merged, to this folder.")
  var merged: String?

  /// How numbers are written.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// Values parted by commas, as RFC 4180 has them.
    case csv
    /// Columns of numbers and texts, for pandas, DuckDB and others.
    case parquet
  }

  @Option(help: "Write the numbers of runs, in this format.")
  var format: Format?

  @Option(help: "Write this number only; may be given several times.")
  var metric: [String] = []

  @Option(name: .shortAndLong, help: "The file for numbers; if left out, CSV is printed.")
  var out: String?

  /// A command without arguments, for the parser.
  package init() {}

  /// Refuses nothing to write, and two things at once.
  package func validate() throws {
    let wanted = [adapter != nil, merged != nil, format != nil]
    guard wanted.count(where: { $0 }) == 1 else {
      throw ValidationError(
        "Name a folder with --adapter or with --merged, or give --format csv or parquet.")
    }
    guard format != nil || (metric.isEmpty && out == nil) else {
      throw ValidationError("--metric and --out are about numbers; add --format csv or parquet.")
    }
    guard format != .parquet || out != nil else {
      throw ValidationError("A Parquet file cannot be printed; name it with --out FILE.")
    }
  }

  /// Writes and says where.
  package func run() async throws {
    if format != nil { return try await writeNumbers() }
    let export = try await StudentExport(run, in: OPDCommand.laboratory())
    if let adapter {
      let loaded = try await export.write(adapter: adapter)
      print([adapter, loaded].compactMap(\.self).joined(separator: ": "))
    }
    if let merged {
      try export.write(merged: merged)
      print(merged)
    }
  }

  private func writeNumbers() async throws {
    let table = try await NumberTable([run], metrics: Set(metric))
    guard let out else { return print(table.csv, terminator: "") }
    if format == .parquet {
      try table.write(parquet: out)
    } else {
      try AtomicFile.write(table.csv, to: out)
    }
    print(out)
  }
}
