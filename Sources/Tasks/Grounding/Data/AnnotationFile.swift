internal import Foundation
internal import Core
internal import Storage

/// The layouts in which the field publishes annotations, told apart by the ending of the file's name.
///
/// - `.jsonl`: QVHighlights and what follows it (Moment-DETR, Lighthouse): `qid`, `query`, `vid`, `duration`,
///   `relevant_windows` a line.
/// - `.json`: ActivityNet Captions: for each video `duration`, `timestamps`, `sentences`.
/// - `.txt`: Charades-STA: `VIDEO START END##SENTENCE` a line.
///
/// Each may be packed (`.gz`). Where a layout does not name its questions they are called `VIDEO#0`, `VIDEO#1` and so on.
package enum AnnotationFile {
  /// The questions of a file as they are written, in its order; those of ActivityNet by video.
  ///
  /// - Throws: `StorageError` for a file that is missing, malformed, with the line, or without a question;
  ///   `DataError` for captions without times.
  package static func read(_ path: String) throws -> [AnnotatedQuery] {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    let questions =
      switch (name as NSString).pathExtension {
      case "jsonl": try lines(path)
      case "json": try captions(path)
      case "txt": try sentences(path)
      default:
        throw StorageError.unusable(
          path: path, reason: "its name ends in none of .jsonl, .json, .txt")
      }
    guard !questions.isEmpty else {
      throw StorageError.unusable(path: path, reason: "there is no question in it")
    }
    return questions
  }

  private struct Line: Decodable {
    let qid: QueryName
    let query: String
    let vid: String
    let duration: Double?
    let relevant_windows: [Window]?
    let relevant_clip_ids: [Int]?
    let saliency_scores: [[Int]]?

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case qid, query, vid, duration, relevant_windows, relevant_clip_ids, saliency_scores
    }

    init(from decoder: any Decoder) throws {
      // Options, answers or captions beside windows would otherwise be lost without a word.
      try decoder.container(keyedBy: LineKey.self)
        .refuseUnread(but: CodingKeys.allCases.map(\.rawValue))
      let line = try decoder.container(keyedBy: CodingKeys.self)
      qid = try line.decode(QueryName.self, forKey: .qid)
      query = try line.decode(String.self, forKey: .query)
      vid = try line.decode(String.self, forKey: .vid)
      duration = try line.decodeIfPresent(Double.self, forKey: .duration)
      relevant_windows = try line.decodeIfPresent([Window].self, forKey: .relevant_windows)
      relevant_clip_ids = try line.decodeIfPresent([Int].self, forKey: .relevant_clip_ids)
      saliency_scores = try line.decodeIfPresent([[Int]].self, forKey: .saliency_scores)
    }
  }

  /// The questions of a file of JSON lines, whatever its name.
  static func lines(_ path: String) throws -> [AnnotatedQuery] {
    let file = name(path)
    return try JSONLines.read(path, as: Line.self).map { number, line in
      AnnotatedQuery(
        id: line.qid.text, video: line.vid, query: line.query, duration: line.duration,
        windows: line.relevant_windows?.map(\.interval) ?? [],
        clips: line.relevant_clip_ids ?? [], saliency: line.saliency_scores ?? [],
        place: "line \(number) of '\(file)'")
    }
  }

  private static func name(_ path: String) -> String {
    URL(filePath: path).lastPathComponent
  }

  private struct Captions: Decodable {
    let duration: Double
    let timestamps: [Window]
    let sentences: [String]

    func fault(of video: String) -> String? {
      timestamps.count == sentences.count
        ? nil : "'\(video)' has \(sentences.count) sentences, \(timestamps.count) times"
    }
  }

  private static func captions(_ path: String) throws -> [AnnotatedQuery] {
    let videos = try JSONLines.readWhole(path, as: [String: Captions].self)
      .sorted { $0.key < $1.key }
    let file = name(path)
    let faults = videos.compactMap { $1.fault(of: $0) }
    guard faults.isEmpty else {
      throw DataError.unusable(count: faults.count, first: Array(faults.prefix(DataError.listed)))
    }
    return videos.flatMap { video, captions in
      zip(captions.sentences, captions.timestamps).enumerated().map { index, pair in
        AnnotatedQuery(
          id: "\(video)#\(index)", video: video,
          query: pair.0.trimmingCharacters(in: .whitespacesAndNewlines),
          duration: captions.duration, windows: [pair.1.interval],
          place: "sentence \(index + 1) of '\(video)' in '\(file)'")
      }
    }
  }

  private static func sentences(_ path: String) throws -> [AnnotatedQuery] {
    var counts: [String: Int] = [:]
    let file = name(path)
    var faults = LineFaults()
    let questions = try TextFile.lines(path).enumerated().compactMap {
      number, line -> AnnotatedQuery? in
      let text = line.trimmingCharacters(in: .whitespacesAndNewlines)
      guard !text.isEmpty else { return nil }
      let halves = text.components(separatedBy: "##")
      let words = halves[0].split(whereSeparator: \.isWhitespace)
      guard halves.count == 2, words.count == 3, let start = Double(words[1]),
        let end = Double(words[2])
      else {
        faults.note(number + 1, "it is not 'VIDEO START END##SENTENCE'")
        return nil
      }
      let video = String(words[0])
      defer { counts[video, default: 0] += 1 }
      return AnnotatedQuery(
        id: "\(video)#\(counts[video, default: 0])", video: video, query: halves[1], duration: nil,
        windows: [Interval(start, end)], place: "line \(number + 1) of '\(file)'")
    }
    try faults.refuse(path)
    return questions
  }
}
