package import Core
internal import Records
internal import Storage
package import TAD
internal import Tasks

/// The scenes of a video, each with how much it matters to a question: what the second stage of K-frames learns from.
///
/// Source: K-frames, arXiv:2510.13891, whose PeakClips a language model wrote; these come of what is named in `Settings`.
package struct PeakClips: Codable, Sendable, Hashable {
  /// One of them.
  package struct Scene: Codable, Sendable, Hashable {
    /// Where it begins, in seconds.
    package var start: Double
    /// Where it ends, in seconds.
    package var end: Double
    /// What is said of most of its clips; `nil` without captions.
    package var caption: String?
    /// How much it matters to the question, 0 … 5; `nil` without a question.
    package var relevance: Double?
    /// What that makes of it; `nil` where it is worth no frame.
    package var priority: ClipPriority?

    /// A stretch of seconds, with what is known of it.
    init(
      start: Double, end: Double, caption: String? = nil, relevance: Double? = nil,
      priority: ClipPriority? = nil
    ) {
      (self.start, self.end, self.caption) = (start, end, caption)
      (self.relevance, self.priority) = (relevance, priority)
    }

    /// Reads it; a key that nobody reads is refused.
    package init(from decoder: any Decoder) throws {
      try decoder.container(keyedBy: LineKey.self)
        .refuseUnread(but: ["start", "end", "caption", "relevance", "priority"])
      let scene = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        start: try scene.decode(Double.self, forKey: .start),
        end: try scene.decode(Double.self, forKey: .end),
        caption: try scene.decodeIfPresent(String.self, forKey: .caption),
        relevance: try scene.decodeIfPresent(Double.self, forKey: .relevance),
        priority: try scene.decodeIfPresent(ClipPriority.self, forKey: .priority))
    }
  }

  /// The question, or the video where there is none.
  package var id: String
  /// The video.
  package var video: String
  /// How long it is, in seconds.
  package var duration: Double
  /// The question's words.
  package var query: String?
  /// What is said of most of its scenes; `nil` without captions.
  package var caption: String?
  /// Its scenes in time order, together the whole video.
  package var scenes: [Scene]

  /// How clips are made.
  package struct Settings: Codable, Sendable, Hashable {
    /// Where scenes begin.
    package var segmentation = SceneSegmentation()
    /// Who says how much a scene matters.
    package var relevance = SceneRelevance.similarity
    /// From which relevance on, 0 … 5, a scene is P1.
    package var first = 4.0
    /// From which relevance on, 0 … 5, a scene is P2.
    package var second = 2.5

    /// Scenes by features, judged by similarity with the question.
    package init() {}

    /// What each relevance makes of its scene; the best scene is P1 whatever its relevance, unless it is 0.
    package func priorities(_ relevance: [Double]) -> [ClipPriority?] {
      let best = relevance.max().flatMap { $0 > 0 ? relevance.firstIndex(of: $0) : nil }
      return relevance.enumerated().map { scene, value in
        if scene == best || value >= first { return .first }
        return value >= second ? .second : nil
      }
    }
  }
}

extension PeakClips {
  /// The clips of the questions of a file as `opd clips build` writes it, by question.
  ///
  /// - Throws: `StorageError` for a file that is missing or none of this kind, with the line.
  static func read(_ path: String) throws -> [String: PeakClips] {
    var known: [String: PeakClips] = [:]
    _ = try JSONLines.read(path, as: PeakClipLine.self) { line in
      guard case .clips(let clips) = line else { return nil }
      let isRepeated = known.updateValue(clips, forKey: clips.id) != nil
      return isRepeated ? "the question '\(clips.id)' is there twice" : clips.defect
    }
    return known
  }

  /// What cannot be right; `nil` if nothing.
  private var defect: String? {
    guard duration > 0, duration <= AnnotationCheck.longest else {
      return "the duration is \(duration), not above 0 and at most \(AnnotationCheck.longest) s"
    }
    var last = 0.0
    for scene in scenes {
      guard scene.start >= last, scene.end > scene.start, scene.end <= duration else {
        return
          "the scene from \(scene.start) to \(scene.end) s is none after \(last) of \(duration) s"
      }
      last = scene.end
      guard let relevance = scene.relevance else { continue }
      guard (0...SceneRelevance.most).contains(relevance) else {
        return "the relevance \(relevance) is none of 0 … \(SceneRelevance.most)"
      }
    }
    return nil
  }

  /// Its P1 and P2 scenes; neighbours of one priority are one clip.
  var keyClips: ClipList {
    var clips: [ClipList.Clip] = []
    for scene in scenes {
      guard let priority = scene.priority else { continue }
      if let last = clips.last, last.priority == priority, last.interval.end == scene.start {
        clips[clips.count - 1].interval = Interval(last.interval.start, scene.end)
      } else {
        clips.append(ClipList.Clip(Interval(scene.start, scene.end), priority))
      }
    }
    return ClipList(clips)
  }
}

/// A line of a file of clips: the first says how all of them were made.
enum PeakClipLine: Codable, Hashable {
  case head(Head)
  case clips(PeakClips)

  /// How clips were made, and of what.
  struct Head: Codable, Hashable {
    var settings: PeakClips.Settings
    /// A digest of the data.
    var data: String
    var program: String
  }

  init(from decoder: any Decoder) throws {
    let line = try decoder.container(keyedBy: LineKey.self)
    let value = try decoder.singleValueContainer()
    guard !line.contains(LineKey("settings")) else {
      self = .head(try value.decode(Head.self))
      return
    }
    try line.refuseUnread(but: ["id", "video", "duration", "query", "caption", "scenes"])
    self = .clips(try value.decode(PeakClips.self))
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .head(let head): try value.encode(head)
    case .clips(let clips): try value.encode(clips)
    }
  }
}
