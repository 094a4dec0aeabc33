internal import Foundation

/// How rotary frequencies were changed so that a model reads farther than it was first trained to.
package enum RotaryScaling: Sendable, Hashable, Codable {
  /// Frequencies as they are: `θ_i = base^(−2i/width)`.
  case none
  /// All frequencies divided by a factor. Source: Chen et al., arXiv:2306.15595, eq. 4.
  case linear(factor: Double)
  /// Long waves divided by a factor, short ones kept, a ramp between. Source: Llama 3.1's reference code.
  case llama3(Llama3)
  /// A ramp over the pairs by how often they turn, and larger scores. Source: Peng et al., arXiv:2309.00071, §3.2, §3.4.
  case yarn(Yarn)
  /// Each frequency divided by its own number, as GGUF files hold them.
  case divisors([Double])

  /// The settings of `llama3`.
  package struct Llama3: Sendable, Hashable, Codable {
    /// What long waves' frequencies are divided by.
    package var factor: Double
    /// Waves longer than the original length over this are long.
    package var low: Double
    /// Waves shorter than the original length over this are short.
    package var high: Double
    /// The length the model was first trained for, positions.
    package var original: Double
  }

  /// The settings of `yarn`.
  package struct Yarn: Sendable, Hashable, Codable {
    /// What the frequencies of pairs that hardly turn are divided by.
    package var factor: Double
    /// The length the model was first trained for, positions.
    package var original: Double
    /// Pairs that turn more often than this within the original length are kept.
    package var fast: Double
    /// Pairs that turn less often than this are divided.
    package var slow: Double
    /// What cosines and sines are multiplied by.
    package var magnitude: Double
    /// Whether the ramp begins and ends at whole pairs.
    package var isTruncated: Bool
  }

  /// What cosines and sines are multiplied by.
  var magnitude: Double {
    if case .yarn(let yarn) = self { return yarn.magnitude }
    return 1
  }

  /// The changed frequencies, radians a position, one a pair.
  ///
  /// - Parameters:
  ///   - plain: The unchanged frequencies.
  ///   - base: The base they were made with.
  /// - Returns: As many as there were.
  func apply(to plain: [Double], base: Double) -> [Double] {
    switch self {
    case .none: plain
    case .linear(let factor): plain.map { $0 / factor }
    case .llama3(let settings): plain.map { settings.scaled($0) }
    case .yarn(let settings): settings.scaled(plain, base: base)
    case .divisors(let divisors): zip(plain, divisors).map { $0 / $1 }
    }
  }
}

extension RotaryScaling.Llama3 {
  fileprivate func scaled(_ frequency: Double) -> Double {
    let wave = 2 * Double.pi / frequency
    guard wave >= original / high else { return frequency }
    guard wave <= original / low else { return frequency / factor }
    let smooth = (original / wave - low) / (high - low)
    return (1 - smooth) * frequency / factor + smooth * frequency
  }
}

extension RotaryScaling.Yarn {
  /// `0.1·m·log(factor) + 1`, the paper's √(1/t) for m = 1.
  static func magnitude(_ factor: Double, _ scale: Double = 1) -> Double {
    factor <= 1 ? 1 : 0.1 * scale * log(factor) + 1
  }

  fileprivate func scaled(_ plain: [Double], base: Double) -> [Double] {
    let width = Double(2 * plain.count)
    // The pair that turns so often within the original length.
    func pair(turning turns: Double) -> Double {
      width * log(original / (turns * 2 * Double.pi)) / (2 * log(base))
    }
    var low = pair(turning: fast)
    var high = pair(turning: slow)
    if isTruncated { (low, high) = (low.rounded(.down), high.rounded(.up)) }
    low = max(low, 0)
    high = min(high, width - 1)
    // A ramp of no length would divide by zero.
    if low == high { high += 0.001 }
    return plain.enumerated().map { index, frequency in
      let divided = min(1, max(0, (Double(index) - low) / (high - low)))
      return frequency / factor * divided + frequency * (1 - divided)
    }
  }
}
