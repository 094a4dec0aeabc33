internal import Foundation
internal import Core
internal import Storage

/// The features of videos and queries in an HDF5 file: `/video/<name>` [F, C] or [F, N, C], `/query/<id>` [C].
///
/// Frames are clips of equal length, two seconds unless the file's attribute `clip_seconds` says otherwise, and each has
/// the time of its middle.
final class FeatureStore {
  private let file: HDF5File
  private let clipLength: Double
  private var videos: [String: FrameFeatures] = [:]
  private var width: Int?

  init(_ path: String) throws {
    file = try HDF5File.open(path)
    let length = try file.number("clip_seconds") ?? 2
    // Up to a day: longer clips are a unit mistaken.
    guard length > 0, length <= 86_400 else {
      throw StorageError.unreadable(
        path: path, format: "features", reason: "its clip_seconds are '\(length)'")
    }
    clipLength = length
  }

  /// The features of a video, read once.
  func video(_ name: String, duration: Double) throws -> FrameFeatures {
    if let known = videos[name] { return known }
    let shape = try shape(of: name)
    let channels = shape[shape.count - 1]
    let expected = width ?? channels
    guard channels == expected else {
      throw GroundingError.wrongWidth(video: name, expected: expected, received: channels)
    }
    width = expected
    let features = FrameFeatures(
      values: try file.floats(Self.place(name)), tokensPerFrame: shape.count == 3 ? shape[1] : 1,
      channels: channels, timestamps: (0..<shape[0]).map { (Double($0) + 0.5) * clipLength },
      duration: duration)
    try GroundingDataset.requireFinite(features, video: name)
    videos[name] = features
    return features
  }

  /// How long a video is by its clips, in seconds.
  func length(of name: String) throws -> Double { Double(try shape(of: name)[0]) * clipLength }

  private func shape(of name: String) throws -> [Int] {
    let shape = try file.shape(of: Self.place(name))
    guard shape.count == 2 || shape.count == 3, shape.allSatisfy({ $0 > 0 }) else {
      throw GroundingError.wrongShape(video: name, shape: shape)
    }
    return shape
  }

  private static func place(_ name: String) -> String { "video/" + name }

  /// The embedding of a query, or `nil` if the file embeds none.
  func query(_ id: String) throws -> [Float]? {
    guard try file.exists("query") else { return nil }
    return try file.floats("query/" + id)
  }
}
