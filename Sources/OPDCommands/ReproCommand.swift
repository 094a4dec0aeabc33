package import ArgumentParser
internal import Runs
internal import Foundation

/// `opd repro`: whether a finished run leaves the same bytes when it is carried out again.
package struct ReproCommand: AsyncParsableCommand {
  /// Its name and help.
  package static let configuration = CommandConfiguration(
    commandName: "repro",
    abstract: "Carry a finished run out again, and compare what it leaves byte by byte.",
    discussion: """
      Example: opd repro runs/smoke/opd/seed-0

      Compared are metrics, selections, rollouts, evaluation, TensorBoard events and the last checkpoint; not what the \
      clock said. The status is 0 where every byte is the same, and 1 where one is not. Run it where the run was \
      begun: paths of data in its configuration are relative.
      """)

  @Argument(help: "The folder of a finished run.", completion: .directory)
  var run: String

  @Option(
    name: .shortAndLong,
    help: "Where the run is carried out again; a folder that is removed afterwards if left out.")
  var out: String?

  @Flag(help: "Say nothing but the result.")
  var quiet = false

  /// A command without arguments, for the parser.
  package init() {}

  /// Repeats the run and says whether it repeated.
  package func run() async throws {
    let temporary = FileManager.default.temporaryDirectory.path + "/opd-repro-\(UUID().uuidString)"
    defer { if out == nil { try? FileManager.default.removeItem(atPath: temporary) } }
    let display = TrainDisplay(isQuiet: quiet)
    let executor = RunExecutor(try OPDCommand.laboratory(), report: display.show)
    let result = try await executor.repetition(of: run, in: out ?? temporary)
    guard result.differences.isEmpty else { throw ReproductionError.differs(result) }
    print(result.sentence)
  }
}
