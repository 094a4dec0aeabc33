internal import Core
internal import Foundation

/// Questions in five parts by the recording that their video is cut from, so that no recording is in two.
package enum SourceFolds {
  /// How many parts there are.
  package static let count = 5

  /// The part of a video, 1 … 5: it follows from the recording's name, so that it is the same for every run and on every machine.
  package static func fold(of video: String) -> Int {
    let digest = ContentHash.of(["fold", source(of: video)])
    return 1 + (Int(digest.prefix(8), radix: 16) ?? 0) % count
  }

  /// The recording that a video is cut from: its name without two times at its end, as QVHighlights writes `NAME_60.0_210.0`.
  static func source(of video: String) -> String {
    let parts = video.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count > 2, parts.suffix(2).allSatisfy({ Double($0) != nil }) else { return video }
    return parts.dropLast(2).joined(separator: "_")
  }
}
