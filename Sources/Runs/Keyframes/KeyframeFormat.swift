internal import Video
internal import Core
internal import Storage
internal import TAD

/// How chosen frames are written.
package enum KeyframeFormat: String, Sendable, Hashable, CaseIterable {
  /// A table a selector.
  case text
  /// An object with `index`, `time`, `score` and `apex` of each frame.
  case json
  /// A page with the variation curve and pictures.
  case html
  /// A file of features.
  case hdf5
  /// A line a frame, comma-separated.
  case csv
  /// The scenes that chosen apexes begin, with PySceneDetect's columns.
  case scenes
  /// The same as a list of edits.
  case edl
  /// A folder of pictures of full size.
  case jpg
  /// The same, without loss.
  case png

  /// Whether it holds what one selector chose.
  package var holdsOneSelection: Bool { [.hdf5, .scenes, .edl].contains(self) }

  /// Where the choices of some selectors go: lists of scenes and pictures of several each have a place of their own.
  package func paths(_ path: String, selectors: [String]) -> [String] {
    guard selectors.count > 1, [.scenes, .edl, .jpg, .png].contains(self) else { return [path] }
    return Self.words(selectors).map { word in
      [.jpg, .png].contains(self)
        ? "\(path)/\(word)" : "\(path.dropLast(ending.count))\(word).\(ending)"
    }
  }

  /// A name of a file for each selector; those that would be alike without their signs are numbered.
  private static func words(_ selectors: [String]) -> [String] {
    let plain = selectors.map { selector in
      String(selector.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" })
    }
    var taken = Set(plain)
    var seen: Set<String> = []
    return plain.map { word in
      guard !seen.insert(word).inserted else { return word }
      var number = 2
      while !taken.insert("\(word)-\(number)").inserted { number += 1 }
      return "\(word)-\(number)"
    }
  }

  /// How the names of such files end.
  package var ending: String {
    switch self {
    case .text: "txt"
    case .json: "json"
    case .html: "html"
    case .hdf5: "h5"
    case .csv: "csv"
    case .scenes: "scenes.csv"
    case .edl: "edl"
    case .jpg, .png: "frames"
    }
  }

  /// What was chosen, as text; `nil` where it is no text.
  ///
  /// - Throws: `VideoError` where the pictures of a page cannot be read.
  package func content(of video: VideoKeyframes) async throws -> String? {
    switch self {
    case .text: return video.text + "\n"
    case .json: return try video.json + "\n"
    case .html:
      var pictures: [Int: [UInt8]] = [:]
      if let path = video.evidence.picturePath {
        pictures = try await VideoThumbnails.jpegs(of: path, frames: video.chosenFrames)
      }
      return KeyframePage(video, pictures: pictures).html
    case .csv: return video.commaSeparated
    case .scenes: return video.sceneList
    case .edl: return video.editList
    case .hdf5, .jpg, .png: return nil
    }
  }

  /// Writes what was chosen, whole or not at all.
  ///
  /// - Throws: `StorageError.unwritable`, or `VideoError` where the pictures of a page cannot be read.
  package func write(_ video: VideoKeyframes, to path: String) async throws {
    let paths = paths(path, selectors: video.selections.map(\.selector))
    guard paths.count == 1 else {
      for (place, path) in paths.enumerated() { try await write(video.choice(place), to: path) }
      return
    }
    if let content = try await content(of: video) {
      try AtomicFile.write(content, to: path)
    } else if let pictures = PictureFormat(rawValue: rawValue) {
      try await video.writePictures(pictures, to: path)
    } else {
      try VideoKeyframes.writeFeatures(of: [video], to: path)
    }
  }
}
