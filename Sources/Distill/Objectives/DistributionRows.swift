public import Core
public import Tensors

/// log q over the vocabulary at the positions of one response, read a few positions at a time.
public enum DistributionRows: Sendable {
  /// Made by a teacher when they are read.
  case teacher(any VocabularyRows)
  /// Kept in `Double`, to check against reference values: T·V numbers, row-major, with V.
  case exact([Double], width: Int)

  /// T.
  public var positions: Int {
    switch self {
    case .teacher(let rows): rows.positions
    case .exact(let values, let width): values.count / width
    }
  }

  /// V.
  public var width: Int {
    switch self {
    case .teacher(let rows): rows.vocabularySize
    case .exact(_, let width): width
    }
  }

  /// The log-probabilities at some positions, row-major, nats.
  ///
  /// - Complexity: O(`range.count`·V).
  public func read<Scalar: Real>(_ range: Range<Int>, as _: Scalar.Type) -> [Scalar] {
    switch self {
    case .teacher(let rows):
      return sameNumbers(rows.logProbabilities(range))
    case .exact(let values, let width):
      let part = values[range.lowerBound * width..<range.upperBound * width]
      return part.map { Scalar($0) }
    }
  }

  /// The numbers in another precision; the array itself where that is its own.
  private func sameNumbers<Scalar: Real>(_ values: [Float]) -> [Scalar] {
    // Through `Any`: a cast from one array type to another would visit every element.
    let anything: Any = values
    if Scalar.self == Float.self, let same = anything as? [Scalar] { return same }
    return values.map { Scalar($0) }
  }
}
