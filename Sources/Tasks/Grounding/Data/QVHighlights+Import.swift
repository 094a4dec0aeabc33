internal import Foundation
internal import Core
internal import Storage

extension QVHighlights {
  /// Makes a folder that `load(path:options:)` reads, of annotations as they were published and features in one HDF5 file.
  ///
  /// Everything is looked at before anything is written. Right answers that end after their video end with it. The
  /// features are not copied: the folder links to their file.
  ///
  /// - Parameters:
  ///   - train: The annotations to train on, in a layout of `AnnotationFile`.
  ///   - dev: The annotations to report on.
  ///   - features: A file as `FeatureStore` reads it; it says how long a video is where the annotations do not.
  ///   - path: The folder; it is made if need be.
  /// - Returns: The data set.
  /// - Throws: `StorageError`, or `GroundingError` for content that cannot be right, such as a video in both parts.
  public static func importing(
    train: String, dev: String, features: String, to path: String
  ) throws -> GroundingDataset {
    let parts = [try AnnotationFile.read(train), try AnnotationFile.read(dev)]
    let videos = Set(parts[0].map(\.video))
    if let shared = parts[1].first(where: { videos.contains($0.video) }) {
      throw GroundingError.impossible(
        query: shared.id, reason: "its video '\(shared.video)' is one to train on, too")
    }
    let store = try FeatureStore(features)
    let prompts = try parts.map { part in
      try part.map { question in
        let plain = try prompt(question, store, .features)
        return Prompt(
          id: plain.id, video: plain.video, query: plain.query,
          queryEmbedding: plain.queryEmbedding, evidence: plain.evidence,
          truth: plain.stretches.map { Interval($0.start, min($0.end, plain.duration)) })
      }
    }
    let folder = try free(path, but: features)
    let dataset = try GroundingDataset(
      name: folder.lastPathComponent, train: prompts[0], dev: prompts[1])
    try link(features, from: folder.appendingPathComponent(Options().features).path)
    try writeQuestions(of: dataset, to: folder)
    return dataset
  }

  private static func link(_ features: String, from path: String) throws {
    let target = URL(fileURLWithPath: features).standardizedFileURL.path
    guard target != URL(fileURLWithPath: path).standardizedFileURL.path else { return }
    try AtomicFile.replace(path) { temporary in
      do {
        try FileManager.default.createSymbolicLink(
          atPath: temporary, withDestinationPath: target)
      } catch {
        throw StorageError.unwritable(path: path, because: error)
      }
    }
  }
}
