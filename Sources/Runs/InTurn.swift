/// Works on each element, several at a time; one that fails does not keep the others waiting.
///
/// - Parameters:
///   - elements: What to work on.
///   - jobs: How many at once.
///   - work: What to do.
///   - finished: Is told of each how it ended; if it throws, what is on its way is cancelled.
/// - Throws: What `finished` throws.
func inTurn<Element: Sendable>(
  _ elements: [Element], jobs: Int, _ work: @escaping @Sendable (Element) async throws -> Void,
  finished: (Element, (any Error)?) throws -> Void
) async throws {
  var rest = elements[...]
  try await withThrowingTaskGroup(of: (Element, (any Error)?).self) { group in
    func start() {
      guard let element = rest.popFirst() else { return }
      group.addTask {
        do {
          try await work(element)
          return (element, nil)
        } catch {
          return (element, error)
        }
      }
    }
    for _ in 0..<max(1, jobs) { start() }
    while let (element, error) = try await group.next() {
      try finished(element, error)
      start()
    }
  }
}
