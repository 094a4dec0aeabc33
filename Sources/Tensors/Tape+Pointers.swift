/// Which rows of the input the logits of a pass point at.
///
/// Token v of a prompt may stand for a time, between two rows, or for a stretch of time, with rows inside: then its logit is how well
/// the asking row fits these rows. An answer is found where it is seen instead of being put into a name first.
///
/// Source: Vinyals, Fortunato and Jaitly, "Pointer networks", arXiv:1506.03134, with dot products, and sums over stretches.
public struct PointerPlan: Sendable, Hashable {
  /// The rows that a token stands for.
  public struct Place: Sendable, Hashable {
    /// The last row before its time, or before its end.
    public var before: Int?
    /// The first row after its time, or after its start.
    public var after: Int?
    /// The rows between its start and its end, by their places in time; none for a time.
    public var inside: Range<Int>

    /// Whether there are rows at all.
    var isSomewhere: Bool { before != nil || after != nil }

    /// Rows, counted from the first of a prompt.
    public init(before: Int?, after: Int?, inside: Range<Int> = 0..<0) {
      self.before = before
      self.after = after
      self.inside = inside
    }
  }

  /// What is pointed at in one prompt.
  public struct Targets: Sendable, Hashable {
    /// What its first tokens stand for.
    public var places: [Place] = []
    /// Its rows in the order of time.
    public var order: [Int] = []

    /// Nothing yet.
    public init() {}
  }

  /// The prompt of each row of logits.
  public var prompts: [Int]
  /// The first row of each prompt among all.
  public var firsts: [Int]
  /// What is pointed at in each.
  public var targets: [Targets]

  /// A plan.
  ///
  /// - Precondition: Rows of a prompt are within it.
  public init(prompts: [Int], firsts: [Int], targets: [Targets]) {
    self.prompts = prompts
    self.firsts = firsts
    self.targets = targets
  }
}

/// How well the rows of a prompt fit what one row asks for, or the loss's slopes in that.
private struct Fits<Scalar: Real> {
  var before: [Scalar]
  var after: [Scalar]
  /// Sums of what is inside, over the rows in the order of time: entry i is that of the first i.
  var sums: [Scalar]

  /// The logit of a place.
  func of(_ place: PointerPlan.Place) -> Scalar {
    var sum = sums[place.inside.upperBound] - sums[place.inside.lowerBound]
    if let key = place.before { sum += before[key] }
    if let key = place.after { sum += after[key] }
    return sum
  }

  init(_ targets: PointerPlan.Targets) {
    let rows = 1 + (targets.order.max() ?? -1)
    before = Array(repeating: 0, count: rows)
    after = before
    sums = Array(repeating: 0, count: targets.order.count + 1)
  }
}

extension Tape {
  /// `y[r, v] = (q·k of the row before v + q′·k of the row after it + Σ q″·k of those inside) / √d`, or `logits[r, v]` of a token
  /// without rows.
  ///
  /// - Parameters:
  ///   - logits: R rows of V.
  ///   - query: R rows of 3·d: q, q′ and q″.
  ///   - keys: K rows of d.
  ///   - plan: Who points where.
  /// - Returns: R rows of V; each has the bits that it has alone.
  /// - Complexity: 6·d operations a row of logits and key of its prompt, three times that with the way back.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func pointing(
    _ logits: Variable, query: Variable, keys: Variable, _ plan: PointerPlan
  ) -> Variable {
    precondition(query.columns == 3 * keys.columns && plan.prompts.count == logits.rows)
    let y = append(
      rows: logits.rows, columns: logits.columns, .pointing(logits, query, keys, plan))
    pointer(y).update(from: pointer(logits), count: y.rows * y.columns)
    let (width, scale) = (keys.columns, 1 / Scalar(keys.columns).squareRoot())
    for (row, prompt) in plan.prompts.enumerated() {
      let targets = plan.targets[prompt]
      var fits = Fits<Scalar>(targets)
      let asking = pointer(query) + row * query.columns
      for (time, key) in targets.order.enumerated() {
        let held = pointer(keys) + (plan.firsts[prompt] + key) * width
        fits.before[key] = scale * dot(asking, held, width)
        fits.after[key] = scale * dot(asking + width, held, width)
        fits.sums[time + 1] = fits.sums[time] + scale * dot(asking + 2 * width, held, width)
      }
      let target = pointer(y) + row * y.columns
      for (token, place) in targets.places.enumerated() {
        if place.isSomewhere { target[token] = fits.of(place) }
      }
    }
    return y
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func propagatePointing(
    _ gradient: UnsafeMutablePointer<Scalar>, _ logits: Variable, _ query: Variable,
    _ keys: Variable, _ plan: PointerPlan
  ) {
    handOn(gradient, to: logits)
    forEachPointed(logits.rows, plan) { row, token in
      self.gradient(logits).pointer[row * logits.columns + token] = 0
    }
    let (asked, held) = (cleared(query), cleared(keys))
    let width = keys.columns
    let scale = 1 / Scalar(width).squareRoot()
    for (row, prompt) in plan.prompts.enumerated() {
      let targets = plan.targets[prompt]
      let slopes = slopes(gradient + row * logits.columns, targets)
      var inside = Scalar.zero
      // A row adds to every sum that ends behind it.
      for (time, key) in targets.order.enumerated().reversed() {
        inside += slopes.sums[time + 1]
        let place = (plan.firsts[prompt] + key) * width
        for (part, slope) in [slopes.before[key], slopes.after[key], inside].enumerated() {
          let start = row * query.columns + part * width
          Vectors.add(
            pointer(keys) + place, times: scale * slope, to: asked + start, count: width)
          Vectors.add(
            pointer(query) + start, times: scale * slope, to: held + place, count: width)
        }
      }
    }
  }

  /// The slopes of a loss in the fits of rows, from those in the logits of tokens.
  private func slopes(
    _ gradient: UnsafeMutablePointer<Scalar>, _ targets: PointerPlan.Targets
  ) -> Fits<Scalar> {
    var slopes = Fits<Scalar>(targets)
    for (token, place) in targets.places.enumerated() {
      if let key = place.before { slopes.before[key] += gradient[token] }
      if let key = place.after { slopes.after[key] += gradient[token] }
      if !place.inside.isEmpty {
        slopes.sums[place.inside.upperBound] += gradient[token]
        slopes.sums[place.inside.lowerBound] -= gradient[token]
      }
    }
    return slopes
  }

  private func forEachPointed(
    _ rows: Int, _ plan: PointerPlan, _ body: (_ row: Int, _ token: Int) -> Void
  ) {
    for (row, prompt) in plan.prompts.enumerated() {
      for (token, place) in plan.targets[prompt].places.enumerated() where place.isSomewhere {
        body(row, token)
      }
    }
  }

  /// Adds a gradient to that of a value of the same shape.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func handOn(_ gradient: UnsafeMutablePointer<Scalar>, to variable: Variable) {
    let target = self.gradient(variable)
    let count = variable.rows * variable.columns
    if target.adding {
      Vectors.add(gradient, to: target.pointer, count: count)
    } else {
      target.pointer.update(from: gradient, count: count)
    }
  }

  /// A value's gradient to add to: zeros where nothing is in it yet.
  func cleared(_ variable: Variable) -> UnsafeMutablePointer<Scalar> {
    let target = self.gradient(variable)
    if !target.adding {
      target.pointer.update(repeating: 0, count: variable.rows * variable.columns)
    }
    return target.pointer
  }
}
