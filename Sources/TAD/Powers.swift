internal import Foundation

/// The cube root of a number of at least 0.
func cubeRoot(_ x: Double) -> Double { cbrt(x) }
