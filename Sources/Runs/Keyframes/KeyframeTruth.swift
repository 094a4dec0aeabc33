internal import Foundation
package import Core
internal import Storage
internal import Tasks

/// What is known of a video: where it is cut, and where the right windows are.
package struct KeyframeTruth: Sendable, Hashable, Decodable {
  /// The first frame of each new scene.
  package var cuts: [Int]?

  /// The same in seconds.
  package var cutTimes: [Double]?

  /// The right windows, [start, end] in seconds.
  package var windows: [[Double]]?

  /// The right windows.
  package var intervals: [Interval] {
    (windows ?? []).compactMap { $0.count == 2 ? Interval($0[0], $0[1]) : nil }
  }

  /// The same against the video: windows that reach over an end of it are cut there.
  ///
  /// - Throws: `KeyframeInputError.truth` with everything that is not of this video.
  func fitted(to features: FrameFeatures, of video: String) throws -> KeyframeTruth {
    var faults: [String] = []
    var copy = self
    for cut in cuts ?? [] where !(0..<features.frames).contains(cut) {
      faults.append("cut \(cut) is none of its \(features.frames) frames")
    }
    let length = features.duration
    for time in cutTimes ?? [] where !(time >= 0 && time <= length) {
      faults.append("the cut at \(time) s is not within its \(length) s")
    }
    copy.windows = windows?.compactMap { window in
      guard window.count == 2 else {
        faults.append("a window has \(window.count) numbers, not a start and an end")
        return nil
      }
      do throws(UnusableWindow) {
        let fitted = try Interval(window[0], window[1]).fitted(to: length)
        return [fitted.start, fitted.end]
      } catch {
        faults.append(error.reason)
        return nil
      }
    }
    guard faults.isEmpty else { throw KeyframeInputError.truth(video: video, faults: faults) }
    return copy
  }

  /// When the cuts are, in seconds.
  ///
  /// - Parameter times: The times of all frames.
  /// - Returns: Both kinds of cuts.
  func cutTimes(_ times: [Double]) -> [Double] {
    (cuts ?? []).compactMap { times.indices.contains($0) ? times[$0] : nil } + (cutTimes ?? [])
  }

  /// Reads what is known of videos from a file of JSON, or from a folder of data.
  ///
  /// - Parameters:
  ///   - path: A file with `{"cuts": […], "cutTimes": […], "windows": […]}`, or with such an object for each video by
  ///     its name, with or without the ending of its file; or a folder as `opd data import` makes it.
  ///   - query: The question whose windows of a folder are meant; those of every question about a video where it is empty.
  /// - Returns: What is known of a video by its name; `nil` of one that is not named.
  /// - Throws: `StorageError`, `DataError`, `KeyframeInputError.unasked`.
  package static func read(
    _ path: String, query: String = ""
  ) throws -> @Sendable (String) -> KeyframeTruth? {
    if try TextFile.isFolder(path) {
      return named(try annotated(path, query))
    }
    let keys = ["cuts", "cutTimes", "windows"]
    let object = try? JSONSerialization.jsonObject(with: Data(try TextFile.bytes(path)))
    if let object = object as? [String: Any], object.keys.contains(where: keys.contains) {
      let only = try JSONLines.readWhole(path, as: KeyframeTruth.self)
      return { _ in only }
    }
    let known = try JSONLines.readWhole(path, as: [String: KeyframeTruth].self)
    guard !known.isEmpty else {
      throw StorageError.unusable(path: path, reason: "there is nothing in it")
    }
    return named(known)
  }

  private static func named(
    _ known: [String: KeyframeTruth]
  ) -> @Sendable (String) -> KeyframeTruth? {
    { video in known[video] ?? known[stem(of: video)] }
  }

  /// The windows that annotations give, by video; one that several questions share counts once.
  private static func annotated(
    _ folder: String, _ query: String
  ) throws -> [String: KeyframeTruth] {
    let annotations = try QVHighlights.truths(folder: folder, part: .all)
      .filter { query.isEmpty || $0.text == query }
    guard !annotations.isEmpty else {
      throw KeyframeInputError.unasked(query: query, folder: folder)
    }
    return Dictionary(grouping: annotations, by: \.video).mapValues { annotations in
      let windows = Set(annotations.flatMap(\.windows).map { [$0.start, $0.end] })
      return KeyframeTruth(windows: windows.sorted { $0.lexicographicallyPrecedes($1) })
    }
  }
}

/// The name of a file without its folder and ending.
func stem(of path: String) -> String {
  URL(filePath: path).deletingPathExtension().lastPathComponent
}
