/// The attention of one block of queries with one key-value head: scores, softmax and weighted values, and the way back.
///
/// Rows of the scratch matrices are queries times the query heads that share the key-value head. The columns of a row are
/// the visible segments and then the own one, each starting at a multiple of 16: a row has the same bits whether its
/// block holds one query (sampling) or many (training).
struct AttentionBlock<Scalar: Real> {
  let plan: AttentionPlan<Scalar>
  let family: AttentionPlan<Scalar>.Family
  let packed: PackedKeys<Scalar>
  var head: Int

  let queries: Range<Int>
  let ownColumn: Int
  let stride: Int

  init(
    _ plan: AttentionPlan<Scalar>, _ family: AttentionPlan<Scalar>.Family,
    _ packed: PackedKeys<Scalar>, head: Int
  ) {
    self.plan = plan
    self.family = family
    self.packed = packed
    self.head = head
    let first = family.members.first?.queries.lowerBound ?? 0
    queries = first..<(family.members.last?.queries.upperBound ?? first)
    ownColumn = family.visible.reduce(0) { $0 + Self.padded(plan.segments[$1].count) }
    stride = ownColumn + Self.padded(family.members.map { Self.ownKeys($0, plan) }.max() ?? 0)
  }

  var sharing: Int { plan.heads.sharing }
  var width: Int { plan.heads.width }
  var rows: Int { queries.count * sharing }

  static func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
  /// How many keys of their own segment the queries of a member see at most.
  static func ownKeys(
    _ member: AttentionPlan<Scalar>.Member, _ plan: AttentionPlan<Scalar>
  ) -> Int {
    switch member.sight {
    case .past: member.firstOwn + member.queries.count
    case .whole: plan.segments[member.own].count
    }
  }

  /// Where the rows of a member begin, in block rows.
  func firstRow(_ member: AttentionPlan<Scalar>.Member) -> Int {
    (member.queries.lowerBound - queries.lowerBound) * sharing
  }

  /// Rotated and scaled queries as rows × width.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func packQueries(
    _ query: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>
  ) {
    let scale = 1 / Scalar(width).squareRoot()
    let columns = plan.heads.heads * width
    for (i, row) in queries.enumerated() {
      for j in 0..<sharing {
        Rotary.apply(
          query + row * columns + (head * sharing + j) * width, plan.rotary,
          position: plan.queryPositions[row], scale: scale,
          into: target + (i * sharing + j) * width)
      }
    }
  }

  /// Rows of a value of the queries' layout (an output or its gradient) as rows × width.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func packOutput(_ output: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>) {
    let columns = plan.heads.heads * width
    for (i, row) in queries.enumerated() {
      let source = output + row * columns + head * sharing * width
      (target + i * sharing * width).update(from: source, count: sharing * width)
    }
  }

  /// `scores ← A·Kᵀ` over everything a row sees, where A is rows × width.
  ///
  /// Whole panels are written: what stands in the padding means nothing, and the softmax clears it.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func scores(
    _ a: UnsafePointer<Scalar>, _ keys: (Int) -> UnsafePointer<Scalar>,
    into scores: UnsafeMutablePointer<Scalar>
  ) {
    var column = 0
    for segment in family.visible {
      let count = plan.segments[segment].count
      Multiply.run(
        m: rows, n: Self.padded(count), k: width, a: a, rowStride: width, columnStride: 1,
        packed: keys(segment), c: scores + column, ldc: stride, adding: false)
      column += Self.padded(count)
    }
    for member in family.members {
      let row = firstRow(member)
      Multiply.run(
        m: member.queries.count * sharing, n: Self.padded(Self.ownKeys(member, plan)), k: width,
        a: a + row * width, rowStride: width, columnStride: 1, packed: keys(member.own),
        c: scores + row * stride + ownColumn, ldc: stride, adding: false)
    }
  }

  /// `output ← weights·B` over everything a row sees, where B (keys or values) is packed count × width.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func combine(
    _ weights: UnsafePointer<Scalar>,
    _ values: (Int) -> (packed: UnsafePointer<Scalar>, depth: Int),
    into output: UnsafeMutablePointer<Scalar>
  ) {
    var column = 0
    for segment in family.visible {
      let count = plan.segments[segment].count
      let source = values(segment)
      Multiply.run(
        m: rows, n: width, k: count, a: weights + column, rowStride: stride, columnStride: 1,
        packed: source.packed, packedDepth: source.depth, c: output, ldc: width,
        adding: column > 0)
      column += Self.padded(count)
    }
    for member in family.members {
      let row = firstRow(member)
      let source = values(member.own)
      Multiply.run(
        m: member.queries.count * sharing, n: width, k: Self.ownKeys(member, plan),
        a: weights + row * stride + ownColumn, rowStride: stride, columnStride: 1,
        packed: source.packed, packedDepth: source.depth, c: output + row * width, ldc: width,
        adding: column > 0)
    }
  }

  /// Calls `body` with each row's number, its query row, its member, and how many own keys it sees.
  func forEachRow(
    _ body: (_ row: Int, _ query: Int, _ member: AttentionPlan<Scalar>.Member, _ own: Int) -> Void
  ) {
    for member in family.members {
      var row = firstRow(member)
      let all = member.sight == .whole ? Self.ownKeys(member, plan) : nil
      for (i, query) in member.queries.enumerated() {
        for _ in 0..<sharing {
          body(row, query, member, all ?? member.firstOwn + i + 1)
          row += 1
        }
      }
    }
  }

  /// Softmax of each row in place.
  ///
  /// `logSums` receives the logarithm of each row's sum of exponentials.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func softmax(
    _ scores: UnsafeMutablePointer<Scalar>, logSums: UnsafeMutablePointer<Scalar>
  ) {
    let heads = plan.heads.heads
    forEachRow { row, query, member, own in
      let start = scores + row * stride
      forEachHidden(query, member, own) { Softmax.hide(start + $0, $1) }
      var peak = Softmax.maximum(start + ownColumn, own)
      forEachVisible { peak = max(peak, Softmax.maximum(start + $0, $1)) }
      var sums = SIMD8<Scalar>()
      forEachVisible { sums += Softmax.exponentials(start + $0, $1, minus: peak) }
      sums += Softmax.exponentials(start + ownColumn, own, minus: peak)
      Softmax.clear(start + ownColumn, from: own, to: stride - ownColumn)
      forEachHidden(query, member, own) { Softmax.clear(start + $0, from: 0, to: $1) }
      let sum = sums.total()
      Softmax.scale(start, stride, by: 1 / sum)
      let index = query * heads + head * sharing + row % sharing
      logSums[index] = peak + Scalar.logarithm(sum)
    }
  }

  /// The softmax again, from its scores and the kept logarithms.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func weights(_ scores: UnsafeMutablePointer<Scalar>, logSums: UnsafePointer<Scalar>) {
    let heads = plan.heads.heads
    forEachRow { row, query, member, own in
      let start = scores + row * stride
      forEachHidden(query, member, own) { Softmax.hide(start + $0, $1) }
      let logSum = logSums[query * heads + head * sharing + row % sharing]
      forEachVisible { _ = Softmax.exponentials(start + $0, $1, minus: logSum) }
      _ = Softmax.exponentials(start + ownColumn, own, minus: logSum)
      Softmax.clear(start + ownColumn, from: own, to: stride - ownColumn)
      forEachHidden(query, member, own) { Softmax.clear(start + $0, from: 0, to: $1) }
    }
  }

  /// Calls `body` with the column and number of keys that lie before a query's window, part by part.
  private func forEachHidden(
    _ query: Int, _ member: AttentionPlan<Scalar>.Member, _ own: Int,
    _ body: (_ column: Int, _ count: Int) -> Void
  ) {
    guard let window = plan.window else { return }
    let position = plan.queryPositions[query]
    var column = 0
    for segment in family.visible {
      let count = plan.segments[segment].count
      body(column, window.hidden(segment, position: position, count: count))
      column += Self.padded(count)
    }
    body(ownColumn, window.hidden(member.own, position: position, count: own - 1))
  }

  private func forEachVisible(_ body: (_ column: Int, _ count: Int) -> Void) {
    var column = 0
    for segment in family.visible {
      let count = plan.segments[segment].count
      body(column, count)
      column += Self.padded(count)
    }
  }
}

/// The loops of a softmax over part of a row whose memory extends to the next multiple of 16.
enum Softmax {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func maximum<Scalar: Real>(_ x: UnsafePointer<Scalar>, _ count: Int) -> Scalar {
    var peaks = SIMD8<Scalar>(repeating: -.infinity)
    var i = 0
    while i + 8 <= count {
      peaks = Scalar.larger(peaks, load(x + i))
      i += 8
    }
    if i < count {
      peaks = Scalar.larger(peaks, first(count - i, of: load(x + i), padding: -.infinity))
    }
    return peaks.peak()
  }

  /// `x ← exp(x − shift)`, and zeros up to the next multiple of 16.
  ///
  /// - Returns: The sum in eight lanes; a row's lanes are added up once, after all of its parts.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func exponentials<Scalar: Real>(
    _ x: UnsafeMutablePointer<Scalar>, _ count: Int, minus shift: Scalar
  ) -> SIMD8<Scalar> {
    var sums = SIMD8<Scalar>()
    var i = 0
    while i + 8 <= count {
      let value = Scalar.exponential(load(x + i) - shift)
      put(value, x + i)
      sums += value
      i += 8
    }
    if i < count {
      let value = first(
        count - i, of: Scalar.exponential(load(x + i) - shift), padding: 0)
      put(value, x + i)
      sums += value
    }
    clear(x, from: count, to: (count + 15) / 16 * 16)
    return sums
  }

  /// The first lanes of a vector; the others are padding, whatever was in them.
  @inline(__always)
  private static func first<Scalar: Real>(
    _ count: Int, of x: SIMD8<Scalar>, padding: Scalar
  ) -> SIMD8<Scalar> {
    Scalar.choose(
      x, SIMD8(repeating: padding), whereLess: SIMD8(0, 1, 2, 3, 4, 5, 6, 7),
      SIMD8(repeating: Scalar(count)))
  }

  /// Makes scores count for nothing: far below any other, and finite, so that no kernel meets an infinity.
  static func hide<Scalar: Real>(_ x: UnsafeMutablePointer<Scalar>, _ count: Int) {
    x.update(repeating: -1e30, count: count)
  }

  static func clear<Scalar: Real>(_ x: UnsafeMutablePointer<Scalar>, from: Int, to: Int) {
    guard to > from else { return }
    (x + from).update(repeating: 0, count: to - from)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func scale<Scalar: Real>(
    _ x: UnsafeMutablePointer<Scalar>, _ count: Int, by factor: Scalar
  ) {
    var i = 0
    while i < count {
      put(load(x + i) * factor, x + i)
      i += 8
    }
  }

  /// `gradient ← weights ∘ (gradient − shift)`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func differentiate<Scalar: Real>(
    _ gradient: UnsafeMutablePointer<Scalar>, weights: UnsafePointer<Scalar>, _ count: Int,
    minus shift: Scalar
  ) {
    let zero = SIMD8<Scalar>()
    let positive = SIMD8<Scalar>(repeating: .leastNonzeroMagnitude)
    var i = 0
    while i < count {
      // A weight of zero clears whatever the padding holds, even a NaN.
      let weight = load(weights + i)
      let value = weight * (load(gradient + i) - shift)
      put(Scalar.choose(zero, value, whereLess: weight, positive), gradient + i)
      i += 8
    }
  }
}
