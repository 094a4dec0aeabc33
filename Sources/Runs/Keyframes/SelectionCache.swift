package import Core
internal import Synchronization
package import TAD

/// Selections by the content they were made from, so that nothing is selected twice.
///
/// The runs of one process share it. A selection costs a run the same whether it was found here or made: the ledger says
/// what a method needs, not what a machine remembered.
package final class SelectionCache: Sendable {
  /// Everything that a selection may depend on.
  private struct Key: Hashable {
    var identity: String
    var seed: Seed
    var video: String
    var evidence: FrameFeatures
    var question: Question?
  }

  /// What a selector that looks at the query sees besides.
  private struct Question: Hashable {
    var id: String
    var query: String
    var embedding: [Float]?
    var truth: [Interval]
  }

  private static let capacity = 50_000
  private let known = Mutex<[Key: KeyframeSelection]>([:])

  /// An empty cache.
  package init() {}

  /// How many selections are remembered.
  package var count: Int { known.withLock { $0.count } }

  /// The selections of a selector, made where they are not known.
  ///
  /// - Parameters:
  ///   - prompts: Questions with all their frames.
  ///   - selector: Who selects.
  ///   - identity: The selector's name with all its parameters.
  ///   - seed: The stream of selectors that draw.
  /// - Returns: One selection a prompt; a selection that several prompts share costs the first of them.
  /// - Throws: What the selector throws.
  package func select(
    _ prompts: [Prompt], by selector: any KeyframeSelector, identity: String, seed: Seed
  ) async throws -> [KeyframeSelection] {
    let keys = prompts.map { prompt in
      Key(
        identity: identity, seed: seed, video: prompt.video, evidence: prompt.evidence,
        question: selector.looksAtQuery
          ? Question(
            id: prompt.id, query: prompt.query, embedding: prompt.queryEmbedding,
            truth: prompt.stretches) : nil)
    }
    var found = known.withLock { known in
      Dictionary(keys.compactMap { key in known[key].map { (key, $0) } }) { first, _ in first }
    }
    var wanted: Set<Key> = []
    let missing = keys.indices.filter { found[keys[$0]] == nil && wanted.insert(keys[$0]).inserted }
    let made = try await selector.select(missing.map { prompts[$0] }, seed: seed)
    for (index, selection) in zip(missing, made) { found[keys[index]] = selection }
    remember(missing.map { keys[$0] }, made)
    return charged(keys, found)
  }

  private func remember(_ keys: [Key], _ selections: [KeyframeSelection]) {
    known.withLock { known in
      if known.count + keys.count > Self.capacity { known.removeAll() }
      for (key, selection) in zip(keys, selections) { known[key] = selection }
    }
  }

  private func charged(
    _ keys: [Key], _ found: [Key: KeyframeSelection]
  ) -> [KeyframeSelection] {
    var paid: Set<Key> = []
    return keys.compactMap { key in
      var selection = found[key]
      if !paid.insert(key).inserted {
        selection?.cost = SelectionCost(framesScanned: 0, flops: 0)
      }
      return selection
    }
  }
}
