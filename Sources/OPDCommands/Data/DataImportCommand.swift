public import ArgumentParser
internal import Tasks

/// `opd data import`: a folder of data from published annotations and features of one's own.
public struct DataImportCommand: AsyncParsableCommand {
  /// What the help says.
  public static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a folder that runs can read, of published annotations and your own features.",
    discussion: """
      Example: opd data import --train train.jsonl --dev val.jsonl --features clip.h5 --out data/mine

      Annotations are told apart by their names: .jsonl as QVHighlights and Moment-DETR have them, .json as ActivityNet \
      Captions, .txt as Charades-STA; each may be packed (.gz). The features are one HDF5 file: /video/VIDEO [clips, \
      channels] or [clips, rows, channels] of clips of two seconds, or as long as its attribute clip_seconds says, and \
      /query/QID [channels] or no such group: then the student reads the words. Everything is checked before anything is \
      written; the folder links to the features.
      """)

  @Option(help: "Annotations to train on.", completion: .file())
  var train: String

  @Option(help: "Annotations to report on; no video may be in both.", completion: .file())
  var dev: String

  @Option(help: "The features of all videos.", completion: .file(extensions: ["h5", "hdf5"]))
  var features: String

  @Option(help: "The folder; it is made if need be.", completion: .directory)
  var out: String

  /// What parses a command line without arguments.
  public init() {}

  /// Checks and writes the folder.
  public func run() async throws {
    let dataset = try QVHighlights.importing(train: train, dev: dev, features: features, to: out)
    print(DatasetSummary(dataset).text)
    print("use it with 'data={qvhighlights: {path: \(out)}}'")
  }
}
