internal import Foundation

/// Round numbers along an axis.
package struct AxisTicks: Sendable {
  /// The ticks, ascending; the first and the last embrace all values.
  package let values: [Double]

  /// About `count` ticks at multiples of 1, 2 or 5 times a power of ten that embrace a range.
  package init(_ range: ClosedRange<Double>, count: Int) {
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite else {
      let reach = max(abs(range.lowerBound) * 0.1, 1e-3)
      values = [range.lowerBound - reach, range.lowerBound + reach]
      return
    }
    let rough = span / Double(count)
    let power = pow(10, floor(log10(rough)))
    let step = power * ([1, 2, 5, 10].first { $0 * power >= rough } ?? 10)
    let first = (range.lowerBound / step).rounded(.down)
    let last = (range.upperBound / step).rounded(.up)
    values = stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// The first and the last tick.
  var range: ClosedRange<Double> { (values.first ?? 0)...(values.last ?? 1) }

  /// As many decimals as tell two neighbours apart.
  var decimals: Int {
    guard values.count > 1 else { return 2 }
    let step = abs(values[1] - values[0])
    return step > 0 && step.isFinite ? max(0, min(6, Int((-log10(step)).rounded(.up)))) : 2
  }
}
