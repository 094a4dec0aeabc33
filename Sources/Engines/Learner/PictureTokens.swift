#if Engines
import Core
import Synchronization

/// How many tokens the pictures of prompts took, by video and frames in view.
///
/// Pictures are read from files, which takes time; what a prompt has cost is asked of prompts that were read.
final class PictureTokens: Sendable {
  private struct View: Hashable {
    var video: String
    var times: [Double]

    init(_ prompt: Prompt) { (video, times) = (prompt.video, prompt.visible.timestamps) }
  }

  private let counts = Mutex<[View: Int]>([:])

  func remember(_ count: Int, of prompt: Prompt) {
    guard count > 0 else { return }
    counts.withLock { $0[View(prompt)] = count }
  }

  /// Those of a prompt; 0 while it has not been read, and where no pictures are.
  func known(of prompt: Prompt) -> Int {
    counts.withLock { $0.isEmpty ? 0 : $0[View(prompt)] ?? 0 }
  }
}
#endif
