internal import Core
internal import Foundation
internal import Records
internal import Storage
internal import Tasks
internal import Teacher
internal import Video

/// Makes the features of videos in the layout that runs read: `/video/<name>` [clips, N, C], a clip every so many seconds, and
/// `/query/<id>` [C] for questions where the encoder reads texts.
///
/// What is done is not done again: each video is written to a file of its own beside the result, and when all are there they are put
/// together; a later call takes over every video of the result that has not changed.
package struct FeatureExtraction: Sendable {
  /// How a call went.
  package struct Summary: Sendable, Hashable {
    /// Videos that were finished by this call.
    package var done = 0
    /// Videos that had been finished before.
    package var known = 0
    /// Clips of all of them.
    package var clips = 0
    /// Questions that have a row.
    package var queries = 0
    /// Videos that could not be read, with the reason.
    package var failures: [String: String] = [:]
  }

  private let encoder: any FrameEncoder
  private let seconds: Double
  private let output: String
  /// The files of the videos by their names in the result.
  private let videos: [String: String]

  /// What is to be made.
  ///
  /// - Parameters:
  ///   - inputs: Videos, and folders of videos.
  ///   - encoder: What makes the rows.
  ///   - seconds: How long a clip is.
  ///   - output: The file of all features.
  /// - Throws: `KeyframeInputError.missing`, `.noVideos`; `FeatureError.oneName`, `.otherFeatures`.
  package init(
    _ inputs: [String], by encoder: any FrameEncoder, every seconds: Double, to output: String
  ) throws {
    self.encoder = encoder
    self.seconds = seconds
    self.output = output
    videos = try Self.named(inputs)
    try requireSame()
  }

  /// The videos of files and folders by the names that they have in features, those of their files without the ending.
  ///
  /// - Throws: `KeyframeInputError.missing`, `.noVideos`; `FeatureError.oneName`.
  static func named(_ inputs: [String]) throws -> [String: String] {
    var videos: [String: String] = [:]
    for path in try inputs.flatMap(files) {
      let name = URL(filePath: path).deletingPathExtension().lastPathComponent
      if let first = videos.updateValue(path, forKey: name), first != path {
        throw FeatureError.oneName(name, first: first, second: path)
      }
    }
    return videos
  }

  private static func files(_ input: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: input) else {
      throw KeyframeInputError.missing(path: input)
    }
    guard try TextFile.isFolder(input) else { return [input] }
    let found = VideoFiles.list(in: input)
    if found.isEmpty { throw KeyframeInputError.noVideos(folder: input) }
    return found.map { "\(input)/\($0)" }
  }

  /// How many videos there are.
  package var count: Int { videos.count }

  /// Makes the features of all videos that are not finished, and one file of them.
  ///
  /// - Parameters:
  ///   - questions: Files of annotations whose questions get a row each.
  ///   - jobs: How many videos are worked on at once.
  ///   - progress: Is told after each video how many are finished, and its name.
  /// - Returns: How it went; a video that cannot be read does not keep the others waiting.
  /// - Throws: `StorageError`, `FeatureError.readsNoTexts`, or what the encoder throws of questions.
  package func run(
    questions: [String] = [], jobs: Int, progress: (_ finished: Int, _ video: String) -> Void
  ) async throws -> Summary {
    let rows = try await embedded(questions)
    let waiting = videos.keys.filter { holder(of: $0) == nil }.sorted()
    var summary = Summary(known: videos.count - waiting.count, queries: rows.count)
    try await inTurn(waiting, jobs: jobs, encode) { name, error in
      if let error {
        if error is StorageError || error is ProcessError { throw error }
        summary.failures[name] = "\(error)"
      } else {
        summary.done += 1
      }
      progress(summary.done + summary.known + summary.failures.count, name)
    }
    summary.clips = try join(rows)
    return summary
  }

  /// The rows of the questions of files of annotations, by their names.
  private func embedded(_ files: [String]) async throws -> [String: [Float]] {
    let questions = try files.flatMap(AnnotationFile.read)
    guard !questions.isEmpty else { return [:] }
    guard encoder.readsTexts else { throw FeatureError.readsNoTexts(encoder: encoder.identity) }
    let rows = try await encoder.rows(of: questions.map(\.query))
    return Dictionary(zip(questions.map(\.id), rows), uniquingKeysWith: { first, _ in first })
  }

  private func encode(_ name: String) async throws {
    guard let path = videos[name] else { return }
    let identity = identity(of: path)
    let decoder = try await VideoDecoder(path: path, longestSide: encoder.side)
    var values: [Float] = []
    var clips = 0
    _ = try await encoder.forEachClip(of: decoder, every: seconds) { frames, rows in
      values += rows.joined()
      clips += frames.count
    }
    let shape = [clips, encoder.tokensPerFrame, encoder.channels]
    try FeatureFile.write(to: part(name), clipSeconds: seconds, encoder: encoder.identity) { file in
      try file.write(video: name, values, shape: shape, identity: identity)
    }
  }
}

extension FeatureExtraction {
  /// Puts all videos and questions together: those of this call, and what the result held before.
  ///
  /// - Returns: The clips of this call's videos.
  private func join(_ rows: [String: [Float]]) throws -> Int {
    let old = FileManager.default.fileExists(atPath: output) ? try FeatureFile(output) : nil
    let mine = Dictionary(
      uniqueKeysWithValues: videos.keys.compactMap { name in holder(of: name).map { (name, $0) } })
    let names = Set(mine.keys).union(try old?.videos() ?? []).sorted()
    guard !names.isEmpty else { return 0 }
    var clips = 0
    try FeatureFile.write(to: output, clipSeconds: seconds, encoder: encoder.identity) { file in
      for name in names {
        guard let source = mine[name] ?? old else { continue }
        let count = try file.copy(video: name, from: source)
        if mine[name] != nil { clips += count }
      }
      for id in try old?.queries() ?? [] where rows[id] == nil {
        try file.write(query: id, old?.row(of: id) ?? [])
      }
      for (id, row) in rows.sorted(by: { $0.key < $1.key }) { try file.write(query: id, row) }
    }
    try? FileManager.default.removeItem(atPath: parts)
    return clips
  }

  /// Refuses to mix features of two kinds in one file.
  private func requireSame() throws {
    guard FileManager.default.fileExists(atPath: output) else { return }
    let (holds, asked) = (try FeatureFile(output).kind, FeatureFile.kind(encoder.identity, seconds))
    guard holds == asked else {
      throw FeatureError.otherFeatures(path: output, holds: holds, asked: asked)
    }
  }

  private var parts: String { output + ".parts" }

  private func part(_ name: String) -> String { "\(parts)/\(name).h5" }

  /// A digest of everything that the features of a video depend on.
  private func identity(of path: String) -> String {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return ContentHash.of([
      path, "\(size)", "\(changed)", FeatureFile.kind(encoder.identity, seconds), Program.version,
    ])
  }

  /// The file that has the features of a video as it is now: its own beside the result, or the result; `nil` where neither has.
  private func holder(of name: String) -> FeatureFile? {
    guard let path = videos[name] else { return nil }
    let now = identity(of: path)
    for place in [part(name), output] where FileManager.default.fileExists(atPath: place) {
      if let file = try? FeatureFile(place), (try? file.identity(of: name)) == now { return file }
    }
    return nil
  }
}
