/// Elementwise loops over vectors.
enum Vectors {
  /// `target ← target + source`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func add<Scalar: Real>(
    _ source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    var i = 0
    while i + 8 <= count {
      put(load(target + i) + load(source + i), target + i)
      i += 8
    }
    while i < count {
      target[i] += source[i]
      i += 1
    }
  }

  /// `target ← target + factor · source`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func add<Scalar: Real>(
    _ source: UnsafePointer<Scalar>, times factor: Scalar,
    to target: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    var i = 0
    while i + 8 <= count {
      put(load(target + i) + factor * load(source + i), target + i)
      i += 8
    }
    while i < count {
      target[i] += factor * source[i]
      i += 1
    }
  }
}

/// Root-mean-square normalisation, forward and backward.
enum RootMeanSquare {
  /// `y = w ∘ x·r`, `r = 1/√(mean(x²) + ε)`; r is kept for the backward pass.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func forward<Scalar: Real>(
    _ x: UnsafePointer<Scalar>, weight: UnsafePointer<Scalar>, rows: Int, columns: Int,
    epsilon: Scalar, into y: UnsafeMutablePointer<Scalar>,
    inverse: UnsafeMutablePointer<Scalar>
  ) {
    for row in 0..<rows {
      let source = x + row * columns
      let target = y + row * columns
      let squares = dot(source, source, columns)
      let scale = 1 / (squares / Scalar(columns) + epsilon).squareRoot()
      inverse[row] = scale
      var i = 0
      while i + 8 <= columns {
        put(load(source + i) * scale * load(weight + i), target + i)
        i += 8
      }
      while i < columns {
        target[i] = source[i] * scale * weight[i]
        i += 1
      }
    }
  }

  /// `∂x = r·(w∘∂y) − x·r³·⟨w∘∂y, x⟩/n` and `∂w += ∂y ∘ x·r`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func backward<Scalar: Real>(
    _ x: UnsafePointer<Scalar>, weight: UnsafePointer<Scalar>, inverse: UnsafePointer<Scalar>,
    outputGradient: UnsafePointer<Scalar>, rows: Int, columns: Int,
    into gradient: UnsafeMutablePointer<Scalar>, adding: Bool,
    weightGradient: UnsafeMutablePointer<Scalar>?
  ) {
    if !adding { gradient.update(repeating: 0, count: rows * columns) }
    for row in 0..<rows {
      let source = x + row * columns
      let dy = outputGradient + row * columns
      let target = gradient + row * columns
      let scale = inverse[row]
      var sums = SIMD8<Scalar>()
      var i = 0
      while i + 8 <= columns {
        sums.addProduct(load(dy + i) * load(weight + i), load(source + i))
        i += 8
      }
      var sum = sums.total()
      while i < columns {
        sum += dy[i] * weight[i] * source[i]
        i += 1
      }
      let pull = sum * scale * scale * scale / Scalar(columns)
      i = 0
      while i + 8 <= columns {
        let update = load(dy + i) * load(weight + i) * scale - load(source + i) * pull
        put(load(target + i) + update, target + i)
        i += 8
      }
      while i < columns {
        target[i] += dy[i] * weight[i] * scale - source[i] * pull
        i += 1
      }
      guard let weightGradient else { continue }
      i = 0
      while i + 8 <= columns {
        put(
          load(weightGradient + i) + load(dy + i) * load(source + i) * scale, weightGradient + i)
        i += 8
      }
      while i < columns {
        weightGradient[i] += dy[i] * source[i] * scale
        i += 1
      }
    }
  }
}

/// `silu(gate) ∘ up`, forward and backward.
enum GatedUnit {
  /// `y = g·σ(g)·u`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func forward<Scalar: Real>(
    _ gateUp: UnsafePointer<Scalar>, rows: Int, columns: Int,
    into y: UnsafeMutablePointer<Scalar>
  ) {
    for row in 0..<rows {
      let gate = gateUp + row * 2 * columns
      let up = gate + columns
      let target = y + row * columns
      var i = 0
      while i + 8 <= columns {
        let g = load(gate + i)
        put(g / (1 + Scalar.exponential(-g)) * load(up + i), target + i)
        i += 8
      }
      while i < columns {
        target[i] = gate[i] / (1 + Scalar.exponential(-gate[i])) * up[i]
        i += 1
      }
    }
  }

  /// `∂g = ∂y·u·σ(g)·(1 + g·(1 − σ(g)))`, `∂u = ∂y·g·σ(g)`, in the place of g and u.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func backward<Scalar: Real>(
    _ gateUp: UnsafeMutablePointer<Scalar>, outputGradient: UnsafePointer<Scalar>, rows: Int,
    columns: Int
  ) {
    for row in 0..<rows {
      let gate = gateUp + row * 2 * columns
      let up = gate + columns
      let dy = outputGradient + row * columns
      var i = 0
      while i + 8 <= columns {
        let g = load(gate + i)
        let d = load(dy + i)
        let sigmoid = 1 / (1 + Scalar.exponential(-g))
        put(d * load(up + i) * sigmoid * (1 + g * (1 - sigmoid)), gate + i)
        put(d * g * sigmoid, up + i)
        i += 8
      }
      while i < columns {
        let g = gate[i]
        let sigmoid = 1 / (1 + Scalar.exponential(-g))
        gate[i] = dy[i] * up[i] * sigmoid * (1 + g * (1 - sigmoid))
        up[i] = dy[i] * g * sigmoid
        i += 1
      }
    }
  }
}

/// Σ a·b, in eight partial sums.
@inline(__always)
func dot<Scalar: Real>(
  _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ count: Int
) -> Scalar {
  var sums = SIMD8<Scalar>()
  var i = 0
  while i + 8 <= count {
    sums.addProduct(load(a + i), load(b + i))
    i += 8
  }
  var sum = sums.total()
  while i < count {
    sum += a[i] * b[i]
    i += 1
  }
  return sum
}

extension SIMD8 where Scalar: Real {
  /// The sum of the lanes, halves first.
  @inline(__always)
  func total() -> Scalar {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  /// The largest lane.
  @inline(__always)
  func peak() -> Scalar {
    let turned = Scalar.larger(self, SIMD8(lowHalf: highHalf, highHalf: lowHalf))
    return Swift.max(Swift.max(turned[0], turned[1]), Swift.max(turned[2], turned[3]))
  }
}
