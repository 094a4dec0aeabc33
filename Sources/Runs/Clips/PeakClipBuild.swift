internal import Core
internal import Foundation
internal import Records
internal import Storage
internal import TAD
internal import Video

/// Makes key clips of every question of a folder, or scenes of every video of one, a line each, in a file that is gone on with.
///
/// The first line says how clips are made and of what; a file with another first line is refused. There is no clock in the file: one that was
/// killed at any moment and gone on with has the same bytes.
package struct PeakClipBuild: Sendable {
  /// How a call went.
  package struct Summary: Sendable, Hashable {
    /// What was finished by this call.
    package var done = 0
    /// What had been finished before.
    package var known = 0
    /// Videos that could not be read, with the reason.
    package var failures: [String: String] = [:]
  }

  /// What clips are made of.
  private enum Work {
    case questions(ClipMaterial)
    case videos([String])
  }

  private let source: ClipSource
  private let settings: PeakClips.Settings
  private let output: String
  private let work: Work

  /// What is to be made.
  ///
  /// - Throws: `PeakClipError` for a folder of neither questions nor videos, or what is wrong with its data.
  package init(_ source: ClipSource, _ settings: PeakClips.Settings, to output: String) throws {
    self.source = source
    self.settings = settings
    self.output = output
    if source.asks {
      work = .questions(try source.material())
    } else {
      let videos = try TextFile.isFolder(source.folder) ? VideoFiles.list(in: source.folder) : []
      guard !videos.isEmpty else { throw PeakClipError.nothing(folder: source.folder) }
      guard source.captions == nil, source.predictions == nil, source.model == nil else {
        throw PeakClipError.noQuestions(folder: source.folder)
      }
      work = .videos(videos)
    }
  }

  /// How many lines there will be, without the first.
  package var count: Int { names.count }

  /// What lines are called, in order.
  private var names: [String] {
    switch work {
    case .questions(let material): material.prompts.map(\.id)
    case .videos(let paths): paths
    }
  }

  /// Makes what is missing, in order.
  ///
  /// - Parameter progress: Is told after each how many are finished.
  /// - Returns: How it went.
  /// - Throws: `PeakClipError.otherClips`, `StorageError`, or what is wrong with a question; a video that cannot be read does not keep the
  ///   others waiting.
  package func run(progress: (_ finished: Int) -> Void = { _ in }) async throws -> Summary {
    let head = PeakClipLine.head(
      .init(settings: settings, data: try digest(), program: Program.version))
    let known = try finished(after: head)
    let writer = try JSONLinesWriter(output)
    if known == nil { try writer.append(head) }
    var summary = Summary(known: known?.count ?? 0)
    for (index, name) in names.enumerated() where known?.contains(name) != true {
      do {
        try writer.append(PeakClipLine.clips(try await clips(index)))
        summary.done += 1
      } catch let error as VideoError {
        summary.failures[name] = "\(error)"
      }
      progress(summary.done + summary.known + summary.failures.count)
    }
    try writer.synchronize()
    return summary
  }

  /// The names that the file has already; `nil` where it has not even a first line.
  private func finished(after head: PeakClipLine) throws -> Set<String>? {
    guard FileManager.default.fileExists(atPath: output) else { return nil }
    // A line without a line feed is taken away by the next writer, even one that is whole.
    let whole = try TextFile.bytes(output).count { $0 == UInt8(ascii: "\n") }
    let lines = try JSONLines.read(output, as: PeakClipLine.self, tornLastLine: .dropped)
      .map(\.value).prefix(whole)
    guard let first = lines.first else { return nil }
    guard first == head else { throw PeakClipError.otherClips(path: output) }
    return Set(
      lines.compactMap { line in
        if case .clips(let clips) = line { clips.id } else { nil }
      })
  }

  private func clips(_ index: Int) async throws -> PeakClips {
    switch work {
    case .questions(let material):
      return try material.clips(of: material.prompts[index], settings)
    case .videos(let paths):
      let path = "\(source.folder)/\(paths[index])"
      let scan = try await VideoScan(VideoDecoder(path: path), detail: .curves)
      let places = sceneIntervals(
        try settings.segmentation.scenes(of: scan.curves), times: scan.features.timestamps,
        duration: scan.summary.duration)
      return PeakClips(
        id: paths[index], video: paths[index], duration: scan.summary.duration,
        scenes: places.map { PeakClips.Scene(start: $0.start, end: $0.end) })
    }
  }

  /// A digest of everything that clips depend on but settings.
  private func digest() throws -> String {
    switch work {
    case .questions(let material): return try source.digest(material)
    case .videos(let paths):
      return ContentHash.of(
        paths.flatMap { path in
          let attributes = try? FileManager.default.attributesOfItem(
            atPath: "\(source.folder)/\(path)")
          let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
          let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
          return [path, "\(size)", "\(changed)"]
        })
    }
  }
}
