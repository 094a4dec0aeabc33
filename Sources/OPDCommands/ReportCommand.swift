package import ArgumentParser
internal import Analysis
internal import Foundation
internal import Records
#if Serve
internal import Serve
internal import Storage
#endif

extension Figure: ExpressibleByArgument {}

/// `opd report`: a sweep or a run as one page.
package struct ReportCommand: AsyncParsableCommand {
  /// Its name and help.
  package static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a sweep or a run as one self-contained HTML page.",
    discussion: """
      Example: opd report runs/grpo-vs-opd -o report.html

      With --figure it is one drawing of the page as an SVG file: opd report runs/x --figure curves --by flops -o x.svg

      The page needs no network. It works while runs are still going: run the command again for the news, or watch them. \
      With --watch the page is served to this machine alone, at an address that nobody can guess; it shows how runs stand \
      every two seconds, and one can be asked to save and end: opd report runs/x --watch
      """)

  @Argument(help: "Folders of sweeps, of arms or of single runs.")
  var directories: [String]

  @Option(
    name: .shortAndLong, help: "The file to write; report.html in a single folder if left out.")
  var out: String?

  @Option(help: "One drawing as an SVG file instead of the page.")
  var figure: Figure?

  @Option(help: "What the curves of a figure run along; costs are of flops or wall.")
  var by: CostMeasure = .flops

  @Option(help: "The metric that decides, by its name in metrics.jsonl; by default the task's.")
  var metric: String?

  @Option(help: "The arm the others are compared to; the first one if left out.")
  var baseline: String?

  #if Serve
  @Flag(help: "Serve the page of runs that are going, until Ctrl-C.")
  var watch = false

  @Option(help: "The port of --watch; 0 for any that is free, which is printed.")
  var port = 0
  #endif

  /// A command without arguments, for the parser.
  package init() {}

  /// Refuses several folders without a place for the page.
  package func validate() throws {
    #if Serve
    try check("--port", port, 0...65_535)
    guard !watch || (out == nil && figure == nil) else {
      throw ValidationError("What is watched is written nowhere. Leave --out and --figure out.")
    }
    if watch { return }
    #endif
    guard directories.count == 1 || out != nil else {
      throw ValidationError("A page of several folders needs a place of its own. Add -o FILE.")
    }
  }

  /// Writes the page and prints where it is.
  package func run() async throws {
    #if Serve
    if watch { return try await serve() }
    #endif
    let path =
      out ?? directories[0] + (figure.map { "/\($0.rawValue).svg" } ?? "/report.html")
    if let figure {
      try await Report.write(
        figure, of: directories, to: path, metric: metric, baseline: baseline, by: by)
    } else {
      try await Report.write(directories, to: path, metric: metric, baseline: baseline)
    }
    print(path)
  }

  #if Serve
  private func serve() async throws {
    let service = WatchService(directories, metric: metric, baseline: baseline)
    TerminationRequest.observe()
    try await HTTPServer(service).run(at: .init(port: UInt16(port))) { port in
      print("http://127.0.0.1:\(port)/\(service.token)/")
      fflush(nil)
    } until: {
      while TerminationRequest.signal == nil { try? await Task.sleep(for: .milliseconds(100)) }
    }
  }
  #endif
}
