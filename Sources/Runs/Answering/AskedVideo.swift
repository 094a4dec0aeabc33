internal import Core
internal import Foundation
internal import Storage
internal import TAD
internal import Tasks
internal import Video

/// A video that a student is asked about, wherever it comes from.
struct AskedVideo {
  /// What it is called.
  var name: String
  /// Its frames, as far as the student can be shown them.
  var evidence: FrameFeatures
  /// The file with the pictures, if there is one, and which of its frames are those of `evidence`.
  var pictures: (path: String, frames: [Int])?
  /// What the run's data asks about it, as it was filmed; empty for a video from elsewhere.
  var known: [Prompt] = []
  /// The embedding of a question that the file holds by name.
  var embedding: [Float]?

  /// Finds a video.
  ///
  /// - Parameters:
  ///   - name: A video file; `FILE.h5` or a folder with `features.h5`, with `:NAME` where that holds several videos; else the
  ///     name of a video of the run's data.
  ///   - query: The name of a question's embedding in the file of features, if one was given.
  ///   - student: Whose run's data it may be of.
  /// - Throws: `AnsweringError`, `StorageError`, `VideoError`.
  init(_ name: String, query: String?, for student: AskedStudent) async throws {
    if let place = FeaturePlace(name) {
      self = try place.video(query: query)
    } else if FileManager.default.fileExists(atPath: name) {
      self = try await Self.filmed(name, every: student.data.frameDistance)
    } else {
      self = try await Self.known(name, to: student)
    }
    try Dataset.requireFinite(evidence, video: name)
  }

  /// A video file as an encoder sees it, with clips as far apart as the student knows frames.
  ///
  /// - Parameters:
  ///   - path: The video file.
  ///   - encoder: What made the features that the student was trained on.
  ///   - question: What is asked, which gets a row where the student reads questions as rows.
  ///   - student: Who is asked.
  /// - Throws: `VideoError`, or what the encoder throws.
  init(
    _ path: String, by encoder: any FrameEncoder, question: String, for student: AskedStudent
  ) async throws {
    let seconds = student.data.frameDistance
    var values: [Float] = []
    var frames: [Int] = []
    let decoder = try await VideoDecoder(path: path, longestSide: encoder.side)
    let summary = try await encoder.forEachClip(of: decoder, every: seconds) { clips, rows in
      values += rows.joined()
      frames += clips.map(\.index)
    }
    let evidence = FrameFeatures(
      values: values, tokensPerFrame: encoder.tokensPerFrame, channels: encoder.channels,
      timestamps: frames.indices.map { (Double($0) + 0.5) * seconds },
      duration: max(summary.duration, Double(frames.count) * seconds))
    self.init(
      name: URL(filePath: path).deletingPathExtension().lastPathComponent, evidence: evidence)
    pictures = (path, frames)
    if student.data.embedsQueries { embedding = try await encoder.rows(of: [question]).first }
  }

  private init(name: String, evidence: FrameFeatures) {
    self.name = name
    self.evidence = evidence
  }

  /// A video of the run's data, which is read.
  private static func known(_ name: String, to student: AskedStudent) async throws -> AskedVideo {
    let data = try await RunContext(student.configuration, in: student.context.laboratory).dataset
    let prompts = data.all.filter { $0.video == name }
    guard let first = prompts.first else {
      throw AnsweringError.noVideo(
        name: name, data: data.name, nearest: nearestName(to: name, in: data.all.map(\.video)))
    }
    var video = AskedVideo(name: name, evidence: first.evidence)
    video.known = prompts.map(data.unmarked)
    return video
  }

  /// A video file, as the program's own descriptors, with frames as far apart as the student knows them.
  private static func filmed(_ path: String, every distance: Double) async throws -> AskedVideo {
    let scan = try await VideoScan(VideoDecoder(path: path), detail: .features)
    let times = scan.features.timestamps
    var frames: [Int] = []
    for (frame, time) in times.enumerated() {
      // Half a frame early: times of neighbours differ by rounding.
      let next = Double(frames.count) * distance + (times.first ?? 0)
      let half = frame + 1 < times.count ? (times[frame + 1] - time) / 2 : 0
      if time + half >= next { frames.append(frame) }
    }
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    var video = AskedVideo(name: name, evidence: scan.features.selecting(frames))
    video.pictures = (path, frames)
    return video
  }

  /// A file of features, and the name of a video in it.
  private struct FeaturePlace {
    let file: String
    let name: String?

    init?(_ text: String) {
      var (path, name) = (text, String?.none)
      if !FileManager.default.fileExists(atPath: text), let colon = text.lastIndex(of: ":") {
        (path, name) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
      }
      let isFolder = (try? TextFile.isFolder(path)) == true
      let file = isFolder ? path + "/" + QVHighlights.Options().features : path
      guard file.hasSuffix(".h5") || file.hasSuffix(".hdf5"),
        FileManager.default.fileExists(atPath: file)
      else { return nil }
      (self.file, self.name) = (file, name)
    }

    func video(query: String?) throws -> AskedVideo {
      let names = name == nil ? try StoredFeatures.names(file) : []
      guard let name = name ?? names.first, names.count < 2 else {
        throw AnsweringError.severalVideos(
          path: file, count: names.count, first: names.first ?? "VIDEO")
      }
      let stored = try StoredFeatures.read(name, from: file)
      var video = AskedVideo(name: name, evidence: stored.features)
      video.embedding = try query.map { try HDF5File.open(file).floats("query/" + $0) }
      return video
    }
  }
}
