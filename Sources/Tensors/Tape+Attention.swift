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
    let blocks = plan.families.map { AttentionBlock(plan, $0, packed, head: 0) }
    let pieces = Pieces(
      plan.heads.keyValueHeads * blocks.count, work: 2 * AttentionBlock.meanWork(blocks))
    let scratch = (0..<pieces.seats).map { _ in Scratch(arena, blocks, pairs: 1) }
    let (asking, target) = (pointer(query), pointer(output))
    pieces.forEach { range, seat in
      for place in range {
        var block = blocks[place % blocks.count]
        block.head = place / blocks.count
        attend(block, asking, scratch[seat], logSums: logSums.pointer, into: target)
      }
    }
    for own in scratch { own.giveBack(arena) }
    return output
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func attend(
    _ block: AttentionBlock<Scalar>, _ query: UnsafePointer<Scalar>, _ scratch: Scratch<Scalar>,
    logSums: UnsafeMutablePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>
  ) {
    let packed = block.packed
    block.packQueries(query, into: scratch.queries)
    block.scores(
      scratch.queries, { UnsafePointer(packed.keys($0, head: block.head)) }, into: scratch.weights)
    block.softmax(scratch.weights, logSums: logSums)
    block.combine(
      scratch.weights,
      { (UnsafePointer(packed.values($0, head: block.head)), packed.capacities[$0]) },
      into: scratch.output)
    unpack(block, scratch.output, into: target)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func packKeys(_ keyValue: Variable, _ plan: AttentionPlan<Scalar>) -> PackedKeys<Scalar> {
    let packed = PackedKeys(
      heads: plan.heads, capacities: plan.segments.map(\.count), arena: arena)
    put(keyValue, plan, into: packed)
    return packed
  }

  /// Packs the rows of a plan.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func put(_ keyValue: Variable, _ plan: AttentionPlan<Scalar>, into packed: PackedKeys<Scalar>) {
    let source = pointer(keyValue)
    for (segment, range) in plan.segments.enumerated() {
      // Keys of a panel lie in the same lines.
      let panels = Multiply.panels(range.count)
      Pieces(rows: panels.count, columns: Multiply.panel * keyValue.columns).forEach { own, _ in
        let last = min(range.count, own.upperBound * Multiply.panel)
        for index in own.lowerBound * Multiply.panel..<last {
          let row = range.lowerBound + index
          packed.set(
            segment, index: index, row: source + row * keyValue.columns,
            position: plan.keyPositions[row], rotary: plan.rotary)
        }
      }
    }
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
    let shell = PackedKeys(heads: plan.heads, capacities: [], arena: arena)
    defer { arena.give(shell.buffer) }
    let blocks = plan.families.map { AttentionBlock(plan, $0, shell, head: 0) }
    let work = 5 * blocks.count * AttentionBlock.meanWork(blocks)
    let pieces = Pieces(plan.heads.keyValueHeads, work: work)
    let passes = (0..<pieces.seats).map { _ in
      AttentionBackward(
        arena: arena, plan: plan, blocks: blocks, query: pointer(query),
        keyValue: pointer(keyValue), keyRows: keyValue.rows, output: output,
        outputGradient: outputGradient, logSums: logSums)
    }
    pieces.forEach { heads, seat in
      for head in heads {
        passes[seat].run(head: head, query: queryGradient, keyValue: keyValueGradient)
      }
    }
    for pass in passes { pass.giveBack() }
  }
}

extension AttentionBlock {
  /// Multiplications of one of the two products of a block, on the average of some.
  static func meanWork(_ blocks: [AttentionBlock]) -> Int {
    blocks.reduce(0) { $0 + ($1.rows + 8) * $1.stride * $1.width } / max(1, blocks.count)
  }
}

/// Scratch matrices of one block at a time.
struct Scratch<Scalar: Real> {
  let buffer: Buffer<Scalar>
  let queries: UnsafeMutablePointer<Scalar>
  let output: UnsafeMutablePointer<Scalar>
  let weights: UnsafeMutablePointer<Scalar>
  let second: UnsafeMutablePointer<Scalar>

  /// Room for the largest of some blocks.
  init(_ arena: Arena<Scalar>, _ blocks: [AttentionBlock<Scalar>], pairs: Int) {
    let rows = blocks.map(\.rows).max() ?? 0
    let stride = blocks.map(\.stride).max() ?? 0
    let width = blocks.first?.width ?? 0
    buffer = arena.take(2 * pairs * rows * width + pairs * rows * stride + 32)
    queries = buffer.pointer
    output = queries + pairs * rows * width
    weights = output + pairs * rows * width
    second = weights + (pairs - 1) * rows * stride
  }

  func giveBack(_ arena: Arena<Scalar>) { arena.give(buffer) }
}
