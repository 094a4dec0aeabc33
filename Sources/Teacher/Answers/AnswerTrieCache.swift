import Core
import Synchronization

/// The answer trees that were built so far, by the space of answers.
final class AnswerTrieCache: Sendable {
  /// A tree with its answers as windows.
  struct Entry: Sendable {
    let trie: AnswerTrie
    let grid: WindowGrid
  }

  private let task: any EnumerableTask
  private let tokenizer: any Tokenizer
  private let entries = Mutex<[String: Entry]>([:])

  /// A tree has about 100 kB; a data set whose videos all differ in length must not fill the memory.
  private static let capacity = 256

  /// - Throws: `TaskError.notEnumerable` for a task whose answers cannot be listed.
  init(_ codec: AnswerCodec, for who: String) throws {
    task = try codec.enumerable(for: who)
    tokenizer = codec.tokenizer
  }

  /// A digest of how answers are written: the vocabulary and every answer about half a minute of video.
  var fingerprint: String {
    let probe = Prompt(
      id: "", video: "", query: "",
      evidence: FrameFeatures(
        values: [], tokensPerFrame: 1, channels: 1, timestamps: [], duration: 30), truth: [])
    let answers = task.answers(to: probe).map { answer in
      "\(answer.text) \((try? task.write(answer, to: probe, with: tokenizer)) ?? [])"
    }
    return ContentHash.of([task.name, tokenizer.fingerprint] + answers)
  }

  /// The tree of a prompt's answers, built at most once while it is remembered.
  ///
  /// - Throws: What writing an answer throws.
  func entry(for prompt: Prompt) throws -> Entry {
    let space = task.answerSpace(of: prompt)
    if let known = entries.withLock({ $0[space] }) { return known }
    let trie = try AnswerTrie(task, to: prompt, in: tokenizer)
    let built = Entry(trie: trie, grid: WindowGrid(trie.answers))
    entries.withLock {
      if $0.count >= Self.capacity { $0.removeAll() }
      $0[space] = built
    }
    return built
  }
}
