package import Core
internal import Storage
internal import Tasks

/// The features of a video as a file holds them.
package struct StoredFeatures: Sendable {
  /// The name of the video.
  package var name: String

  /// Its frames with their times.
  package var features: FrameFeatures

  /// Frames a second.
  package var rate: Double

  /// The names of the videos in an HDF5 file.
  ///
  /// - Throws: `StorageError`.
  package static func names(_ path: String) throws -> [String] {
    let file = try HDF5File.open(path)
    if try file.exists("video") { return try file.names(in: "video") }
    return try file.names().filter { try file.exists($0 + "/features") }
  }

  /// Reads the features of one video.
  ///
  /// Two layouts are known: `/<video>/features` [K, D] with `picks`, `fps`, `n_frames` and perhaps `timestamps`, as video
  /// summarization has it, and `/video/<video>` [F, C] or [F, N, C] with the text attribute `clip_seconds`, 2 if absent.
  ///
  /// - Throws: `StorageError` with the nearest name.
  package static func read(_ name: String, from path: String) throws -> StoredFeatures {
    let file = try HDF5File.open(path)
    return try file.exists("video")
      ? clips(name, of: file) : summarized(name, of: file)
  }

  private static func clips(_ name: String, of file: HDF5File) throws -> StoredFeatures {
    let place = "video/" + name
    let length = try file.clipSeconds()
    let (shape, values) = try (file.shape(of: place), file.floats(place))
    let times = (0..<(shape.first ?? 0)).map { (Double($0) + 0.5) * length }
    return try StoredFeatures(
      name: name, shape: shape, values: values, times: times,
      duration: length * Double(times.count), tokens: shape.count == 3 ? shape[1] : 1,
      rate: 1 / length, path: file.path)
  }

  private static func summarized(_ name: String, of file: HDF5File) throws -> StoredFeatures {
    let (shape, values) = try (file.shape(of: name + "/features"), file.floats(name + "/features"))
    let rate = try file.doubles(name + "/fps").first ?? 1
    let times =
      try file.exists(name + "/timestamps")
      ? file.doubles(name + "/timestamps")
      : file.integers(name + "/picks").map { Double($0) / rate }
    let count = try file.exists(name + "/n_frames") ? file.integers(name + "/n_frames").first : nil
    let tokens = try file.number("tokens_per_frame", of: name + "/features")
      .flatMap { Int(exactly: $0) }
    return try StoredFeatures(
      name: name, shape: shape, values: values, times: times,
      duration: Double(count ?? times.count) / rate, tokens: tokens ?? 1, rate: rate,
      path: file.path)
  }

  private init(
    name: String, shape: [Int], values: [Float], times: [Double], duration: Double, tokens: Int,
    rate: Double, path: String
  ) throws {
    let frames = times.count
    let width = frames > 0 ? values.count / frames : 0
    guard frames > 0, width * frames == values.count, tokens > 0, width.isMultiple(of: tokens),
      rate > 0
    else {
      throw StorageError.unusable(
        path: path, reason: "\(name) has shape \(shape) for \(frames) times")
    }
    guard values.contains(where: { $0 != 0 }) else {
      throw StorageError.unusable(
        path: path, reason: "all features of '\(name)' are 0: they were never written")
    }
    self.name = name
    features = FrameFeatures(
      values: values, tokensPerFrame: tokens, channels: width / tokens, timestamps: times,
      duration: max(duration, times[frames - 1]))
    self.rate = rate
  }
}
