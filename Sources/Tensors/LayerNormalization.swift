/// Layer normalisation, forward and backward.
///
/// Source: Ba et al., arXiv:1607.06450, eq. 3.
enum LayerNormalization {
  /// `y = w ∘ (x − μ)·r + b` with the row's mean μ and `r = 1/√(variance + ε)`; μ and r are kept for the backward pass.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func forward<Scalar: Real>(
    _ x: UnsafePointer<Scalar>, weight: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>,
    columns: Int, epsilon: Scalar, into y: UnsafeMutablePointer<Scalar>,
    statistics: UnsafeMutablePointer<Scalar>
  ) {
    var sums = SIMD8<Scalar>()
    for i in stride(from: 0, to: columns, by: 8) { sums += lanes(x, i, columns, padding: 0) }
    let mean = sums.total() / Scalar(columns)
    // Two passes: the mean of squares less the square of the mean cancels where the mean is large.
    var squares = SIMD8<Scalar>()
    for i in stride(from: 0, to: columns, by: 8) {
      let centred = lanes(x, i, columns, padding: mean) - mean
      squares.addProduct(centred, centred)
    }
    let scale = 1 / (squares.total() / Scalar(columns) + epsilon).squareRoot()
    statistics[0] = mean
    statistics[1] = scale
    for i in stride(from: 0, to: columns, by: 8) {
      let value = (lanes(x, i, columns, padding: 0) - mean) * scale
      write(
        value * lanes(weight, i, columns, padding: 0) + lanes(bias, i, columns, padding: 0), y, i,
        columns)
    }
  }

  /// With `z = (x − μ)·r` and `s = w ∘ ∂y`: `∂x = r·(s − mean(s) − z·mean(s ∘ z))`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func backward<Scalar: Real>(
    _ x: UnsafePointer<Scalar>, weight: UnsafePointer<Scalar>, columns: Int,
    statistics: UnsafePointer<Scalar>, outputGradient: UnsafePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    let (mean, scale) = (statistics[0], statistics[1])
    var sum = Scalar(0)
    var product = Scalar(0)
    for i in 0..<columns {
      let slope = weight[i] * outputGradient[i]
      sum += slope
      product += slope * (x[i] - mean) * scale
    }
    sum /= Scalar(columns)
    product /= Scalar(columns)
    for i in 0..<columns {
      let z = (x[i] - mean) * scale
      target[i] += scale * (weight[i] * outputGradient[i] - sum - z * product)
    }
  }

  /// `∂w += ∂y ∘ z`; the bias's gradient is that of any bias.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func addWeightGradient<Scalar: Real>(
    _ x: UnsafePointer<Scalar>, columns: Int, statistics: UnsafePointer<Scalar>,
    outputGradient: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>
  ) {
    let (mean, scale) = (statistics[0], statistics[1])
    for i in 0..<columns { target[i] += outputGradient[i] * (x[i] - mean) * scale }
  }
}
