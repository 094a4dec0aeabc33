internal import Core

/// Questions by the length of their right windows.
///
/// The borders are those of QVHighlights, 10 and 30 s, if each part then holds more than a twentieth of the questions;
/// the tertiles of these questions otherwise.
struct LengthGroups {
  /// Where a group ends and the next begins, in seconds, ascending.
  private let borders: [Double]

  init(of lengths: [Double]) {
    let known = [10.0, 30.0]
    let counts = [lengths.count { $0 < 10 }, lengths.count { $0 >= 10 && $0 < 30 }]
    let least = lengths.count / 20
    if (counts + [lengths.count - counts[0] - counts[1]]).allSatisfy({ $0 > least }) {
      borders = known
      return
    }
    let first = Self.quantile(lengths, 1.0 / 3)
    let second = Self.quantile(lengths, 2.0 / 3)
    borders = first > 0 && first < second ? [first, second] : []
  }

  /// The group of a length in seconds.
  func group(of length: Double) -> Outcome.Group {
    guard let first = borders.first, let last = borders.last else { return .init("all", order: 0) }
    if length < first { return .init("under \(short(first)) s", order: 0) }
    if length < last { return .init("\(short(first))–\(short(last)) s", order: 1) }
    return .init("\(short(last)) s and longer", order: 2)
  }

  /// At most one decimal, and none where it is zero.
  private func short(_ seconds: Double) -> String {
    let tenths = (seconds * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
  }

  /// The quantile with linear interpolation between order statistics; 0 of nothing.
  private static func quantile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return 0 }
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    guard below + 1 < sorted.count else { return last }
    return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
  }
}
