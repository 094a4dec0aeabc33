/// Does something to each element, several at a time, and keeps their order.
///
/// - Parameters:
///   - elements: What to do it to.
///   - width: How many are on their way at most.
///   - body: What to do.
/// - Returns: The results in the order of `elements`.
/// - Throws: The first error; what is still on its way is cancelled.
func inParallel<Element: Sendable, Result: Sendable>(
  _ elements: [Element], width: Int,
  _ body: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
  try await withThrowingTaskGroup(of: (Int, Result).self) { group in
    var results = [Result?](repeating: nil, count: elements.count)
    for (index, element) in elements.enumerated() {
      if index >= width, let (done, result) = try await group.next() { results[done] = result }
      group.addTask { (index, try await body(element)) }
    }
    for try await (done, result) in group { results[done] = result }
    return results.compactMap { $0 }
  }
}
