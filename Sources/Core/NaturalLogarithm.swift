internal import Foundation

// Wrapped so that this file alone imports Foundation.

/// The natural logarithm.
func naturalLogarithm(_ x: Double) -> Double { log(x) }

/// The exponential function.
func exponential(_ x: Double) -> Double { exp(x) }
