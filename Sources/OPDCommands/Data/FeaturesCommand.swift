package import ArgumentParser
internal import Core
internal import Foundation
internal import Plugins
internal import Records
internal import Runs

/// `opd features`: what an encoder makes of videos, in a file that runs read.
package struct FeaturesCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Make the features of videos, for data of your own.",
    discussion: """
      Examples:
        opd features videos/ --out clips.h5
        opd features videos/ --encoder '{process: {command: [python3, my_encoder.py]}}' --queries train.jsonl --out clips.h5

      A clip is as long as --seconds says, and the picture on the screen in its middle stands for it: /video/NAME [clips, rows, \
      channels], NAME being the file's without its ending. With --queries an encoder that reads texts makes /query/QID [channels], \
      too; without, students read the words. `opd plugins --kind encoder` lists the encoders; Examples/encoders has a program. Run the \
      command again to go on after an interruption, or to add videos. Then: opd data import.
      """)

  @Argument(help: "Videos, and folders of videos.", completion: .file())
  var input: [String]

  @Option(help: "Who makes the rows: a name, or {name: {parameter: value}}.")
  var encoder: String = "descriptors"

  @Option(help: "How long a clip is, in seconds.")
  var seconds: Double = 2

  @Option(
    help: "Annotations whose questions get a row each; may be given several times.",
    completion: .file())
  var queries: [String] = []

  @Option(
    name: .shortAndLong, help: "The file to write (.h5); videos that it holds stay.",
    completion: .file(extensions: ["h5", "hdf5"]))
  var out: String

  @Option(help: "How many videos are worked on at once.")
  var jobs: Int = 1

  @Flag(help: "Show no progress.")
  var quiet = false

  /// What parses a command line without arguments.
  package init() {}

  /// Refuses numbers that cannot be.
  package func validate() throws {
    try check("--seconds", seconds, .above(0.001, to: 86_400))
    try check("--jobs", jobs, 1...1024)
  }

  /// The encoder that a text names; `nil` where there is none.
  ///
  /// - Throws: `ConfigurationError` with the nearest name, or what connecting it throws.
  static func encoder(_ text: String?) async throws -> (any FrameEncoder)? {
    guard let text else { return nil }
    let written = try ConfigurationFile.parse(text, file: "--encoder")
    return try await OPDCommand.laboratory().encoders.connect(
      written,
      in: { line in
        FileHandle.standardError.write(Data((line + "\n").utf8))
      })
  }

  /// Makes and writes them.
  package func run() async throws {
    guard let encoder = try await Self.encoder(encoder) else { return }
    let extraction = try FeatureExtraction(input, by: encoder, every: seconds, to: out)
    var line = ProgressLine(
      "features", total: extraction.count, unit: "videos", style: quiet ? .quiet : nil)
    let summary = try await extraction.run(questions: queries, jobs: jobs) {
      line.update($0, note: $1)
    }
    line.finish()
    print(
      "\(out): \(summary.done) videos done, \(summary.known) were there,"
        + " \(summary.failures.count) failed; \(summary.clips) clips of \(seconds) s,"
        + " \(encoder.tokensPerFrame) × \(encoder.channels) each, \(summary.queries) questions")
    let failures = summary.failures.sorted { $0.key < $1.key }
    for (_, message) in failures.dropFirst() {
      FileHandle.standardError.write(Data((message + "\n").utf8))
    }
    if let first = failures.first {
      throw FeatureError.failed(
        count: failures.count, of: extraction.count, first: first.value)
    }
    print("Next: opd data import --train FILE --dev FILE --features \(out) --out FOLDER")
  }
}
