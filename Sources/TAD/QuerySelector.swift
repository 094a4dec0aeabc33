public import Core

/// A selector that looks at the question: a function of one prompt.
public protocol QuerySelector: KeyframeSelector {
  /// The name it is known by, for messages.
  static var name: String { get }

  /// Chooses frames for one prompt.
  ///
  /// - Parameter prompt: The question with all its frames.
  /// - Returns: The selection.
  /// - Throws: `KeyframeError` where the prompt cannot be used.
  func select(_ prompt: Prompt) throws -> KeyframeSelection
}

extension QuerySelector {
  /// It looks at the question.
  public var looksAtQuery: Bool { true }

  /// Chooses frames for each prompt; nothing is drawn.
  public func select(_ prompts: [Prompt], seed: Seed) throws -> [KeyframeSelection] {
    try prompts.map { prompt in
      try prompt.evidence.refuseEmpty(video: prompt.video)
      return try select(prompt)
    }
  }
}

extension Prompt {
  /// The cosine of the query with the mean of each frame's rows.
  ///
  /// - Parameter selector: The name of who asks, for messages.
  /// - Returns: F cosines.
  /// - Throws: `KeyframeError` without a query, with one of another width, or with features that are not finite.
  /// - Complexity: O(F·N·C): every frame is scanned, once a question.
  package func querySimilarities(for selector: String) throws(KeyframeError) -> [Double] {
    guard let query = queryEmbedding else {
      throw .noQueryEmbedding(selector: selector, prompt: id)
    }
    guard query.count == evidence.channels else {
      throw .queryWidth(prompt: id, expected: evidence.channels, received: query.count)
    }
    try evidence.refuseNotFinite(video: video)
    guard query.allSatisfy(\.isFinite) else { throw .queryNotFinite(prompt: id) }
    let pooled = evidence.pooled()
    let direction = query.map(Double.init)
    let length = dotProduct(direction, direction)
    return (0..<pooled.frames).map { frame in
      let row = pooled[frame: frame].map(Double.init)
      return cosine(
        dot: dotProduct(row, direction), square: dotProduct(row, row), otherSquare: length)
    }
  }

  /// What scanning every frame for the query costs: pooling, a product and a square a number.
  var queryScanCost: SelectionCost {
    let pooled = Double(evidence.frames * evidence.channels)
    return SelectionCost(
      framesScanned: evidence.frames, flops: Double(evidence.values.count) + 4 * pooled)
  }
}

/// The sum of products.
func dotProduct(_ first: [Double], _ second: [Double]) -> Double {
  var sum = 0.0
  for index in first.indices { sum += first[index] * second[index] }
  return sum
}

/// Scores moved and scaled to 0 … 1; all 0 where they are all equal.
package func minMaxScaled(_ scores: [Double]) -> [Double] {
  guard let low = scores.min(), let high = scores.max(), high > low else {
    return scores.map { _ in 0 }
  }
  return scores.map { ($0 - low) / (high - low) }
}

/// Some frames and, up to a count, the best of the others by score, in time order.
///
/// - Precondition: There are at least `count` scores.
func filled(_ chosen: Set<Int>, to count: Int, by scores: [Double]) -> [Int] {
  guard chosen.count < count else { return chosen.sorted() }
  var best = BestFrames(capacity: count - chosen.count)
  for (frame, score) in scores.enumerated() where !chosen.contains(frame) {
    best.offer(RankedFrame(frame: frame, score: score))
  }
  return (Array(chosen) + best.inTimeOrder.map(\.frame)).sorted()
}
