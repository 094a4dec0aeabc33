import Core
import Synchronization

/// The answer trees that were built so far, by the length of the video.
final class AnswerTrieCache: Sendable {
  private let codec: any AnswerCodec
  private let tries = Mutex<[Double: AnswerTrie]>([:])

  /// A tree has about 100 kB; a data set whose videos all differ in length must not fill the memory.
  private static let capacity = 256

  init(codec: any AnswerCodec) { self.codec = codec }

  /// A digest of how answers are written: the vocabulary and the whole grid of a half-minute video.
  var fingerprint: String {
    let answers = codec.grid(duration: 30).map { "\($0) \(codec.encode($0, duration: 30))" }
    return ContentHash.of([codec.vocabulary.fingerprint] + answers)
  }

  /// The tree for videos of this length, built at most once while it is remembered.
  func trie(duration: Double) -> AnswerTrie {
    if let known = tries.withLock({ $0[duration] }) { return known }
    let built = AnswerTrie(codec: codec, duration: duration)
    tries.withLock {
      if $0.count >= Self.capacity { $0.removeAll() }
      $0[duration] = built
    }
    return built
  }
}
