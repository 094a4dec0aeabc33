internal import Foundation
internal import Core
package import Storage

/// The features of videos and queries in an HDF5 file: `/video/<name>` [F, C] or [F, N, C], `/query/<id>` [C].
///
/// Frames are clips of equal length, two seconds unless the file's attribute `clip_seconds` says otherwise, and each has
/// the time of its middle.
final class FeatureStore {
  /// How long a clip is, in seconds.
  let clipLength: Double
  private let file: HDF5File
  private var videos: [String: FrameFeatures] = [:]
  private var shapes: [String: [Int]] = [:]
  private var width: Int?

  init(_ path: String) throws {
    file = try HDF5File.open(path)
    clipLength = try file.clipSeconds()
  }

  /// The features of a video, read once.
  func video(_ name: String, duration: Double) throws -> FrameFeatures {
    if let known = videos[name] { return known }
    let shape = try shape(of: name)
    let channels = shape[shape.count - 1]
    let expected = width ?? channels
    guard channels == expected else {
      throw DataError.wrongWidth(video: name, expected: expected, received: channels)
    }
    width = expected
    let features = FrameFeatures(
      values: try file.floats(Self.place(name)), tokensPerFrame: shape.count == 3 ? shape[1] : 1,
      channels: channels, timestamps: (0..<shape[0]).map { (Double($0) + 0.5) * clipLength },
      duration: duration)
    try Dataset.requireFinite(features, video: name)
    videos[name] = features
    return features
  }

  /// How many clips a video has, or `nil` where the file has no such video.
  func clips(of name: String) throws -> Int? {
    guard try file.exists(Self.place(name)) else { return nil }
    return try shape(of: name)[0]
  }

  /// Why the features of a video tell none of its clips from another; `nil` if they do.
  ///
  /// A dataset that was created and never filled reads as zeros, or as another number in every place.
  func sameness(of name: String, duration: Double) throws -> String? {
    let features = try video(name, duration: duration)
    guard features.values.contains(where: { $0 != 0 }) else {
      return "all features of video '\(name)' are 0: they were never written"
    }
    let width = features.tokensPerFrame * features.channels
    let first = features.values[..<width]
    let isSame = (1..<max(1, features.frames)).allSatisfy {
      features.values[$0 * width..<($0 + 1) * width].elementsEqual(first)
    }
    guard isSame, features.frames > 1 else { return unwritten(features, name) }
    return "the features of video '\(name)' are the same in each of its \(features.frames) clips"
  }

  /// Neighbouring clips of zeros: one alone may be a black picture.
  private func unwritten(_ features: FrameFeatures, _ name: String) -> String? {
    let width = features.tokensPerFrame * features.channels
    let isEmpty = (0..<features.frames).map { clip in
      features.values[clip * width..<(clip + 1) * width].allSatisfy { $0 == 0 }
    }
    let empty = isEmpty.indices.dropFirst().filter { isEmpty[$0] && isEmpty[$0 - 1] }
    guard let first = empty.first else { return nil }
    return
      "the features of clips \(first - 1) and \(first) of video '\(name)' are 0: they were never written"
  }

  /// The name of a video like one that is missing, for the end of a sentence.
  func nearest(to name: String) -> String {
    let names = (try? file.names(in: "video")) ?? []
    return nearestName(to: name, in: names).map { ", but one '\($0)'" } ?? ""
  }

  private func shape(of name: String) throws -> [Int] {
    if let known = shapes[name] { return known }
    let shape = try file.shape(of: Self.place(name))
    guard shape.count == 2 || shape.count == 3, shape.allSatisfy({ $0 > 0 }) else {
      throw DataError.wrongShape(video: name, shape: shape)
    }
    shapes[name] = shape
    return shape
  }

  private static func place(_ name: String) -> String { "video/" + name }

  /// The embedding of a query, or `nil` if the file embeds none.
  func query(_ id: String) throws -> [Float]? {
    guard try file.exists("query") else { return nil }
    return try file.floats("query/" + id)
  }
}

extension HDF5File {
  /// How long the clips of a file of features are, in seconds: its attribute `clip_seconds`, 2 if absent.
  ///
  /// - Throws: `StorageError.wrongAttribute` for anything but a number from a millisecond to a day: others are a unit
  ///   mistaken.
  package func clipSeconds() throws -> Double {
    let length = try number("clip_seconds") ?? 2
    guard (0.001...86_400).contains(length) else {
      throw StorageError.wrongAttribute(
        path: path, object: "/", name: "clip_seconds", found: "\(length)")
    }
    return length
  }
}
