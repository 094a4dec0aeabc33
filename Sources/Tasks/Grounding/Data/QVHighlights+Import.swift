internal import Foundation
internal import Core
internal import Storage

/// Data that was brought in, and what became of annotations on the way.
package struct ImportedData: Sendable {
  /// The data set.
  package let dataset: Dataset
  /// Windows that reached over an end of their video and were cut there.
  package let cutWindows: Int
  /// Questions that were left out.
  package let droppedQuestions: Int
  /// Windows that were left out of questions that others remain of.
  package let droppedWindows: Int
  /// What was wrong with what was left out, in words.
  package let faults: [String]

  /// Data with what its checks found.
  init(_ dataset: Dataset, _ check: AnnotationCheck, _ captions: CheckedCaptions) {
    self.dataset = dataset
    cutWindows = check.cut
    droppedQuestions = check.dropped
    droppedWindows = check.droppedWindows
    faults = check.faults + captions.faults
  }
}

extension QVHighlights {
  /// Makes a folder that `load(path:options:)` reads, of annotations as they were published and features in one HDF5 file.
  ///
  /// Everything is looked at before anything is written. Right answers that reach over an end of their video are cut there.
  /// The features are not copied: the folder links to their file.
  ///
  /// - Parameters:
  ///   - train: The annotations to train on, in a layout of `AnnotationFile`.
  ///   - dev: The annotations to report on.
  ///   - features: A file as `FeatureStore` reads it; it says how long a video is where the annotations do not.
  ///   - captions: Captions, one a clip, as `ClipCaptions` reads them.
  ///   - path: The folder; it is made if need be.
  ///   - unusable: What to do about annotations and captions that cannot be right.
  /// - Returns: The data set, and what was cut and left out.
  /// - Throws: `StorageError`, or `DataError` for content that cannot be right, such as a video in both parts.
  package static func importing(
    train: String, dev: String, features: String, captions: String? = nil, to path: String,
    unusable: UnusableAnnotations = .refused
  ) throws -> ImportedData {
    let parts = [try AnnotationFile.read(train), try AnnotationFile.read(dev)]
    let store = try FeatureStore(features)
    var check = AnnotationCheck(store)
    try check.add(parts[0])
    let count = check.usable.count
    try check.add(parts[1])
    let said = try CheckedCaptions(captions, of: check.usable, in: store)
    if unusable == .refused { try check.refuseFaults(and: said.faults) }
    guard count > 0, count < check.usable.count else {
      throw DataError.nothingThere(what: "usable annotations in '\(count > 0 ? dev : train)'")
    }
    let prompts = try check.usable.map { try prompt($0, store) }
    let folder = try free(path, files + [CheckedCaptions.name], but: features)
    let dataset = try Dataset(
      name: folder.lastPathComponent, train: Array(prompts[..<count]),
      dev: Array(prompts[count...]))
    try link(features, from: folder.appendingPathComponent(Options().features).path)
    try writeQuestions(
      of: dataset, to: folder,
      judged: Dictionary(uniqueKeysWithValues: check.usable.map { ($0.id, $0) }))
    try said.write(to: folder)
    return ImportedData(dataset, check, said)
  }

  /// Links a file of features into a folder, unless it lies there.
  static func link(_ features: String, from path: String) throws {
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
