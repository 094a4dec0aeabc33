internal import Core
internal import Foundation
internal import Synchronization
internal import Video

/// The videos of a folder by the names that features have (`opd features`), for students that see pictures or open files.
final class VideoFolder: FilmedVideos, FilmedFrames {
  private let folder: String
  private let files: [String: String]
  private let side: Int
  private let patch: Int
  private let memory = Mutex(Memory())

  /// What was read already: a prompt is asked for again with each of its passes.
  private struct Memory {
    /// When each frame of a video is shown, seconds.
    var times: [String: [Double]] = [:]
    var pictures: [FramePlace: FramePicture] = [:]
    var bytes = 0
  }

  /// The most that pictures in memory take, bytes.
  private static let most = 512 << 20

  /// The videos of a folder.
  ///
  /// - Parameters:
  ///   - folder: It and the folders in it are searched.
  ///   - side: To how many pixels the longer side is scaled down.
  ///   - patch: Of how many pixels both sides are a multiple.
  /// - Throws: `KeyframeInputError` for a folder that is not there or has no videos, `FeatureError.oneName`.
  init(_ folder: String, side: Int, patch: Int) throws {
    self.folder = folder
    files = try FeatureExtraction.named([folder])
    (self.side, self.patch) = (side, patch)
  }

  func file(of prompt: Prompt) throws -> String {
    // A video whose time line was changed lies nowhere.
    guard prompt.origin == nil, let file = files[prompt.video] else {
      throw FeatureError.unfilmed(video: prompt.video, folder: folder)
    }
    return URL(filePath: file).path
  }

  func pictures(of prompt: Prompt) async throws -> [FramePicture] {
    let file = try file(of: prompt)
    let places = try await places(of: prompt)
    var found = memory.withLock(\.pictures)
    let missing = Set(places).filter { found[$0] == nil }.sorted { $0.frame < $1.frame }
    guard !missing.isEmpty else { return places.compactMap { found[$0] } }
    let read = try await VideoThumbnails.pictures(
      of: file, frames: missing.map(\.frame), longestSide: side, patch: patch)
    found.merge(zip(missing, read)) { $1 }
    memory.withLock { memory in
      let bytes = read.reduce(0) { $0 + $1.bytes.count }
      if memory.bytes + bytes > Self.most { (memory.pictures, memory.bytes) = ([:], 0) }
      memory.pictures.merge(zip(missing, read)) { $1 }
      memory.bytes += bytes
    }
    return places.compactMap { found[$0] }
  }

  func places(of prompt: Prompt) async throws -> [FramePlace] {
    let file = try file(of: prompt)
    let shown = try await times(of: file)
    // The time of a clip is its middle: what is on the screen then was shown last.
    return prompt.visible.timestamps.map { time in
      FramePlace(file: file, frame: max(0, shown.partitioned { $0 <= time } - 1))
    }
  }

  func pixels(of frames: [FramePlace]) async throws -> [FramePixels] {
    guard let file = frames.first?.file else { return [] }
    return try await VideoDecoder(path: file, longestSide: side, patch: patch)
      .pixels(of: frames.map(\.frame))
  }

  /// When each frame is shown: frames are named by their number, and rates vary.
  private func times(of file: String) async throws -> [Double] {
    if let known = memory.withLock({ $0.times[file] }) { return known }
    var times: [Double] = []
    try await VideoDecoder(path: file, longestSide: 16).forEachFrame { times.append($0.time) }
    memory.withLock { $0.times[file] = times }
    return times
  }
}

extension [Double] {
  /// How many of the first of an ascending row something holds for.
  fileprivate func partitioned(_ holds: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
