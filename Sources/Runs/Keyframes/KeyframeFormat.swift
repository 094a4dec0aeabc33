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

  /// How the names of such files end.
  package var ending: String {
    switch self {
    case .text: "txt"
    case .json: "json"
    case .html: "html"
    case .hdf5: "h5"
    }
  }

  /// What was chosen, as text or bytes of a page; `nil` for HDF5.
  ///
  /// - Throws: `VideoError` where the pictures of a page cannot be read.
  package func content(of video: VideoKeyframes) throws -> String? {
    switch self {
    case .text: return video.text + "\n"
    case .json: return try video.json + "\n"
    case .html:
      let pictures = try video.evidence.picturePath.map {
        try VideoThumbnails.jpegs(of: $0, frames: video.chosenFrames)
      }
      return KeyframePage(video, pictures: pictures ?? [:]).html
    case .hdf5: return nil
    }
  }

  /// Writes what was chosen, whole or not at all.
  ///
  /// - Throws: `StorageError.unwritable`, or `VideoError` where the pictures of a page cannot be read.
  package func write(_ video: VideoKeyframes, to path: String) throws {
    if let content = try content(of: video) {
      try AtomicFile.write(content, to: path)
    } else {
      try VideoKeyframes.writeFeatures(of: [video], to: path)
    }
  }
}
