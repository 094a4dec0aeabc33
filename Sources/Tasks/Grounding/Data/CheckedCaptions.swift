internal import Core
internal import Foundation
internal import Storage

/// Captions that were looked at against questions and features, for a folder of data.
struct CheckedCaptions {
  /// The name of their file in a folder.
  static let name = "captions.jsonl"

  /// What is wrong with them.
  private(set) var faults: [String] = []

  private var usable: [(video: String, captions: [String])] = []

  /// The captions of the videos that questions are about; none of a file that is not named.
  ///
  /// - Throws: `StorageError` for a file that cannot be read, with the line.
  init(_ path: String?, of questions: [AnnotatedQuery], in store: FeatureStore) throws {
    guard let path else { return }
    let file = URL(filePath: path).lastPathComponent
    let captions = try ClipCaptions(path)
    let asked = Set(questions.map(\.video))
    for video in asked.subtracting(captions.videos).sorted() {
      faults.append("'\(file)' has no captions of video '\(video)'")
    }
    for video in captions.videos {
      let said = captions.of(video) ?? []
      let clips = try store.clips(of: video) ?? 0
      if !asked.contains(video) {
        faults.append("'\(file)' has captions of video '\(video)', which no question is about")
      } else if said.count != clips {
        faults.append(
          "'\(file)' has \(said.count) captions of video '\(video)', which has \(clips) clips")
      } else {
        usable.append((video, said))
      }
    }
  }

  private struct Line: Encodable {
    let vid: String
    let captions: [String]
  }

  /// Writes what can be used; no file of nothing.
  func write(to folder: URL) throws {
    guard !usable.isEmpty else { return }
    let lines = try usable.map {
      try JSONLines.line(Line(vid: $0.video, captions: $0.captions)) + "\n"
    }
    try AtomicFile.write(lines.joined(), to: folder.appendingPathComponent(Self.name).path)
  }
}
