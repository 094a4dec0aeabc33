/// AdamW with decoupled weight decay and clipping of the gradient's global norm.
///
/// `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `w ← w − η·(m̂/(√v̂ + ε) + λw)`, with `m̂ = m/(1−β₁ᵗ)`, `v̂ = v/(1−β₂ᵗ)`.
///
/// Source: Loshchilov & Hutter, arXiv:1711.05101; the order of operations is PyTorch's.
public struct AdamW<Scalar: Real>: Sendable, Hashable {
  /// The constants of the method.
  public struct Settings: Sendable, Hashable, Codable {
    /// β₁.
    public var beta1: Double
    /// β₂.
    public var beta2: Double
    /// ε, added to √v̂.
    public var epsilon: Double
    /// λ, per unit of learning rate.
    public var weightDecay: Double
    /// The largest global norm of a gradient; longer ones are scaled down to it.
    ///
    /// `nil` never clips.
    public var clipNorm: Double?

    /// The constants of the method.
    public init(
      beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8, weightDecay: Double = 0,
      clipNorm: Double? = 1
    ) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
      self.clipNorm = clipNorm
    }
  }

  /// The constants.
  public var settings: Settings
  /// Updates made.
  public private(set) var steps = 0
  /// Running means of gradients and of their squares.
  public private(set) var firstMoments: [Scalar]
  /// Running means of squared gradients.
  public private(set) var secondMoments: [Scalar]

  /// An optimizer that has made no update.
  ///
  /// - Parameters:
  ///   - count: How many numbers are optimized.
  ///   - settings: The constants.
  public init(count: Int, settings: Settings = Settings()) {
    self.settings = settings
    firstMoments = [Scalar](repeating: 0, count: count)
    secondMoments = [Scalar](repeating: 0, count: count)
  }

  /// Goes on from saved moments.
  ///
  /// - Precondition: The counts agree.
  public mutating func restore(steps: Int, firstMoments: [Scalar], secondMoments: [Scalar]) {
    precondition(
      firstMoments.count == self.firstMoments.count
        && secondMoments.count == self.secondMoments.count, "The saved moments do not fit.")
    self.steps = steps
    self.firstMoments = firstMoments
    self.secondMoments = secondMoments
  }

  /// One update.
  ///
  /// - Parameters:
  ///   - values: What is optimized, changed in place.
  ///   - gradient: Its gradient.
  ///   - norm: The gradient's global norm, as `GradientNorm` computes it.
  ///   - learningRate: η.
  /// - Complexity: One pass over four buffers.
  public mutating func update(
    _ values: inout [Scalar], gradient: [Scalar], norm: Double, learningRate: Double
  ) {
    precondition(
      values.count == firstMoments.count && gradient.count == values.count,
      "\(values.count) values, \(gradient.count) gradients, \(firstMoments.count) moments.")
    steps += 1
    // PyTorch's clip_grad_norm_ adds 1e-6 to the norm before dividing.
    let clip = settings.clipNorm.map { min(1, $0 / (norm + 1e-6)) } ?? 1
    let first = 1 - power(settings.beta1, steps)
    let second = (1 - power(settings.beta2, steps)).squareRoot()
    let constants = Constants(
      clip: Scalar(clip), beta1: Scalar(settings.beta1), beta2: Scalar(settings.beta2),
      keep1: Scalar(1 - settings.beta1), keep2: Scalar(1 - settings.beta2),
      size: Scalar(learningRate / first), root: Scalar(1 / second),
      epsilon: Scalar(settings.epsilon), decay: Scalar(1 - learningRate * settings.weightDecay))
    values.withUnsafeMutableBufferPointer { w in
      gradient.withUnsafeBufferPointer { g in
        firstMoments.withUnsafeMutableBufferPointer { m in
          secondMoments.withUnsafeMutableBufferPointer { v in
            guard let w = w.baseAddress, let g = g.baseAddress, let m = m.baseAddress,
              let v = v.baseAddress
            else { return }
            let places = (Place(w), Place(UnsafeMutablePointer(mutating: g)), Place(m), Place(v))
            let count = gradient.count
            Parallel.run(chunks: (count + Self.chunk - 1) / Self.chunk) { index in
              let from = index * Self.chunk
              adamWKernel(
                places.0.pointer + from, places.1.pointer + from, places.2.pointer + from,
                places.3.pointer + from, min(Self.chunk, count - from), constants)
            }
          }
        }
      }
    }
  }

  private static var chunk: Int { 1 << 16 }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<exponent where result > 0 { result *= base }
    return result
  }

  struct Constants: Sendable {
    let clip: Scalar
    let beta1: Scalar
    let beta2: Scalar
    let keep1: Scalar
    let keep2: Scalar
    let size: Scalar
    let root: Scalar
    let epsilon: Scalar
    let decay: Scalar
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func adamWKernel<Scalar: Real>(
  _ w: UnsafeMutablePointer<Scalar>, _ g: UnsafePointer<Scalar>, _ m: UnsafeMutablePointer<Scalar>,
  _ v: UnsafeMutablePointer<Scalar>, _ count: Int, _ c: AdamW<Scalar>.Constants
) {
  var i = 0
  while i + 8 <= count {
    let gradient = load(g + i) * c.clip
    let first = load(m + i) * c.beta1 + gradient * c.keep1
    let second = load(v + i) * c.beta2 + gradient * gradient * c.keep2
    put(first, m + i)
    put(second, v + i)
    put(load(w + i) * c.decay - first * c.size / (second.squareRoot() * c.root + c.epsilon), w + i)
    i += 8
  }
  while i < count {
    let gradient = g[i] * c.clip
    m[i] = m[i] * c.beta1 + gradient * c.keep1
    v[i] = v[i] * c.beta2 + gradient * gradient * c.keep2
    w[i] = w[i] * c.decay - m[i] * c.size / (v[i].squareRoot() * c.root + c.epsilon)
    i += 1
  }
}
