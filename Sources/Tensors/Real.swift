/// The numbers tensors are made of: `Float` to train, `Double` to check gradients and reference values.
///
/// Everything that differs between the two stands here, so that every kernel is written once, generically, and
/// specialised for both with `@specialized`.
public protocol Real: BinaryFloatingPoint, SIMDScalar, Sendable, Codable
where SIMD8Storage: Sendable {
  /// e to the power of each lane.
  static func exponential(_ x: SIMD8<Self>) -> SIMD8<Self>

  /// Lanes of `a` where `x < y`, otherwise of `b`.
  ///
  /// A requirement, because comparisons of lanes in generic code become a loop over them, 20 times slower.
  static func choose(
    _ a: SIMD8<Self>, _ b: SIMD8<Self>, whereLess x: SIMD8<Self>, _ y: SIMD8<Self>
  ) -> SIMD8<Self>

  /// e to the power of `x`.
  static func exponential(_ x: Self) -> Self

  /// The natural logarithm of `x`.
  static func logarithm(_ x: Self) -> Self

  /// `2/√π · ∫₀ˣ e^(−t²) dt`.
  static func errorFunction(_ x: Self) -> Self
}
