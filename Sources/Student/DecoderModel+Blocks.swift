internal import Core
internal import Networks
internal import Tensors

/// Responses of one group that are computed together with their prompt.
struct BlockShare: Sendable, Hashable {
  /// The group's place in the batch.
  let group: Int
  /// Which of its responses.
  let responses: Range<Int>
}

extension DecoderModel {
  /// A batch cut into passes: neighbouring groups together, and a group whose values would take too much memory until the way back in
  /// parts that each compute the prompt.
  ///
  /// The cut depends on shapes alone, so a batch has the same bits whenever it is computed.
  func blocks(_ groups: [RolloutGroup], differentiating: Bool) -> [[BlockShare]] {
    var result: [[BlockShare]] = []
    var block: [BlockShare] = []
    var rows = 0
    for (index, group) in groups.enumerated() {
      let prompt = embedder.count(group.prompt)
      let own = group.rollouts.reduce(prompt) { $0 + $1.tokens.count }
      if rows > 0, rows + own > (differentiating ? trainedRows : Self.passRows) {
        result.append(block)
        (block, rows) = ([], 0)
      }
      // A part has as many rows of answers as the prompt has: prompts are computed twice at most.
      if differentiating, own > max(mostRows, 2 * prompt) {
        result += parts(of: group, index, prompt: prompt).map { [$0] }
      } else {
        block.append(BlockShare(group: index, responses: group.rollouts.indices))
        rows += own
      }
    }
    return block.isEmpty ? result : result + [block]
  }

  /// What a pass computes for a block.
  func branches(
    _ block: [BlockShare], of groups: [RolloutGroup], _ weights: PassWeights
  ) throws -> [Branch] {
    try block.map { try branch(groups[$0.group], weights, $0.responses) }
  }

  /// A prompt with some of its responses, or with all.
  func branch(
    _ group: RolloutGroup, _ weights: PassWeights, _ responses: Range<Int>? = nil
  ) throws -> Branch {
    Branch(
      prompt: try rows(group.prompt, weights),
      responses: group.rollouts[responses ?? group.rollouts.indices].map(\.tokens))
  }

  /// Rows of neighbouring groups that go together: enough for the product kernel, few enough for the caches.
  private static var passRows: Int { 360 }

  /// As many of them as leave room for what the way back needs.
  private var trainedRows: Int { min(Self.passRows, mostRows) }

  /// Rows beyond which a group is cut, so that values and gradients of a pass stay below about 256 MB.
  private var mostRows: Int { max(64, (256 << 20) / passBytes(rows: 1)) }

  /// Bytes of a pass's values and gradients: residual, norms, queries, attention and output, gate, up and their product.
  func passBytes(rows: Int) -> Int {
    let shape = decoder.configuration
    let numbers = 6 * shape.width + 4 * shape.hidden
    let encoder = shape.encoder.map { $0.channels + 2 * ($0.hidden + $0.width) } ?? 0
    return 2 * rows * (numbers * shape.layers + encoder) * MemoryLayout<Float>.stride
  }

  /// Rows of the largest pass: as many as go together, or the longest prompt with an answer alone.
  func rowsOfPass(longest: Int) -> Int {
    max(trainedRows, longest + decoder.configuration.positions)
  }

  private func parts(of group: RolloutGroup, _ index: Int, prompt: Int) -> [BlockShare] {
    var result: [BlockShare] = []
    let most = max(mostRows, 2 * prompt)
    var first = 0
    var rows = prompt
    for (slot, rollout) in group.rollouts.enumerated() {
      if slot > first, rows + rollout.tokens.count > most {
        result.append(BlockShare(group: index, responses: first..<slot))
        (first, rows) = (slot, prompt)
      }
      rows += rollout.tokens.count
    }
    return result + [BlockShare(group: index, responses: first..<group.rollouts.count)]
  }
}
