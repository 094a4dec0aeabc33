/// Where to stop listening to a teacher that has lost the thread: at a downward step of its margin.
///
/// The series is cut into blocks; a split into two means replaces one mean where `n ln(RSS/n) + k ln n` falls, with k = 1
/// without and 3 with a split. It counts if both sides have `minimumBlocks` and the mean drops by `drop` standard
/// deviations of the series.
///
/// Source: prefix teaching, docs/objectives.md, "Variants of distillation".
package struct ChangePointRule: Sendable, Hashable {
  /// What is watched.
  package enum Series: String, Sendable, Hashable, CaseIterable {
    /// `log q` of the teacher's best token less that of its second best; needs its two most likely tokens.
    case topTwoMargin
    /// `log q(y_t) − log π_old(y_t)`.
    case advantage
    /// `log q(y_t)`.
    case logProbability
  }

  /// What is watched.
  package var series: Series
  /// Tokens a block.
  package var block: Int
  /// The fewest blocks on each side of a split.
  package var minimumBlocks: Int
  /// The smallest drop, in standard deviations of the series.
  package var drop: Double

  /// A rule.
  package init(
    series: Series = .topTwoMargin, block: Int = 1, minimumBlocks: Int = 3, drop: Double = 0.5
  ) {
    self.series = series
    self.block = block
    self.minimumBlocks = minimumBlocks
    self.drop = drop
  }

  /// How many leading tokens to keep.
  ///
  /// - Parameter values: The series, one number a token.
  /// - Returns: The tokens before the drop; all of them where there is none.
  /// - Complexity: O(T).
  package func kept(_ values: [Double]) -> Int {
    let means = blockMeans(values)
    let n = Double(means.count)
    guard means.count >= 2 * minimumBlocks else { return values.count }
    let prefix = means.reduce(into: [0.0]) { $0.append($0[$0.count - 1] + $1) }
    let squares = means.reduce(into: [0.0]) { $0.append($0[$0.count - 1] + $1 * $1) }
    func residual(_ from: Int, _ to: Int) -> Double {
      let sum = prefix[to] - prefix[from]
      return max(0, squares[to] - squares[from] - sum * sum / Double(to - from))
    }
    let whole = residual(0, means.count)
    let splits = minimumBlocks...(means.count - minimumBlocks)
    let residuals = splits.map { residual(0, $0) + residual($0, means.count) }
    guard let least = residuals.min(), let place = residuals.firstIndex(of: least) else {
      return values.count
    }
    let split = splits.lowerBound + place
    let before = prefix[split] / Double(split)
    let after = (prefix[means.count] - prefix[split]) / (n - Double(split))
    let deviation = (whole / n).squareRoot()
    let smallest = 1e-12 * max(whole, 1e-300)
    let gain = n * logarithmOf(max(whole, smallest) / max(least, smallest))
    guard gain > 2 * logarithmOf(n), before - after >= drop * deviation, deviation > 0 else {
      return values.count
    }
    return min(split * block, values.count)
  }

  private func blockMeans(_ values: [Double]) -> [Double] {
    stride(from: 0, to: values.count, by: block).map { start in
      let part = values[start..<min(start + block, values.count)]
      return part.reduce(0, +) / Double(part.count)
    }
  }
}

extension ChangePointRule {
  init(phrase: Phrase) throws(ObjectiveError) {
    let a = try PhraseArguments(phrase, ["series", "block", "minimumBlocks", "drop"])
    self.init(
      series: try a.choice("series", or: .topTwoMargin),
      block: a.word("block") == nil ? 1 : try a.integer("block"),
      minimumBlocks: a.word("minimumBlocks") == nil ? 3 : try a.integer("minimumBlocks"),
      drop: try a.number("drop", or: 0.5))
    guard block > 0, minimumBlocks > 0 else {
      throw .malformed(text: phrase.text, reason: "blocks must be at least 1")
    }
  }

  var phrase: Phrase {
    Phrase(
      "changePoint",
      [
        ("series", series.rawValue), ("block", "\(block)"),
        ("minimumBlocks", "\(minimumBlocks)"), ("drop", written(drop)),
      ])
  }
}
