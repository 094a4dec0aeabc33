#if Engines
/// Results of numbered tasks, in order, at most `limit` of them at a time.
///
/// - Throws: The first error; the other tasks are then cancelled.
func concurrently<Result: Sendable>(
  _ count: Int, limit: Int, _ body: @escaping @Sendable (Int) async throws -> Result
) async throws -> [Result] {
  try await withThrowingTaskGroup(of: (Int, Result).self) { group in
    var results = [Result?](repeating: nil, count: count)
    var next = 0
    while next < min(limit, count) {
      let index = next
      group.addTask { (index, try await body(index)) }
      next += 1
    }
    while let (index, result) = try await group.next() {
      results[index] = result
      guard next < count else { continue }
      let index = next
      group.addTask { (index, try await body(index)) }
      next += 1
    }
    return results.compactMap { $0 }
  }
}
#endif
