package import Core
internal import Plugins

/// The K frames from which the curve of query similarities is best drawn as steps.
///
/// The video is cut into K stretches so that the squared differences of the similarities from their stretch's mean are
/// smallest, and the frame of each stretch nearest to its mean is kept, ties to the middle. Where the similarity changes
/// there are many frames, where it is flat there are few: a reader who fills in between the frames sees the whole curve.
///
/// Our reading of a name without a published formula; `fit` says whether the cuts are the best or found greedily.
package struct SimilarityFitKeyframes: QuerySelector {
  /// How the cuts are found.
  package enum Fit: String, Codable, Sendable, CaseIterable {
    /// The best cuts, by dynamic programming in O(K·F²).
    case optimal
    /// One cut at a time where it helps most, in O(K·F).
    case greedy
  }

  /// What can be set.
  package struct Parameters: PluginParameters, Hashable, FrameBudget {
    /// K: how many frames to keep.
    package var budget: Int?
    /// δ: the share of the frames to keep, instead of a budget.
    package var ratio: Double?
    /// How the cuts are found.
    package var fit = Fit.optimal

    /// Half of the frames, the best cuts.
    package init() {}

    /// One line a parameter.
    package static let keys = budgetKeys.merging([
      "fit": .choice(
        SimilarityFitKeyframes.Fit.self,
        "optimal (dynamic programming, K·F² steps) or greedy (K·F steps).")
    ]) { $1 }
  }

  /// The name it is known by.
  package static let name = "similarity-fit"

  /// What was set.
  package let parameters: Parameters

  /// A selector with these parameters.
  ///
  /// - Throws: `KeyframeError` for a parameter out of range.
  package init(_ parameters: Parameters = Parameters()) throws {
    try parameters.checkBudget(of: Self.name)
    self.parameters = parameters
  }

  /// Chooses frames for one prompt; `scores` are the cosines with the query.
  package func select(_ prompt: Prompt) throws -> KeyframeSelection {
    let scores = try prompt.querySimilarities(for: Self.name)
    let curve = StepFit(scores)
    let count = parameters.kept(of: scores.count)
    let starts = parameters.fit == .optimal ? curve.bestStarts(count) : curve.greedyStarts(count)
    let ends = starts.dropFirst() + [scores.count]
    var cost = prompt.queryScanCost
    let frames = Double(scores.count)
    cost.flops += 5 * Double(count) * (parameters.fit == .optimal ? frames * frames / 2 : frames)
    return KeyframeSelection(
      indices: zip(starts, ends).map { curve.medoid($0..<$1) }, scores: scores, cost: cost)
  }
}

/// Cuts a curve into steps.
struct StepFit {
  private let values: [Double]
  private var sums: [Double] = [0]
  private var squares: [Double] = [0]

  init(_ values: [Double]) {
    self.values = values
    var sum = 0.0
    var square = 0.0
    for value in values {
      sum += value
      square += value * value
      sums.append(sum)
      squares.append(square)
    }
  }

  /// The squared differences from the mean over a stretch, from running sums in O(1).
  func error(_ start: Int, _ end: Int) -> Double {
    let sum = sums[end] - sums[start]
    return max(0, squares[end] - squares[start] - sum * sum / Double(end - start))
  }

  /// Where the stretches of the best fit start; the earliest cuts of equals.
  func bestStarts(_ count: Int) -> [Int] {
    let frames = values.count
    var best = (0...frames).map { $0 == 0 ? 0 : error(0, $0) }
    var cuts: [[Int]] = []
    for stretches in stride(from: 2, through: count, by: 1) {
      var next = [Double](repeating: .infinity, count: frames + 1)
      var cut = [Int](repeating: 0, count: frames + 1)
      for end in stretches...frames {
        for start in stretches - 1..<end {
          let total = best[start] + error(start, end)
          if total < next[end] {
            next[end] = total
            cut[end] = start
          }
        }
      }
      best = next
      cuts.append(cut)
    }
    var starts: [Int] = []
    var end = frames
    for cut in cuts.reversed() {
      end = cut[end]
      starts.append(end)
    }
    return [0] + starts.reversed()
  }

  /// Where the stretches start when the most helpful cut is made again and again.
  func greedyStarts(_ count: Int) -> [Int] {
    var stretches = [bestCut(of: 0..<values.count)]
    while stretches.count < count {
      guard
        let widest = stretches.indices.filter({ stretches[$0].range.count > 1 }).max(by: {
          stretches[$0].gain < stretches[$1].gain
        })
      else { break }
      let cut = stretches[widest]
      stretches[widest] = bestCut(of: cut.range.lowerBound..<cut.at)
      stretches.append(bestCut(of: cut.at..<cut.range.upperBound))
    }
    return stretches.map(\.range.lowerBound).sorted()
  }

  /// The frame of a stretch nearest to its mean, of equals the one nearest to the middle.
  func medoid(_ range: Range<Int>) -> Int {
    let mean = (sums[range.upperBound] - sums[range.lowerBound]) / Double(range.count)
    let middle = (range.lowerBound + range.upperBound - 1) / 2
    let ranked = range.map { (abs(values[$0] - mean), abs($0 - middle), $0) }
    return ranked.min { ($0.0, $0.1) < ($1.0, $1.1) }?.2 ?? middle
  }

  private func bestCut(of range: Range<Int>) -> (range: Range<Int>, at: Int, gain: Double) {
    let whole = error(range.lowerBound, range.upperBound)
    var best = (range: range, at: range.lowerBound, gain: -1.0)
    for cut in range.dropFirst() {
      let gain = whole - error(range.lowerBound, cut) - error(cut, range.upperBound)
      if gain > best.gain { best = (range, cut, gain) }
    }
    return best
  }
}
