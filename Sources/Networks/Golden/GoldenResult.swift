internal import Core

/// One comparison with a reference value.
package struct GoldenResult: Sendable, Hashable {
  /// What was compared.
  package let name: String
  /// How far the two are apart; infinite where they cannot be compared.
  package let error: Double
  /// How far they may be apart.
  package let tolerance: Double
  /// A sentence on what was refused, where that is the right answer.
  package let note: String?

  /// A comparison.
  package init(_ name: String, error: Double, tolerance: Double, note: String? = nil) {
    self.name = name
    self.error = error
    self.tolerance = tolerance
    self.note = note
  }

  /// Something that must be exactly so.
  package init(_ name: String, isTrue: Bool, note: String? = nil) {
    self.init(name, error: isTrue ? 0 : .infinity, tolerance: 0, note: note)
  }

  /// Whether the two are near enough; a NaN is not.
  package var passed: Bool { error <= tolerance }
}

/// Reference values of a tensor: whole, or a sample with sum and norm.
struct GoldenTensor: Decodable {
  var shape: [Int]
  var sum: Double
  var norm: Double
  var values: [Double]?
  var indices: [Int]?
  var samples: [Double]?

  /// How far numbers are from these, relative to the norm.
  ///
  /// The sum of n numbers of that norm may be √n times as large, and its rounding errors with it.
  func distance<Scalar: BinaryFloatingPoint>(_ numbers: [Scalar]) -> Double {
    guard numbers.count == shape.reduce(1, *) else { return .infinity }
    let places = indices ?? Array(numbers.indices)
    guard let expected = values ?? samples, expected.count == places.count,
      places.allSatisfy(numbers.indices.contains)
    else { return .infinity }
    let scale = max(norm, 1e-12)
    let squares = zip(places, expected).reduce(0) { total, pair in
      let difference = Double(numbers[pair.0]) - pair.1
      return total + difference * difference
    }
    let own = numbers.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let total = numbers.reduce(0) { $0 + Double($1) }
    return WorstError.of([
      squares.squareRoot() / scale, (own - norm).magnitude / scale,
      (total - sum).magnitude / (scale * Double(numbers.count).squareRoot()),
    ])
  }
}
