internal import Synchronization

/// The videos that have fewer frames than somebody asked for, so that one sentence says it of all of them.
package final class ShortVideos: Sendable {
  private struct Noted {
    var video: String
    var frames: Int
    var budget: Int
  }

  private let noted = Mutex<[Noted]>([])

  /// Keeps a video if one of the budgets is above the number of its frames.
  func note(_ video: String, frames: Int, budgets: [Int]) {
    guard let budget = budgets.max(), budget > frames else { return }
    noted.withLock { $0.append(Noted(video: video, frames: frames, budget: budget)) }
  }

  /// The sentence; `nil` where every video had enough.
  package var sentence: String? {
    // Videos are worked on several at a time: their order is that of their names.
    let noted = noted.withLock { $0 }.sorted { $0.video < $1.video }
    guard let first = noted.first else { return nil }
    guard noted.count > 1 else {
      return
        "'\(first.video)' has fewer frames (\(first.frames)) than the budget of \(first.budget):"
        + " no more than these can be kept."
    }
    return "\(noted.count) videos have fewer frames than the budget of \(first.budget), such as"
      + " '\(first.video)' (\(first.frames)): no more than these can be kept."
  }
}
