/// Keys and values of one layer while responses are being sampled: prompts packed once, responses growing token by token.
public final class DecodingCache<Scalar: Real> {
  let packed: PackedKeys<Scalar>
  let plan: AttentionPlan<Scalar>
  private let arena: Arena<Scalar>

  init(_ packed: PackedKeys<Scalar>, _ plan: AttentionPlan<Scalar>, _ arena: Arena<Scalar>) {
    self.packed = packed
    self.plan = plan
    self.arena = arena
  }

  deinit { arena.give(packed.buffer) }
}

extension Tape {
  /// A cache that starts with the prompts' keys and values and has room for responses.
  ///
  /// - Parameters:
  ///   - keyValue: The prompts' key-value rows of one layer.
  ///   - plan: The plan with which the prompts were computed.
  ///   - responses: How many responses will grow.
  ///   - length: The most tokens each will feed back.
  /// - Returns: The cache.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func cache(
    _ keyValue: Variable, plan: AttentionPlan<Scalar>, responses: Int, length: Int
  ) -> DecodingCache<Scalar> {
    let prompts = plan.segments.map(\.count)
    let packed = PackedKeys(
      heads: plan.heads, capacities: prompts + [Int](repeating: length, count: responses),
      arena: arena)
    put(keyValue, plan, into: packed)
    return DecodingCache(packed, plan, arena)
  }

  /// One step of attention for responses that each feed back one token.
  ///
  /// - Parameters:
  ///   - query: One row a growing response.
  ///   - keyValue: The same rows' keys and values; they are appended to the cache first.
  ///   - cache: What came before.
  ///   - step: For each row, which response it is, which prompt segments it sees, its position, and how many tokens it fed
  ///     back before.
  /// - Returns: One row a growing response.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func attention(
    query: Variable, keyValue: Variable, cache: DecodingCache<Scalar>, step: [DecodingRow]
  ) -> Variable {
    let prompts = cache.plan.segments.count
    for (row, entry) in step.enumerated() {
      cache.packed.set(
        prompts + entry.response, index: entry.fed,
        row: pointer(keyValue) + row * keyValue.columns, position: entry.position,
        rotary: cache.plan.rotary)
    }
    let plan = AttentionPlan(
      heads: cache.plan.heads, rotary: cache.plan.rotary,
      segments: cache.plan.segments
        + cache.packed.capacities[prompts...].map { 0..<$0 },
      families: families(step, prompts: prompts), queryPositions: step.map(\.position),
      keyPositions: [], window: window(cache, step))
    return attention(query: query, keyValue: keyValue, plan: plan, packed: cache.packed)
  }

  /// The prompts' window, with the growing responses' first positions.
  private func window(_ cache: DecodingCache<Scalar>, _ step: [DecodingRow]) -> SlidingWindow? {
    guard var window = cache.plan.window else { return nil }
    let prompts = cache.plan.segments.count
    let responses = cache.packed.capacities.count - prompts
    window.firstPositions += [Int](repeating: 0, count: responses)
    for entry in step {
      window.firstPositions[prompts + entry.response] = entry.position - entry.fed
    }
    return window
  }

  /// Neighbouring rows with the same ancestors share a family, so that a prompt's keys are read once for all of them.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func families(
    _ step: [DecodingRow], prompts: Int
  ) -> [AttentionPlan<Scalar>.Family] {
    var result: [AttentionPlan<Scalar>.Family] = []
    for (row, entry) in step.enumerated() {
      let member = AttentionPlan<Scalar>.Member(
        queries: row..<row + 1, own: prompts + entry.response, firstOwn: entry.fed)
      if let last = result.last, last.visible == entry.ancestors {
        result[result.count - 1].members.append(member)
      } else {
        result.append(.init(visible: entry.ancestors, members: [member]))
      }
    }
    return result
  }
}

/// One response's place in a decoding step.
public struct DecodingRow: Sendable, Hashable {
  /// Which response, as numbered when the cache was made.
  public var response: Int
  /// The prompt segments it sees, the oldest first.
  public var ancestors: [Int]
  /// The position of the token that is fed back.
  public var position: Int
  /// How many tokens it fed back before.
  public var fed: Int

  /// One response's place in a decoding step.
  public init(response: Int, ancestors: [Int], position: Int, fed: Int) {
    self.response = response
    self.ancestors = ancestors
    self.position = position
    self.fed = fed
  }
}
