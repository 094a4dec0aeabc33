internal import Foundation

/// The function between the two matrices of a feed-forward part.
///
/// All but one are `x·σ(g(x))` with the logistic σ: the hyperbolic tangent's `½(1 + tanh u)` is `σ(2u)`.
/// Source: Hendrycks & Gimpel, arXiv:1606.08415, §2.
public enum Activation: String, Sendable, Hashable, CaseIterable {
  /// `x·Φ(x)`, with the normal distribution's Φ.
  case gelu
  /// `x·σ(2√(2/π)·(x + 0.044715·x³))`.
  case tanhGELU
  /// `x·σ(1.702·x)`.
  case quickGELU
  /// `x·σ(x)`.
  case silu

  /// What a number costs in multiplications of the product kernel; the error function takes one at a time.
  var work: Int { self == .gelu ? 400 : 32 }

  /// √(2/π).
  private static let root = 0.797_884_560_802_865_4

  /// The coefficients a, b of `g(x) = a·x + b·x³`.
  private func gate<Scalar: Real>(_: Scalar.Type) -> (linear: Scalar, cubic: Scalar) {
    switch self {
    case .gelu, .silu: (1, 0)
    case .tanhGELU: (Scalar(2 * Self.root), Scalar(2 * Self.root * 0.044715))
    case .quickGELU: (Scalar(1.702), 0)
    }
  }

  /// `y ← f(x)`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func apply<Scalar: Real>(
    _ x: UnsafePointer<Scalar>, _ count: Int, into y: UnsafeMutablePointer<Scalar>
  ) {
    guard self != .gelu else {
      for i in 0..<count { y[i] = x[i] * Self.normal(x[i]) }
      return
    }
    let (a, b) = gate(Scalar.self)
    var i = 0
    while i < count {
      let value = lanes(x, i, count, padding: 0)
      let sigmoid = 1 / (1 + Scalar.exponential(-(value * a + value * value * value * b)))
      write(value * sigmoid, y, i, count)
      i += 8
    }
  }

  /// `target ← (target +) f′(x)·gradient`.
  ///
  /// With `y = x·σ(g)`: `y′ = σ + x·σ·(1 − σ)·g′`; with `y = x·Φ(x)`: `y′ = Φ + x·φ(x)`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func differentiate<Scalar: Real>(
    _ x: UnsafePointer<Scalar>, _ count: Int, gradient: UnsafePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>, adding: Bool
  ) {
    let (a, b) = gate(Scalar.self)
    for i in 0..<count {
      let value = x[i]
      let slope: Scalar
      if self == .gelu {
        // 1/√(2π), the normal density at 0.
        let density = Scalar.exponential(-value * value / 2) * Scalar(0.398_942_280_401_432_7)
        slope = Self.normal(value) + value * density
      } else {
        let sigmoid = 1 / (1 + Scalar.exponential(-(value * a + value * value * value * b)))
        slope = sigmoid + value * sigmoid * (1 - sigmoid) * (a + 3 * b * value * value)
      }
      target[i] = (adding ? target[i] : 0) + slope * gradient[i]
    }
  }

  /// Φ(x), the share of a standard normal distribution below x.
  @inline(__always)
  private static func normal<Scalar: Real>(_ x: Scalar) -> Scalar {
    (1 + Scalar.errorFunction(x * Scalar(0.707_106_781_186_547_6))) / 2
  }
}
