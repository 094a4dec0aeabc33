internal import Runs
package import ArgumentParser
internal import Foundation
internal import Tasks
internal import Core

/// `opd teacher windows`: the right windows of the data, to make teachers of.
package struct TeacherWindowsCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "windows",
    abstract:
      "Print the right windows of a configuration's data as the 'windows' teacher reads them.",
    discussion: """
      Each line is {"qid": …, "pred_relevant_windows": [[start, end, confidence], …]}: change them, and you \
      have made a teacher.

      Example: opd teacher windows experiments/opd.yaml > windows.jsonl
      """)

  @OptionGroup var file: ConfigurationArguments

  private struct Line: Encodable {
    var qid: String
    var pred_relevant_windows: [[Double]]
  }

  /// What parses a command line without arguments.
  package init() {}

  /// Prints a line a prompt.
  package func run() async throws {
    let dataset = try await file.context().dataset
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for prompt in dataset.all {
      let line = Line(
        qid: prompt.id, pred_relevant_windows: prompt.stretches.map { [$0.start, $0.end, 1] })
      print(String(decoding: try encoder.encode(line), as: UTF8.self))
    }
  }
}
