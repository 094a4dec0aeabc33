internal import Foundation
public import Core
internal import Storage

/// A question with its right answers, as annotation files have it.
public struct AnnotatedQuery: Sendable, Hashable {
  /// Its name, unique in its file.
  public let id: String
  /// The video it is about.
  public let video: String
  /// Its text.
  public let query: String
  /// The length of the video in seconds, where the file says so.
  public let duration: Double?
  /// The right answers, in seconds.
  public let windows: [Interval]

  /// A question with its right answers.
  public init(id: String, video: String, query: String, duration: Double?, windows: [Interval]) {
    self.id = id
    self.video = video
    self.query = query
    self.duration = duration
    self.windows = windows
  }
}

/// The layouts in which the field publishes annotations, told apart by the ending of the file's name.
///
/// - `.jsonl`: QVHighlights and what follows it (Moment-DETR, Lighthouse): `qid`, `query`, `vid`, `duration`,
///   `relevant_windows` a line.
/// - `.json`: ActivityNet Captions: for each video `duration`, `timestamps`, `sentences`.
/// - `.txt`: Charades-STA: `VIDEO START END##SENTENCE` a line.
///
/// Each may be packed (`.gz`). Where a layout does not name its questions they are called `VIDEO#0`, `VIDEO#1` and so on.
public enum AnnotationFile {
  /// The questions of a file, in its order; those of ActivityNet by video.
  ///
  /// - Throws: `StorageError` for a file that is missing or malformed, with the line; `GroundingError` for a question
  ///   that cannot be right.
  public static func read(_ path: String) throws -> [AnnotatedQuery] {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    switch (name as NSString).pathExtension {
    case "jsonl": return try lines(path)
    case "json": return try captions(path)
    case "txt": return try sentences(path)
    default:
      throw StorageError.unreadable(
        path: path, format: "annotations", reason: "its name ends in none of .jsonl, .json, .txt")
    }
  }

  private struct Line: Decodable {
    let qid: QueryName
    let query: String
    let vid: String
    let duration: Double?
    let relevant_windows: [Window]?
  }

  /// The questions of a file of JSON lines, whatever its name.
  static func lines(_ path: String) throws -> [AnnotatedQuery] {
    try JSONLines.read(path, as: Line.self).map { number, line in
      if let duration = line.duration, !(duration > 0 && duration.isFinite) {
        throw StorageError.malformedLine(
          path: path, line: number, reason: "the duration is \(duration)")
      }
      return AnnotatedQuery(
        id: line.qid.text, video: line.vid, query: line.query, duration: line.duration,
        windows: line.relevant_windows?.map(\.interval) ?? [])
    }
  }

  private struct Captions: Decodable {
    let duration: Double
    let timestamps: [Window]
    let sentences: [String]
  }

  private static func captions(_ path: String) throws -> [AnnotatedQuery] {
    let videos = try JSONLines.readWhole(path, as: [String: Captions].self)
    return try videos.sorted { $0.key < $1.key }.flatMap { video, captions in
      guard captions.duration > 0, captions.duration.isFinite else {
        throw GroundingError.impossible(
          query: video, reason: "its duration is \(captions.duration)")
      }
      guard captions.timestamps.count == captions.sentences.count else {
        throw GroundingError.impossible(
          query: video,
          reason: "it has \(captions.sentences.count) sentences, \(captions.timestamps.count) times"
        )
      }
      return zip(captions.sentences, captions.timestamps).enumerated().map { index, pair in
        AnnotatedQuery(
          id: "\(video)#\(index)", video: video,
          query: pair.0.trimmingCharacters(in: .whitespacesAndNewlines),
          duration: captions.duration, windows: [pair.1.interval])
      }
    }
  }

  private static func sentences(_ path: String) throws -> [AnnotatedQuery] {
    var counts: [String: Int] = [:]
    let lines = try TextFile.text(path).split(separator: "\n", omittingEmptySubsequences: false)
    return try lines.enumerated().compactMap { number, line in
      let text = line.trimmingCharacters(in: .whitespacesAndNewlines)
      guard !text.isEmpty else { return nil }
      let halves = text.components(separatedBy: "##")
      let words = halves[0].split(separator: " ")
      guard halves.count == 2, words.count == 3, let start = Double(words[1]),
        let end = Double(words[2])
      else {
        throw StorageError.malformedLine(
          path: path, line: number + 1, reason: "it is not 'VIDEO START END##SENTENCE'")
      }
      let video = String(words[0])
      defer { counts[video, default: 0] += 1 }
      return AnnotatedQuery(
        id: "\(video)#\(counts[video, default: 0])", video: video, query: halves[1], duration: nil,
        windows: [Interval(start, end)])
    }
  }
}
