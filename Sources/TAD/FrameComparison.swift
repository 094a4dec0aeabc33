/// Compares each frame with the one before it in single precision, reading every number once from memory.
///
/// The product with the previous frame, which is still in the cache, and the square of the new one are summed together in
/// sixteen lanes; the squares of the previous frame are remembered. The quotients are taken in double precision.
///
/// A frame whose squares overflow or that has a NaN gives `nil`; `variation(_:…)` in double precision then decides
/// whether it can be used.
package struct FrameComparison: Sendable {
  /// How many rows are compared.
  private let rows: Int
  /// How many numbers a compared row has.
  private let width: Int
  /// How many rows are averaged before; 1 where none are.
  private let pooled: Int
  private var squares: [Float]
  private var products: [Float]
  private var previousSquares: [Float]
  private var mean: [Float] = []

  package init(tokensPerFrame: Int, channels: Int, reading: FeatureReading) {
    pooled = reading == .pooled ? tokensPerFrame : 1
    rows = reading == .perToken ? tokensPerFrame : 1
    width = reading == .flattened ? tokensPerFrame * channels : channels
    squares = [Float](repeating: 0, count: rows)
    products = squares
    previousSquares = squares
    if pooled > 1 { mean = [Float](repeating: 0, count: channels) }
  }

  /// Takes in the first frame of a video, which has nothing to be compared with.
  ///
  /// - Returns: 0, or `nil` where the frame has a number that is not finite, or a huge one.
  package mutating func start(_ values: Span<Float>, at offset: Int) -> Double? {
    next(values, at: offset, after: values, at: offset) == nil ? nil : 0
  }

  /// The variation of a frame that follows the one taken in last.
  ///
  /// - Parameters:
  ///   - values: Where the frame is.
  ///   - offset: Where in `values` it starts.
  ///   - previous: Where the frame before it is; not read where rows are averaged.
  ///   - previousOffset: Where in `previous` it starts.
  /// - Returns: The mean over rows of 1 − cosine; `nil` where the frame has a number that is not finite, or a huge one.
  package mutating func next(
    _ values: Span<Float>, at offset: Int, after previous: Span<Float>, at previousOffset: Int
  ) -> Double? {
    swap(&squares, &previousSquares)
    if pooled > 1 {
      let last = mean
      mean = average(values, at: offset)
      let current = mean
      compare(current.span, at: 0, after: last.span, at: 0)
    } else {
      compare(values, at: offset, after: previous, at: previousOffset)
    }
    return meanDifference()
  }

  /// The mean over the rows of a frame.
  private func average(_ values: Span<Float>, at offset: Int) -> [Float] {
    let share = 1 / Float(pooled)
    return (0..<width).map { channel in
      var sum: Float = 0
      for token in 0..<pooled { sum += values[offset + token * width + channel] }
      return sum * share
    }
  }

  private mutating func compare(
    _ values: Span<Float>, at offset: Int, after previous: Span<Float>, at previousOffset: Int
  ) {
    let width = width
    for row in 0..<rows {
      let sums = rowSums(
        values, at: offset + row * width, after: previous, at: previousOffset + row * width,
        width: width)
      products[row] = sums.product
      squares[row] = sums.square
    }
  }

  private func meanDifference() -> Double? {
    var sum = 0.0
    for row in 0..<rows {
      sum += cosine(
        dot: Double(products[row]), square: Double(squares[row]),
        otherSquare: Double(previousSquares[row]))
    }
    let result = 1 - sum / Double(rows)
    return squares.allSatisfy(\.isFinite) && result.isFinite ? result : nil
  }
}

/// The product of a row with another and its square.
///
/// Plain products and sums, no fused ones: the loop waits for memory, and a fused product without the processor flag
/// would be a library call a lane.
@inline(__always)
private func rowSums(
  _ values: Span<Float>, at offset: Int, after previous: Span<Float>, at previousOffset: Int,
  width: Int
) -> (product: Float, square: Float) {
  var products = SIMD16<Float>.zero
  var squares = SIMD16<Float>.zero
  let whole = width & ~15
  var index = 0
  while index < whole {
    let lanes = sixteen(values, at: offset &+ index)
    products += lanes * sixteen(previous, at: previousOffset &+ index)
    squares += lanes * lanes
    index &+= 16
  }
  var product = laneSum(products)
  var square = laneSum(squares)
  while index < width {
    product += values[offset + index] * previous[previousOffset + index]
    square += values[offset + index] * values[offset + index]
    index += 1
  }
  return (product, square)
}

/// Sixteen neighbouring numbers.
///
/// The part of known length needs one check of bounds instead of sixteen, and the compiler makes it two vector loads.
@inline(__always)
private func sixteen(_ values: Span<Float>, at index: Int) -> SIMD16<Float> {
  let part = values.extracting(index..<index &+ 16)
  return SIMD16(
    part[0], part[1], part[2], part[3], part[4], part[5], part[6], part[7],
    part[8], part[9], part[10], part[11], part[12], part[13], part[14], part[15])
}

/// The sum of the lanes, halves first.
@inline(__always)
private func laneSum(_ lanes: SIMD16<Float>) -> Float {
  let eight = lanes.lowHalf + lanes.highHalf
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}
