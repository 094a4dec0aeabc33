/// Eight entries of a row from `index` on; what lies beyond its end reads as `padding`.
@inline(__always)
func lanes<Scalar: Real>(
  _ row: UnsafePointer<Scalar>, _ index: Int, _ width: Int, padding: Scalar
) -> SIMD8<Scalar> {
  if index + 8 <= width {
    return UnsafeRawPointer(row + index).loadUnaligned(as: SIMD8<Scalar>.self)
  }
  var result = SIMD8<Scalar>(repeating: padding)
  for lane in 0..<(width - index) { result[lane] = row[index + lane] }
  return result
}

/// Writes eight entries of a row from `index` on; those beyond its end are dropped.
@inline(__always)
func write<Scalar: Real>(
  _ value: SIMD8<Scalar>, _ row: UnsafeMutablePointer<Scalar>, _ index: Int, _ width: Int
) {
  if index + 8 <= width {
    UnsafeMutableRawPointer(row + index).storeBytes(of: value, as: SIMD8<Scalar>.self)
  } else {
    for lane in 0..<(width - index) { row[index + lane] = value[lane] }
  }
}

/// Visits a row eight entries at a time and adds up what `body` returns, in `Double` from block to block.
///
/// Eight lanes of `Scalar` add up within a block of 512 entries; blocks add up in `Double`, so that a row of 50,000
/// entries loses no more than one of 512.
@inline(__always)
func blockSum<Scalar: Real>(_ width: Int, _ body: (Int) -> SIMD8<Scalar>) -> Double {
  var total = 0.0
  var start = 0
  while start < width {
    let end = min(start + 512, width)
    var block = SIMD8<Scalar>(repeating: 0)
    var index = start
    while index < end {
      block += body(index)
      index += 8
    }
    total += Double(block.sum())
    start = end
  }
  return total
}

/// Log-probabilities where both sides of a divergence are padded: equal, and without mass.
@inline(__always)
func emptyPadding<Scalar: Real>(_: Scalar.Type) -> Scalar { -1000 }
