internal import Foundation

/// Videos in a folder.
package enum VideoFiles {
  /// The endings of files that count as videos.
  package static let endings: Set<String> = [
    "mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "m2ts", "flv", "wmv", "3gp",
    "ogv",
  ]

  /// The videos of a folder and of the folders in it, by their paths from there, in order.
  package static func list(in folder: String) -> [String] {
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return files.filter { endings.contains(URL(filePath: $0).pathExtension.lowercased()) }.sorted()
  }
}
