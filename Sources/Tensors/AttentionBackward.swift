/// The backward pass of attention for all blocks, one key-value head at a time; several side by side have memory of their own.
struct AttentionBackward<Scalar: Real> {
  let arena: Arena<Scalar>
  let plan: AttentionPlan<Scalar>
  let blocks: [AttentionBlock<Scalar>]
  let query: UnsafePointer<Scalar>
  let keyValue: UnsafePointer<Scalar>
  let output: UnsafePointer<Scalar>
  let outputGradient: UnsafePointer<Scalar>
  let logSums: UnsafePointer<Scalar>

  private let keyRows: Int
  private let rotated: Buffer<Scalar>
  private let keysAcross: [Buffer<Scalar>]
  private let keysAlong: [Buffer<Scalar>]
  private let valuesAcross: [Buffer<Scalar>]
  private let keyGradient: Buffer<Scalar>
  private let valueGradient: Buffer<Scalar>
  private let scratch: Scratch<Scalar>
  private let packed: Buffer<Scalar>

  init(
    arena: Arena<Scalar>, plan: AttentionPlan<Scalar>, blocks: [AttentionBlock<Scalar>],
    query: UnsafePointer<Scalar>, keyValue: UnsafePointer<Scalar>, keyRows: Int,
    output: UnsafePointer<Scalar>, outputGradient: UnsafePointer<Scalar>,
    logSums: UnsafePointer<Scalar>
  ) {
    self.arena = arena
    self.plan = plan
    self.blocks = blocks
    self.query = query
    self.keyValue = keyValue
    self.keyRows = keyRows
    self.output = output
    self.outputGradient = outputGradient
    self.logSums = logSums
    let width = plan.heads.width
    let across = plan.segments.map { Multiply.packedCount(k: width, n: $0.count) }
    let along = plan.segments.map { Multiply.packedCount(k: $0.count, n: width) }
    rotated = arena.take(2 * keyRows * width)
    keysAcross = across.map { arena.take($0) }
    keysAlong = along.map { arena.take($0) }
    valuesAcross = across.map { arena.take($0) }
    keyGradient = arena.take(keyRows * width)
    valueGradient = arena.take(keyRows * width)
    scratch = Scratch(arena, blocks, pairs: 2)
    packed = arena.take(
      Multiply.packedCount(k: blocks.map(\.rows).max() ?? 0, n: width))
  }

  func giveBack() {
    for buffer in keysAcross + keysAlong + valuesAcross { arena.give(buffer) }
    for buffer in [rotated, keyGradient, valueGradient, packed] { arena.give(buffer) }
    scratch.giveBack(arena)
  }

  /// Adds one head's part to the gradients of queries, keys and values.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func run(
    head: Int, query queryTarget: (pointer: UnsafeMutablePointer<Scalar>, adding: Bool),
    keyValue keyTarget: (pointer: UnsafeMutablePointer<Scalar>, adding: Bool)
  ) {
    pack(head)
    let count = keyRows * plan.heads.width
    keyGradient.pointer.update(repeating: 0, count: count)
    valueGradient.pointer.update(repeating: 0, count: count)
    for var own in blocks {
      own.head = head
      block(own, queryTarget)
    }
    unpack(head, keyTarget)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func pack(_ head: Int) {
    let width = plan.heads.width
    let columns = 2 * plan.heads.keyValueHeads * width
    let keys = rotated.pointer
    let values = keys + keyRows * width
    for row in 0..<keyRows {
      let source = keyValue + row * columns
      Rotary.apply(
        source + head * width, plan.rotary, position: plan.keyPositions[row], scale: 1,
        into: keys + row * width)
      (values + row * width).update(
        from: source + (plan.heads.keyValueHeads + head) * width, count: width)
    }
    for (segment, range) in plan.segments.enumerated() {
      let first = range.lowerBound * width
      let panels = Multiply.panels(range.count)
      Multiply.packTransposed(
        keys + first, k: width, n: range.count, panels: panels, into: keysAcross[segment].pointer)
      Multiply.packTransposed(
        values + first, k: width, n: range.count, panels: panels,
        into: valuesAcross[segment].pointer)
      Multiply.pack(
        keys + first, stride: width, k: range.count, n: width, panels: Multiply.panels(width),
        into: keysAlong[segment].pointer)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func block(
    _ block: AttentionBlock<Scalar>,
    _ target: (pointer: UnsafeMutablePointer<Scalar>, adding: Bool)
  ) {
    let width = block.width
    let queries = scratch.queries
    let gradients = queries + block.rows * width
    let outputs = scratch.output
    block.packQueries(query, into: queries)
    block.packOutput(outputGradient, into: gradients)
    block.packOutput(output, into: outputs)
    block.scores(queries, { UnsafePointer(keysAcross[$0].pointer) }, into: scratch.weights)
    block.weights(scratch.weights, logSums: logSums)
    block.scores(gradients, { UnsafePointer(valuesAcross[$0].pointer) }, into: scratch.second)
    for row in 0..<block.rows {
      let shift = dot(gradients + row * width, outputs + row * width, width)
      let start = row * block.stride
      Softmax.differentiate(
        scratch.second + start, weights: scratch.weights + start, block.stride, minus: shift)
    }
    accumulate(block, scratch.weights, gradients, into: valueGradient.pointer)
    accumulate(block, scratch.second, queries, into: keyGradient.pointer)
    block.combine(
      scratch.second, { (UnsafePointer(keysAlong[$0].pointer), plan.segments[$0].count) },
      into: outputs)
    unpackQueries(block, outputs, target)
  }

  /// `target[keys] += weightsᵀ·rows` for every segment the block sees.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func accumulate(
    _ block: AttentionBlock<Scalar>, _ weights: UnsafePointer<Scalar>,
    _ rows: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>
  ) {
    let width = block.width
    Multiply.pack(
      rows, stride: width, k: block.rows, n: width, panels: Multiply.panels(width),
      into: packed.pointer)
    var column = 0
    for segment in block.family.visible {
      let range = plan.segments[segment]
      Multiply.run(
        m: range.count, n: width, k: block.rows, a: weights + column, rowStride: 1,
        columnStride: block.stride, packed: packed.pointer, c: target + range.lowerBound * width,
        ldc: width, adding: true)
      column += AttentionBlock<Scalar>.padded(range.count)
    }
    for member in block.family.members {
      let row = block.firstRow(member)
      Multiply.run(
        m: AttentionBlock<Scalar>.ownKeys(member, plan), n: width,
        k: member.queries.count * block.sharing,
        a: weights + row * block.stride + block.ownColumn, rowStride: 1,
        columnStride: block.stride, packed: packed.pointer + row * Multiply.panel,
        packedDepth: block.rows, c: target + plan.segments[member.own].lowerBound * width,
        ldc: width, adding: true)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func unpackQueries(
    _ block: AttentionBlock<Scalar>, _ source: UnsafePointer<Scalar>,
    _ target: (pointer: UnsafeMutablePointer<Scalar>, adding: Bool)
  ) {
    let width = block.width
    let scale = 1 / Scalar(width).squareRoot()
    for (i, row) in block.queries.enumerated() {
      for j in 0..<block.sharing {
        let column = (row * plan.heads.heads + block.head * block.sharing + j) * width
        Rotary.undo(
          source + (i * block.sharing + j) * width, plan.rotary,
          position: plan.queryPositions[row], scale: scale, into: target.pointer + column,
          adding: target.adding)
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func unpack(
    _ head: Int, _ target: (pointer: UnsafeMutablePointer<Scalar>, adding: Bool)
  ) {
    let width = plan.heads.width
    let columns = 2 * plan.heads.keyValueHeads * width
    for row in 0..<keyRows {
      let place = target.pointer + row * columns
      Rotary.undo(
        keyGradient.pointer + row * width, plan.rotary, position: plan.keyPositions[row],
        scale: 1, into: place + head * width, adding: target.adding)
      let values = place + (plan.heads.keyValueHeads + head) * width
      if !target.adding { values.update(repeating: 0, count: width) }
      Vectors.add(valueGradient.pointer + row * width, to: values, count: width)
    }
  }
}
