package import Core

/// Which prompts a route is for.
package enum RouteCondition: Sendable, Hashable, Codable {
  /// Questions about some videos.
  case videos(Set<String>)
  /// Some prompts by id.
  case prompts(Set<String>)
  /// Questions whose text contains a word, whatever its case.
  case queryContains(String)
  /// Videos at least `atLeast` and shorter than `below` seconds.
  case duration(atLeast: Double, below: Double)
  /// Prompts whose difficulty (0 easy … 1 hard, as measured before) is at least `atLeast` and below `below`.
  case difficulty([String: Double], atLeast: Double, below: Double)
  /// A share of prompts, drawn once for all by the seed and the prompt's id.
  case share(Double, seed: Seed)
  /// Prompts for which several conditions all hold; every prompt where there is none.
  indirect case all([RouteCondition])
  /// Every prompt.
  case always

  /// Whether a prompt takes this route.
  package func holds(for prompt: Prompt) -> Bool {
    switch self {
    case .videos(let videos): videos.contains(prompt.video)
    case .prompts(let ids): ids.contains(prompt.id)
    case .queryContains(let word): prompt.query.lowercased().contains(word.lowercased())
    case .duration(let low, let high): prompt.duration >= low && prompt.duration < high
    case .difficulty(let known, let low, let high):
      known[prompt.id].map { $0 >= low && $0 < high } ?? false
    case .share(let share, let seed): seed.draws(share, of: prompt.id)
    case .all(let conditions): conditions.allSatisfy { $0.holds(for: prompt) }
    case .always: true
    }
  }
}

extension Seed {
  /// Whether a thing belongs to a share of all things; the same for the same seed and name.
  func draws(_ share: Double, of name: String) -> Bool {
    var generator = derived("share of \(name)").generator()
    return generator.uniform() < share
  }
}

/// Sends each prompt to the first teacher whose condition it meets.
package struct RoutedTeacher: TeacherScorer {
  private let routes: [(condition: RouteCondition, teacher: any TeacherScorer)]

  /// The digest of the teachers' common vocabulary.
  package let vocabularyFingerprint: String

  /// Teachers by condition.
  ///
  /// - Parameter routes: Tried in order; at least one.
  /// - Throws: `TeacherError.parameter` without routes, `TeacherError.vocabulary` where teachers differ.
  package init(_ routes: [(condition: RouteCondition, teacher: any TeacherScorer)]) throws {
    try check("routes", Double(routes.count), "at least 1") { $0 >= 1 }
    vocabularyFingerprint = try sharedFingerprint(routes.map(\.teacher))
    self.routes = routes
  }

  /// What every teacher gives.
  package var support: TeacherSupport {
    routes.reduce(.full) { $0.meet($1.teacher.support) }
  }

  /// What the dearest teacher costs: an upper bound, because routes depend on prompts.
  package var flopsPerToken: Double { routes.map(\.teacher.flopsPerToken).max() ?? 0 }

  /// The number of the route a prompt takes.
  ///
  /// - Throws: `TeacherError.noRoute`.
  package func route(of prompt: Prompt) throws -> Int {
    guard let route = routes.firstIndex(where: { $0.condition.holds(for: prompt) }) else {
      throw TeacherError.noRoute(prompt: prompt.id)
    }
    return route
  }

  /// Scores each request with its teacher; each teacher gets its requests as one batch.
  ///
  /// - Throws: `TeacherError.noRoute`, and what the teachers throw.
  package func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    let routed = try requests.map { try route(of: $0.prompt) }
    var scores = [[TeacherScore]](repeating: [], count: requests.count)
    for (number, route) in routes.enumerated() {
      let mine = requests.indices.filter { routed[$0] == number }
      guard !mine.isEmpty else { continue }
      let found = try await route.teacher.score(mine.map { requests[$0] }, support: support)
      for (index, score) in zip(mine, found) { scores[index] = score }
    }
    return scores
  }
}
