internal import Foundation

/// How new pixels are made of old ones; the numbers are Pillow's, which processors write as `resample`.
package enum Resampling: Int, Sendable, Hashable, CaseIterable {
  /// The pixel that lies there.
  case nearest = 0
  /// A windowed sinc over six pixels.
  case lanczos = 1
  /// A triangle over two pixels.
  case bilinear = 2
  /// Keys' cubic with a = −½ over four pixels.
  case bicubic = 3

  /// How far a pixel reaches, in pixels of the smaller picture.
  fileprivate var support: Double {
    switch self {
    case .nearest: 0
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The weight at a distance.
  fileprivate func weight(_ distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .nearest: return 0
    case .bilinear: return x < 1 ? 1 - x : 0
    case .bicubic:
      if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0
    case .lanczos:
      // The end is open on one side, as Pillow has it.
      return distance >= -3 && distance < 3 ? Self.sinc(distance) * Self.sinc(distance / 3) : 0
    }
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(x * Double.pi) / (x * Double.pi)
  }
}

/// The weights with which one side of a picture is resampled: whole numbers of 22 bits behind the point, as Pillow's for
/// pictures of eight bits.
struct ResamplingKernel {
  /// Bits behind the point: eight for the pixel and two for overshoot are left of 32.
  static let bits: Int32 = 22

  /// For each new pixel the first old one.
  private(set) var starts: [Int] = []
  /// For each new pixel how many old ones count.
  private(set) var counts: [Int] = []
  /// `width` numbers a new pixel.
  private(set) var weights: [Int32] = []
  /// Room for the weights of a pixel.
  let width: Int

  /// - Precondition: Both lengths are positive, and the filter is not `.nearest`.
  init(_ filter: Resampling, from old: Int, to new: Int) {
    let scale = Double(old) / Double(new)
    // Where pictures shrink, a new pixel covers several old ones.
    let stretch = max(1, scale)
    let support = filter.support * stretch
    width = Int(support.rounded(.up)) * 2 + 1
    weights.reserveCapacity(new * width)
    for pixel in 0..<new {
      let center = (Double(pixel) + 0.5) * scale
      let first = max(0, Int(center - support + 0.5))
      let last = min(old, Int(center + support + 0.5))
      var own = (first..<last).map {
        filter.weight((Double($0) - center + 0.5) * (1 / stretch))
      }
      let sum = own.reduce(0, +)
      if sum != 0 { own = own.map { $0 / sum } }
      starts.append(first)
      counts.append(own.count)
      weights.append(contentsOf: own.map { Self.whole($0) })
      weights.append(contentsOf: repeatElement(0, count: width - own.count))
    }
  }

  private static func whole(_ weight: Double) -> Int32 {
    let scaled = weight * Double(1 << bits)
    return Int32(weight < 0 ? scaled - 0.5 : scaled + 0.5)
  }

  /// A sum of products as a pixel.
  @inline(__always)
  static func pixel(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> bits) }

  /// Half a unit of a pixel: where sums begin.
  static let half: Int32 = 1 << (bits - 1)
}
