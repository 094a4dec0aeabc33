public import ArgumentParser
internal import Experiments

/// `opd report`: a sweep or a run as one page.
public struct ReportCommand: AsyncParsableCommand {
  /// Its name and help.
  public static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a sweep or a run as one self-contained HTML page.",
    discussion: """
      Example: opd report runs/grpo-vs-opd -o report.html

      The page needs no network. It works while runs are still going: run the command again for the news.
      """)

  @Argument(help: "The folder of a sweep, of an arm or of a single run.")
  var directory: String

  @Option(name: [.short, .long], help: "The file to write; report.html in the folder if left out.")
  var output: String?

  @Option(help: "The metric that decides, by its name in metrics.jsonl.")
  var metric: String = "eval/mIoU"

  @Option(help: "The arm the others are compared to; the first one if left out.")
  var baseline: String?

  /// A command without arguments, for the parser.
  public init() {}

  /// Writes the page and prints where it is.
  public func run() async throws {
    let path = output ?? directory + "/report.html"
    try await Report.write(directory, to: path, metric: metric, baseline: baseline)
    print(path)
  }
}
