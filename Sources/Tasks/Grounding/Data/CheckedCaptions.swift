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
    let captions = try ClipCaptions(path)
    let asked = Set(questions.map(\.video))
    for video in asked.sorted() {
      if let fault = captions.fault(video, clips: try store.clips(of: video) ?? 0) {
        faults.append(fault)
      } else {
        usable.append((video, captions.of(video) ?? []))
      }
    }
    for video in captions.videos where !asked.contains(video) {
      faults.append(
        "'\(captions.file)' has captions of video '\(video)', which no question is about")
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
