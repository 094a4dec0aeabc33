extension Tape {
  /// What attention weighs each key row by, averaged over the heads: query rows × key rows, 0 for keys that are not seen.
  ///
  /// - Complexity: As `attention(query:keyValue:plan:)`, without the values; no step is added.
  public func attentionWeights(
    query: Variable, keyValue: Variable, plan: AttentionPlan<Scalar>
  ) -> [Scalar] {
    let packed = packKeys(keyValue, plan)
    let logSums = arena.take(query.rows * plan.heads.heads)
    defer { [packed.buffer, logSums].forEach(arena.give) }
    var shares = [Scalar](repeating: 0, count: query.rows * keyValue.rows)
    for head in 0..<plan.heads.keyValueHeads {
      for family in plan.families {
        let block = AttentionBlock(plan, family, packed, head: head)
        let scratch = Scratch(arena, [block], pairs: 1)
        block.packQueries(pointer(query), into: scratch.queries)
        block.scores(
          scratch.queries, { UnsafePointer(packed.keys($0, head: head)) }, into: scratch.weights)
        block.softmax(scratch.weights, logSums: logSums.pointer)
        block.addWeights(scratch.weights, to: &shares, keyRows: keyValue.rows)
        scratch.giveBack(arena)
      }
    }
    return shares.map { $0 / Scalar(plan.heads.heads) }
  }
}

extension AttentionBlock {
  /// Adds the weights of all heads of a block, each to its query and key row.
  func addWeights(_ weights: UnsafePointer<Scalar>, to shares: inout [Scalar], keyRows: Int) {
    forEachRow { row, query, member, own in
      let start = weights + row * stride
      func add(_ column: Int, _ keys: Range<Int>) {
        for (i, key) in keys.enumerated() { shares[query * keyRows + key] += start[column + i] }
      }
      var column = 0
      for segment in family.visible {
        add(column, plan.segments[segment])
        column += Self.padded(plan.segments[segment].count)
      }
      add(ownColumn, plan.segments[member.own].prefix(own))
    }
  }
}
