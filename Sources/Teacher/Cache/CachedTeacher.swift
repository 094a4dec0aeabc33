package import Foundation
package import Core
import Synchronization

/// How often a cache could answer.
package struct CacheStatistics: Sendable, Hashable, Codable {
  /// Responses whose score was known.
  package var hits = 0
  /// Responses for which the teacher had to be asked.
  package var misses = 0
  /// Lines on disk that could not be read; each costs a miss and nothing else.
  package var unreadable = 0

  /// Nothing has been asked yet.
  package init() {}
}

/// Remembers on disk what another teacher said, by content.
///
/// The key is a digest of the teacher's identity, its vocabulary, the support, everything in the prompt, and the response;
/// a teacher that changed in any way never answers from what it used to say. A response that occurs twice in a batch is
/// asked for once. Scores are on disk before they are returned, so a run that is killed asks for nothing twice.
package struct CachedTeacher: TeacherScorer {
  private let base: any TeacherScorer
  private let identity: String
  private let store: ScoreStore
  private let contents = PromptContent()
  private let counts = Counts()

  /// Prompts a slice: what is lost at most when the other teacher fails for good in the middle of a batch.
  private static let askedAtOnce = 64

  private final class Counts: Sendable { let value = Mutex(CacheStatistics()) }

  /// Another teacher with a memory.
  ///
  /// - Parameters:
  ///   - base: The teacher to ask where the cache has no answer.
  ///   - identity: A digest of everything its scores depend on besides the request: weights, table, model name, version.
  ///   - folder: Where scores are kept; it is created if need be, and may be shared by runs and teachers.
  /// - Throws: `TeacherError.cacheFolder`.
  package init(_ base: any TeacherScorer, identity: String, folder: URL) throws {
    self.base = base
    self.identity = identity
    store = try ScoreStore(folder: folder)
  }

  /// The digest of the other teacher's vocabulary.
  package var vocabularyFingerprint: String { base.vocabularyFingerprint }

  /// What the other teacher gives.
  package var support: TeacherSupport { base.support }

  /// What the other teacher costs; what is answered from the cache costs nothing, see `statistics()`.
  package var flopsPerToken: Double { base.flopsPerToken }

  /// Responses that were scored from memory since the cache was opened.
  package var remembered: Int { counts.value.withLock { $0.hits } }

  /// How often the cache could answer since it was opened.
  package func statistics() async -> CacheStatistics {
    var statistics = counts.value.withLock { $0 }
    statistics.unreadable = await store.unreadable
    return statistics
  }

  /// Scores every response, from memory where it can.
  ///
  /// - Throws: `TeacherError.cacheFolder`, and what the other teacher throws.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    let keys = requests.map { self.keys(of: $0, support) }
    var known = await recall(requests, keys, support)
    let hits = keys.joined().count { known[$0] != nil }
    let asked = unknown(requests, keys, known)
    for (key, score) in try await ask(asked, support) { known[key] = score }
    let misses = asked.reduce(0) { $0 + $1.keys.count }
    counts.value.withLock {
      $0.hits += hits
      $0.misses += misses
    }
    return keys.map { $0.compactMap { known[$0] } }
  }

  /// A request cut down to what is not known, with the keys of its responses.
  private typealias Question = (request: ScoringRequest, keys: [String])

  private func keys(of request: ScoringRequest, _ support: TeacherSupport) -> [String] {
    let content = contents.digest(of: request.prompt)
    return request.responses.map { response in
      var hash = ContentHash()
      for part in [identity, vocabularyFingerprint, support.inWords, content] { hash.append(part) }
      hash.append(integers: response)
      return hash.hexadecimal()
    }
  }

  private func recall(
    _ requests: [ScoringRequest], _ keys: [[String]], _ support: TeacherSupport
  ) async -> [String: TeacherScore] {
    var known: [String: TeacherScore] = [:]
    for (request, keys) in zip(requests, keys) {
      let found = await store.scores(for: keys)
      for ((response, key), wire) in zip(zip(request.responses, keys), found) {
        known[key] = try? wire?.score(length: response.count, support: support)
      }
    }
    return known
  }

  private func unknown(
    _ requests: [ScoringRequest], _ keys: [[String]], _ known: [String: TeacherScore]
  ) -> [Question] {
    var seen = Set(known.keys)
    return zip(requests, keys).compactMap { request, keys in
      let open = zip(request.responses, keys).filter { seen.insert($0.1).inserted }
      guard !open.isEmpty else { return nil }
      return (ScoringRequest(prompt: request.prompt, responses: open.map(\.0)), open.map(\.1))
    }
  }

  private func ask(
    _ questions: [Question], _ support: TeacherSupport
  ) async throws -> [(key: String, score: TeacherScore)] {
    var known: [(key: String, score: TeacherScore)] = []
    for first in stride(from: 0, to: questions.count, by: Self.askedAtOnce) {
      let slice = questions[first..<min(first + Self.askedAtOnce, questions.count)]
      let answers = try await base.score(slice.map(\.request), support: support)
      let scored = zip(slice, answers).flatMap { Array(zip($0.keys, $1)) }
      try await store.keep(scored.map { (key: $0, score: WireScore($1)) })
      known += scored.map { (key: $0, score: $1) }
    }
    return known
  }
}
