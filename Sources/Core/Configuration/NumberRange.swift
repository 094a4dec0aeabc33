internal import Foundation

/// The numbers that a key takes: always finite, and no further from 0 than `most` unless it says so.
public struct NumberRange: Sendable, Hashable {
  /// The smallest number, or the one above which it begins.
  public let lowest: Double
  /// The largest number, or the one below which it ends.
  public let highest: Double
  /// Whether `lowest` itself is none of them.
  public let isAbove: Bool
  /// Whether `highest` itself is none of them.
  public let isBelow: Bool

  /// Where ranges end that name no end.
  ///
  /// No count or weight of a run comes near a billion, and the product of two counts still fits an integer.
  public static let most = 1_000_000_000

  /// Every number that a key takes which says nothing more.
  public static let any = NumberRange(-Double(most)...Double(most))

  private init(_ lowest: Double, _ highest: Double, isAbove: Bool, isBelow: Bool) {
    (self.lowest, self.highest) = (lowest, highest)
    (self.isAbove, self.isBelow) = (isAbove, isBelow)
  }

  /// Both ends included.
  public init(_ range: ClosedRange<Double>) {
    self.init(range.lowerBound, range.upperBound, isAbove: false, isBelow: false)
  }

  /// Numbers above one, up to another which is included.
  public static func above(_ lowest: Double, to highest: Double = Double(most)) -> NumberRange {
    NumberRange(lowest, highest, isAbove: true, isBelow: false)
  }

  /// Numbers from one which is included, or above one which is not, that stay below another.
  public static func below(
    _ highest: Double, from lowest: Double? = nil, above: Double? = nil
  ) -> NumberRange {
    NumberRange(
      lowest ?? above ?? -Double(most), highest, isAbove: lowest == nil && above != nil,
      isBelow: true)
  }

  /// Whether a number is one of them; no infinity is, nor what is no number.
  public func contains(_ number: Double) -> Bool {
    (isAbove ? number > lowest : number >= lowest)
      && (isBelow ? number < highest : number <= highest) && number.isFinite
  }

  /// The one nearest to a number; `nil` where there is no nearest, as beside 0 of all numbers above 0.
  public func nearest(to number: Double) -> Double? {
    if number > highest { return isBelow ? nil : highest }
    return number < lowest && !isAbove ? lowest : nil
  }

  /// The range in words, without an end that every key has.
  public var words: String {
    let isOpen = highest >= Double(Self.most)
    if isOpen, lowest <= -Double(Self.most) { return "a number" }
    if isOpen { return "a number \(isAbove ? "above" : "from") \(text(lowest))" }
    if isAbove {
      return "a number above \(text(lowest)) and \(isBelow ? "below" : "at most") \(text(highest))"
    }
    return "a number from \(text(lowest)) \(isBelow ? "and below" : "to") \(text(highest))"
  }

  private func text(_ number: Double) -> String {
    number == number.rounded() && number.magnitude < 1e15
      ? String(format: "%.0f", number) : "\(number)"
  }
}
