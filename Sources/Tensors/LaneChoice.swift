extension Real {
  /// The larger of each pair of lanes; where `b` is NaN, `a`.
  @inline(__always)
  static func larger(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self> {
    choose(b, a, whereLess: a, b)
  }

  /// The smaller of each pair of lanes; where `b` is NaN, `a`.
  @inline(__always)
  static func smaller(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self> {
    choose(b, a, whereLess: b, a)
  }

  /// Lanes raised to at least `lowest`; NaN stays NaN.
  @inline(__always)
  static func raised(_ x: SIMD8<Self>, to lowest: Self) -> SIMD8<Self> {
    let bound = SIMD8<Self>(repeating: lowest)
    return choose(bound, x, whereLess: x, bound)
  }
}
