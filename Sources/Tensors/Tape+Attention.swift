extension Tape {
  /// Attention over a prefix tree: rotary positions, scaled dot products, softmax, weighted values.
  ///
  /// - Parameters:
  ///   - query: Query rows × (heads · width), before rotation.
  ///   - keyValue: Key rows × (2 · key-value heads · width): all heads' keys, then all heads' values, before rotation.
  ///   - plan: Who sees whom.
  /// - Returns: Query rows × (heads · width).
  /// - Complexity: 4·width·heads floating-point operations for each pair of a query and a key it sees.
  public func attention(
    query: Variable, keyValue: Variable, plan: AttentionPlan<Scalar>
  ) -> Variable {
    let packed = packKeys(keyValue, plan)
    defer { arena.give(packed.buffer) }
    return attention(query: query, keyValue: keyValue, plan: plan, packed: packed)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func attention(
    query: Variable, keyValue: Variable, plan: AttentionPlan<Scalar>, packed: PackedKeys<Scalar>
  ) -> Variable {
    let logSums = arena.take(query.rows * plan.heads.heads)
    let output = append(
      rows: query.rows, columns: query.columns,
      .attention(query: query, keyValue: keyValue, plan, logSums: logSums))
    let width = plan.heads.width
    for head in 0..<plan.heads.keyValueHeads {
      for family in plan.families {
        let block = AttentionBlock(plan, family, packed, head: head)
        let scratch = Scratch(arena, rows: block.rows, width: width, stride: block.stride, pairs: 1)
        block.packQueries(pointer(query), into: scratch.queries)
        block.scores(
          scratch.queries, { UnsafePointer(packed.keys($0, head: head)) }, into: scratch.weights)
        block.softmax(scratch.weights, logSums: logSums.pointer)
        block.combine(
          scratch.weights,
          { (UnsafePointer(packed.values($0, head: head)), packed.capacities[$0]) },
          into: scratch.output)
        unpack(block, scratch.output, into: pointer(output))
        scratch.giveBack(arena)
      }
    }
    return output
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func packKeys(_ keyValue: Variable, _ plan: AttentionPlan<Scalar>) -> PackedKeys<Scalar> {
    let packed = PackedKeys(
      heads: plan.heads, capacities: plan.segments.map(\.count), arena: arena)
    let scratch = arena.take(plan.heads.width)
    defer { arena.give(scratch) }
    for (segment, range) in plan.segments.enumerated() {
      for (index, row) in range.enumerated() {
        packed.set(
          segment, index: index, row: pointer(keyValue) + row * keyValue.columns,
          position: plan.keyPositions[row], rotary: plan.rotary, scratch: scratch.pointer)
      }
    }
    return packed
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func unpack(
    _ block: AttentionBlock<Scalar>, _ source: UnsafePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    let columns = block.plan.heads.heads * block.width
    let span = block.sharing * block.width
    for (i, row) in block.queries.enumerated() {
      (target + row * columns + block.head * span).update(from: source + i * span, count: span)
    }
  }

  /// The way back, with the weights computed again rather than kept.
  ///
  /// With P the weights, dP = dO·Vᵀ and D = rowsum(dO ∘ O): dS = P ∘ (dP − D), dV = Pᵀ·dO, dQ = dS·K, dK = dSᵀ·Q.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func propagateAttention(
    output: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>, _ query: Variable,
    _ keyValue: Variable, _ plan: AttentionPlan<Scalar>, _ logSums: UnsafePointer<Scalar>
  ) {
    let queryGradient = gradient(query)
    let keyValueGradient = gradient(keyValue)
    let pass = AttentionBackward(
      arena: arena, plan: plan, query: pointer(query), keyValue: pointer(keyValue),
      keyRows: keyValue.rows, output: output, outputGradient: outputGradient, logSums: logSums)
    for head in 0..<plan.heads.keyValueHeads {
      pass.run(head: head, query: queryGradient, keyValue: keyValueGradient)
    }
    pass.giveBack()
  }
}

/// Scratch matrices of one block.
struct Scratch<Scalar: Real> {
  let buffer: Buffer<Scalar>
  let queries: UnsafeMutablePointer<Scalar>
  let output: UnsafeMutablePointer<Scalar>
  let weights: UnsafeMutablePointer<Scalar>
  let second: UnsafeMutablePointer<Scalar>

  init(_ arena: Arena<Scalar>, rows: Int, width: Int, stride: Int, pairs: Int) {
    buffer = arena.take(2 * pairs * rows * width + pairs * rows * stride + 32)
    queries = buffer.pointer
    output = queries + pairs * rows * width
    weights = output + pairs * rows * width
    second = weights + (pairs - 1) * rows * stride
  }

  func giveBack(_ arena: Arena<Scalar>) { arena.give(buffer) }
}
