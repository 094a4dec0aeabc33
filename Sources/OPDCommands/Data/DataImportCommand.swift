package import ArgumentParser
internal import Tasks

/// `opd data import`: a folder of data from published annotations and features of one's own.
package struct DataImportCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a folder that runs can read, of published annotations and your own features.",
    discussion: """
      Example: opd data import --train train.jsonl --dev val.jsonl --features clip.h5 --out data/mine

      Annotations are told apart by their names: .jsonl as QVHighlights and Moment-DETR have them, .json as ActivityNet \
      Captions, .txt as Charades-STA; each may be packed (.gz). Lines of .jsonl with options are multiple choice as benchmarks publish it: \
      video, question, options, answer, category. A key that nobody reads is refused, not dropped. The features are one HDF5 file: /video/VIDEO [clips, \
      channels] or [clips, rows, channels] of clips of two seconds, or as long as its attribute clip_seconds says, and \
      /query/QID [channels] or no such group: then the student reads the words. Everything is checked before anything is \
      written, and everything that is wrong is named; --drop-unusable leaves it out. Windows that reach over an end of \
      their video are cut there. The folder links to the features.
      """)

  @Option(help: "Annotations to train on.", completion: .file())
  var train: String

  @Option(help: "Annotations to report on; no video may be in both.", completion: .file())
  var dev: String

  @Option(help: "The features of all videos.", completion: .file(extensions: ["h5", "hdf5"]))
  var features: String

  @Option(
    help: "JSON lines with vid and captions, one a clip; they are taken into the folder.",
    completion: .file())
  var captions: String?

  @Option(
    name: .shortAndLong, help: "The folder; it is made if need be.", completion: .directory)
  var out: String

  @Flag(help: "Leave out windows and questions that cannot be right, and count them.")
  var dropUnusable = false

  /// What parses a command line without arguments.
  package init() {}

  /// Checks and writes the folder.
  package func run() async throws {
    let isChoice = try ChoiceFile.isOne(train) || ChoiceFile.isOne(dev)
    let unusable = dropUnusable ? UnusableAnnotations.leftOut : .refused
    let imported =
      if isChoice {
        try ChoiceFile.importing(
          train: train, dev: dev, features: features, captions: captions, to: out,
          unusable: unusable)
      } else {
        try QVHighlights.importing(
          train: train, dev: dev, features: features, captions: captions, to: out,
          unusable: unusable)
      }
    for line in imported.notes { print(line) }
    print(DatasetSummary(imported.dataset).text)
    let files = ["train", "dev"].map { "\($0): \(out)/\($0).jsonl" }.joined(separator: ", ")
    print(
      isChoice
        ? "use it with 'data={choice-file: {\(files), features: \(out)/features.h5}}' codec=choice"
        : "use it with 'data={qvhighlights: {path: \(out)}}'")
  }
}

extension ImportedData {
  /// What was cut and left out, a line each; none where nothing was.
  fileprivate var notes: [String] {
    var notes: [String] = []
    if cutWindows > 0 {
      notes.append("cut: \(cutWindows) windows that reached over an end of their video")
    }
    if droppedQuestions + droppedWindows + faults.count > 0 {
      notes.append(
        "left out: \(droppedQuestions) questions, and \(droppedWindows) windows of others")
      notes += faults.prefix(10).map { "  \($0)" }
      if faults.count > 10 { notes.append("  and \(faults.count - 10) more") }
    }
    return notes
  }
}
