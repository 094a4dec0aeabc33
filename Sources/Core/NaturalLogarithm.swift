internal import Foundation

/// The natural logarithm, wrapped so that this file alone imports Foundation.
func naturalLogarithm(_ x: Double) -> Double { log(x) }
