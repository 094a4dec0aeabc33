/// The root of a random stream; every stream of a run is derived from one seed by purpose and number.
///
/// Two streams with different purposes never share draws, so adding a consumer leaves all the others unchanged; two arms
/// of a comparison with the same seed see the same initial weights, prompts and sampler streams.
public struct Seed: Sendable, Hashable, Codable {
  /// The 64 bits from which draws are made.
  public let value: UInt64

  /// A seed with the given bits.
  public init(_ value: UInt64) { self.value = value }

  /// The seed of a stream of its own.
  ///
  /// - Parameters:
  ///   - purpose: What the stream is for, in words.
  ///   - index: Which of the streams for that purpose.
  /// - Returns: A seed that looks independent of this one and of every other purpose and index.
  /// - Complexity: O(length of `purpose`).
  public func derived(_ purpose: String, _ index: Int = 0) -> Seed {
    // FNV-1a over the words, then SplitMix64's finaliser, which maps neighbouring inputs to unrelated outputs.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ value
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = scrambled(hash &+ 0x9e37_79b9_7f4a_7c15 &* UInt64(bitPattern: Int64(index) &+ 1))
    return Seed(scrambled(hash ^ value))
  }

  /// A generator that starts at this seed.
  public func generator() -> SeededGenerator { SeededGenerator(seed: self) }
}

/// SplitMix64, a small generator whose whole state is one number, so that a checkpoint can keep it.
///
/// Source: Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Hashable, Codable {
  /// All there is to save and restore.
  public private(set) var state: UInt64

  /// A generator at the start of the stream of `seed`.
  public init(seed: Seed) { state = seed.value }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return scrambled(state)
  }

  /// A number drawn uniformly from [0, 1) with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A whole number drawn uniformly from 0 ..< `bound`.
  public mutating func integer(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// A number drawn from the standard normal distribution, by Marsaglia's polar method.
  public mutating func normal() -> Double {
    while true {
      let u = 2 * uniform() - 1
      let v = 2 * uniform() - 1
      let s = u * u + v * v
      if s > 0, s < 1 { return u * (-2 * naturalLogarithm(s) / s).squareRoot() }
    }
  }

  /// A number of the standard Gumbel distribution: the arg-max of logits plus such numbers is a sample of their softmax.
  public mutating func gumbel() -> Double {
    -naturalLogarithm(-naturalLogarithm(max(uniform(), 0x1p-60)))
  }
}

/// SplitMix64's finaliser.
private func scrambled(_ bits: UInt64) -> UInt64 {
  var z = bits
  z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z >> 31)
}
