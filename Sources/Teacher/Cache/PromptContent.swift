import Core
import Synchronization

/// Digests of whole prompts, features included, each computed once while the prompt stays the same.
///
/// Hashing 75 × 96 features takes a good part of a millisecond; comparing features with themselves takes none, because
/// arrays that share their storage are equal at once.
final class PromptContent: Sendable {
  private struct Entry { var prompt: Prompt, digest: String }

  private let known = Mutex<[String: Entry]>([:])
  private static let capacity = 4096

  /// A digest of everything a teacher may look at.
  func digest(of prompt: Prompt) -> String {
    let remembered = known.withLock { $0[prompt.id] }
    if let remembered, remembered.prompt.hasSameContent(as: prompt) { return remembered.digest }
    let digest = prompt.contentDigest
    known.withLock {
      if $0.count >= Self.capacity { $0.removeAll() }
      $0[prompt.id] = Entry(prompt: prompt, digest: digest)
    }
    return digest
  }
}

extension Prompt {
  fileprivate func hasSameContent(as other: Prompt) -> Bool {
    id == other.id && video == other.video && query == other.query && tokens == other.tokens
      && queryEmbedding == other.queryEmbedding
      && truth.count == other.truth.count
      && zip(truth, other.truth).allSatisfy { $0.isEqual(to: $1) }
      && keyframes == other.keyframes && gates == other.gates && evidence == other.evidence
  }

  /// SHA-256 of every field.
  var contentDigest: String {
    var hash = ContentHash()
    for text in [id, video, query] { hash.append(text) }
    hash.append(integers: tokens)
    hash.append(integer: keyframes == nil ? 0 : 1)
    hash.append(integers: keyframes ?? [])
    if let gates { hash.append("gates \(gates)") }
    hash.append(integer: queryEmbedding?.count ?? -1)
    hash.append(reals: queryEmbedding ?? [])
    hash.append(integer: truth.count)
    for answer in truth {
      // A stretch as it always was, so that what was remembered of it is found again.
      let stretch = (answer as? Interval).map { "\($0.start) \($0.end)" }
      hash.append(stretch ?? "\(type(of: answer)) \(answer.text)")
    }
    hash.append("\(evidence.duration) \(evidence.timestamps)")
    hash.append(integers: [evidence.tokensPerFrame, evidence.channels])
    hash.append(reals: evidence.values)
    for caption in evidence.captions ?? [] { hash.append(caption) }
    return hash.hexadecimal()
  }
}

extension ContentHash {
  /// Appends a list of numbers and its length.
  mutating func append(integers: [Int]) {
    append(integer: integers.count)
    for value in integers { append(integer: value) }
  }
}
