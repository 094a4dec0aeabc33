/// How often each run was begun by this engine.
actor Attempts {
  private let limit: Int
  private let failFast: Bool
  private var failures: [String: Int] = [:]
  private var settled: Set<String> = []
  private var begun: Set<String> = []
  private(set) var isOver = false

  init(limit: Int, failFast: Bool) {
    self.limit = limit
    self.failFast = failFast
  }

  /// Whether a run may be begun, as far as this engine's own attempts go.
  func allows(_ run: String) -> Bool {
    !settled.contains(run) && (failures[run] ?? 0) <= limit
  }

  func began(_ run: String) -> Bool { begun.contains(run) }

  func begin(_ run: String) { begun.insert(run) }

  func settle(_ run: String) { settled.insert(run) }

  /// Notes a failure; says whether the run is begun again.
  func fail(_ run: String) -> Bool {
    failures[run, default: 0] += 1
    let again = allows(run)
    if !again {
      settled.insert(run)
      if failFast { isOver = true }
    }
    return again
  }
}
