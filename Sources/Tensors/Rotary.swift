internal import Foundation

/// Cosines and sines of rotary positions.
///
/// Pair i of a head turns by `position · base^(−2i/width)`; the two halves of a head are the two parts of the pairs. Where a
/// position has several coordinates (time, row and column of a picture), its row of the table holds angles of its own.
/// Source: Su et al., arXiv:2104.09864, in the arrangement of Llama checkpoints.
public struct RotaryTable<Scalar: Real>: Sendable {
  let half: Int

  /// How many positions there are along the one axis of text.
  public let positions: Int

  private let cosines: [Scalar]
  private let sines: [Scalar]
  private let magnitude: Double
  // Beside the others, so that a batch's own positions do not copy the table of all.
  private var ownCosines: [Scalar] = []
  private var ownSines: [Scalar] = []

  /// A table for positions 0 ..< `positions`.
  public init(width: Int, positions: Int, base: Double) {
    self.init(frequencies: Self.frequencies(width: width, base: base), positions: positions)
  }

  /// A table for positions 0 ..< `positions` in which pair i turns by `position · frequencies[i]`.
  ///
  /// - Parameters:
  ///   - frequencies: Radians a position, one a pair: half a head's width.
  ///   - positions: How many positions there are.
  ///   - magnitude: What cosines and sines are multiplied by; scores grow by its square.
  public init(frequencies: [Double], positions: Int, magnitude: Double = 1) {
    half = frequencies.count
    self.positions = positions
    self.magnitude = magnitude
    var cosines: [Scalar] = []
    var sines: [Scalar] = []
    for position in 0..<positions {
      for frequency in frequencies {
        let angle = Double(position) * frequency
        cosines.append(Scalar(cos(angle) * magnitude))
        sines.append(Scalar(sin(angle) * magnitude))
      }
    }
    self.cosines = cosines
    self.sines = sines
  }

  /// A table in which nothing turns: its one position is 0.
  public static func still(width: Int) -> RotaryTable {
    RotaryTable(frequencies: [Double](repeating: 0, count: width / 2), positions: 1)
  }

  /// The table with further positions, numbered from `positions` on.
  ///
  /// - Parameter angles: Radians of each pair, one row a position.
  /// - Returns: A table that shares the old positions.
  /// - Precondition: A row has an angle for each pair, and the table has no further positions yet.
  public func adding(angles: [[Double]]) -> RotaryTable {
    precondition(ownCosines.isEmpty, "The table has positions of its own already.")
    precondition(
      angles.allSatisfy { $0.count == half }, "\(half) pairs of a head need \(half) angles.")
    var result = self
    result.ownCosines = angles.joined().map { Scalar(cos($0) * magnitude) }
    result.ownSines = angles.joined().map { Scalar(sin($0) * magnitude) }
    return result
  }

  /// `base^(−2i/width)` for each pair i, radians a position.
  public static func frequencies(width: Int, base: Double) -> [Double] {
    (0..<width / 2).map { pow(base, -2 * Double($0) / Double(width)) }
  }

  /// Lends the cosines and sines of a position.
  @inline(__always)
  func withRow(
    _ position: Int,
    _ body: (_ cosines: UnsafePointer<Scalar>, _ sines: UnsafePointer<Scalar>) -> Void
  ) {
    let isOwn = position >= positions
    let start = (isOwn ? position - positions : position) * half
    let count = isOwn ? ownCosines.count : cosines.count
    precondition(start + half <= count, "Position \(position) of \(positions).")
    (isOwn ? ownCosines : cosines).withUnsafeBufferPointer { cosines in
      (isOwn ? ownSines : sines).withUnsafeBufferPointer { sines in
        guard let cosine = cosines.baseAddress, let sine = sines.baseAddress else { return }
        body(cosine + start, sine + start)
      }
    }
  }
}

/// Rotary positions, applied and undone.
enum Rotary {
  /// `target ← scale · R(position)·x`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func apply<Scalar: Real>(
    _ x: UnsafePointer<Scalar>, _ table: RotaryTable<Scalar>, position: Int, scale: Scalar,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    let half = table.half
    table.withRow(position) { c, s in
      let vectors = half / 8 * 8
      for i in stride(from: 0, to: vectors, by: 8) {
        let first = load(x + i)
        let second = load(x + half + i)
        put((first * load(c + i) - second * load(s + i)) * scale, target + i)
        put((second * load(c + i) + first * load(s + i)) * scale, target + half + i)
      }
      for i in vectors..<half {
        let first = x[i]
        let second = x[half + i]
        target[i] = (first * c[i] - second * s[i]) * scale
        target[half + i] = (second * c[i] + first * s[i]) * scale
      }
    }
  }

  /// `target ← (target +) scale · R(position)ᵀ·gradient`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func undo<Scalar: Real>(
    _ gradient: UnsafePointer<Scalar>, _ table: RotaryTable<Scalar>, position: Int, scale: Scalar,
    into target: UnsafeMutablePointer<Scalar>, adding: Bool
  ) {
    let half = table.half
    table.withRow(position) { c, s in
      let vectors = half / 8 * 8
      for i in stride(from: 0, to: vectors, by: 8) {
        let (low, high) = (load(gradient + i), load(gradient + half + i))
        let first = (low * load(c + i) + high * load(s + i)) * scale
        let second = (high * load(c + i) - low * load(s + i)) * scale
        put(adding ? load(target + i) + first : first, target + i)
        put(adding ? load(target + half + i) + second : second, target + half + i)
      }
      for i in vectors..<half {
        let first = (gradient[i] * c[i] + gradient[half + i] * s[i]) * scale
        let second = (gradient[half + i] * c[i] - gradient[i] * s[i]) * scale
        target[i] = adding ? target[i] + first : first
        target[half + i] = adding ? target[half + i] + second : second
      }
    }
  }
}
