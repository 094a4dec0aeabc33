internal import Core
internal import Foundation
internal import Storage

/// What somebody says of each clip of videos: `{"vid": "v1", "captions": ["a dog runs", …]}` a line, one caption a clip.
///
/// `video` is another name for `vid`; any other key is refused.
package struct ClipCaptions: Sendable {
  /// The name of their file, for sentences.
  let file: String

  private let captions: [String: [String]]
  private let weights: [String: Double]

  /// The captions of a file, packed with gzip or not.
  ///
  /// - Throws: `StorageError` with the line.
  package init(_ path: String) throws {
    var captions: [String: [String]] = [:]
    _ = try JSONLines.read(path, as: Line.self) { line in
      let isNew = captions.updateValue(line.captions, forKey: line.video) == nil
      return isNew ? nil : "the video '\(line.video)' is there twice"
    }
    self.captions = captions
    file = URL(filePath: path).lastPathComponent
    weights = Self.rarity(captions.values.joined())
  }

  private struct Line: Decodable {
    let video: String
    let captions: [String]

    init(from decoder: any Decoder) throws {
      let line = try decoder.container(keyedBy: LineKey.self)
      try line.refuseUnread(but: ["vid", "video", "captions"])
      let name = LineKey(line.contains(LineKey("video")) ? "video" : "vid")
      video = try line.decode(String.self, forKey: name)
      captions = try line.decode([String].self, forKey: LineKey("captions"))
    }
  }

  /// The videos that have captions, in order.
  package var videos: [String] { captions.keys.sorted() }

  /// Why they do not fit a video of so many clips; `nil` where they do.
  func fault(_ video: String, clips: Int) -> String? {
    guard let said = captions[video] else { return "'\(file)' has no captions of video '\(video)'" }
    return said.count == clips
      ? nil
      : "'\(file)' has \(said.count) captions of video '\(video)', which has \(clips) clips"
  }

  /// The captions of a video's clips; `nil` where the file has no such video.
  package func of(_ video: String) -> [String]? { captions[video] }

  /// log(captions / captions with the word), for each word: what is said of everything tells nothing apart.
  private static func rarity(_ captions: some Sequence<String>) -> [String: Double] {
    var counts: [String: Int] = [:]
    var total = 0
    for caption in captions {
      total += 1
      for word in Set(QueryText.words(caption)) { counts[word, default: 0] += 1 }
    }
    return counts.mapValues { log(Double(total) / Double($0)) }
  }

  /// Which share of a question's words, each by its rarity in the file, a caption has: 0 … 1.
  ///
  /// Words that no caption of the file has do not count.
  package func overlap(_ query: String, _ caption: String) -> Double {
    let said = Set(QueryText.words(caption))
    let asked = Set(QueryText.words(query)).sorted().map { (word: $0, weight: weights[$0] ?? 0) }
    let all = asked.reduce(0) { $0 + $1.weight }
    let shared = asked.filter { said.contains($0.word) }.reduce(0) { $0 + $1.weight }
    return all > 0 ? shared / all : 0
  }

  /// The one of some captions that shares most words with all of them (mean Jaccard), the first of equals; `nil` of none.
  ///
  /// - Complexity: O(n²) comparisons of sets of words; equal captions are compared once.
  package static func extract(_ captions: [String]) -> String? {
    var counts: [String: Int] = [:]
    for caption in captions { counts[caption, default: 0] += 1 }
    let different = counts.keys.sorted().map {
      (words: Set(QueryText.words($0)), count: counts[$0] ?? 0)
    }
    func agreement(_ caption: String) -> Double {
      let words = Set(QueryText.words(caption))
      return different.reduce(0) { sum, other in
        let all = words.union(other.words).count
        let shared = words.intersection(other.words).count
        return sum + Double(other.count * shared) / Double(max(1, all))
      }
    }
    var best: (caption: String, agreement: Double)?
    var known: [String: Double] = [:]
    for caption in captions {
      let value = known[caption] ?? agreement(caption)
      known[caption] = value
      if value > best?.agreement ?? -1 { best = (caption, value) }
    }
    return best?.caption
  }
}

extension Prompt {
  /// The same question with what is said of the frames of its video.
  func captioned(by captions: ClipCaptions?) -> Prompt {
    var copy = self
    copy.evidence = evidence.captioned(captions?.of(video))
    return copy
  }
}
