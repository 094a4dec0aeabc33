extension ProcessParameters {
  /// Handles elements in batches, several on their way at a time, and keeps their order.
  func inBatches<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ body: @escaping @Sendable ([Element]) async throws -> [Result]
  ) async throws -> [Result] {
    let batches = stride(from: 0, to: elements.count, by: batch).map {
      Array(elements[$0..<min($0 + batch, elements.count)])
    }
    return Array(try await inParallel(batches, width: inFlight, body).joined())
  }

  /// Throws if an answer has another number of parts than the request.
  func count(_ received: Int, _ expected: Int, _ what: String, prompt: String?) throws {
    guard received != expected else { return }
    throw ProcessError.count(
      program: program, prompt: prompt ?? "", of: what, expected: expected, received: received)
  }
}
