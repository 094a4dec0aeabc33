internal import Foundation

/// e to the power of `x`.
func exponentialOf(_ x: Double) -> Double { exp(x) }

/// The natural logarithm of `x`.
func logarithmOf(_ x: Double) -> Double { log(x) }

/// `log Σ exp` of some numbers, without overflow.
func logSumExp(_ values: [Double]) -> Double {
  guard let peak = values.max(), peak > -.infinity else { return -.infinity }
  return peak + log(values.reduce(0) { $0 + exp($1 - peak) })
}
