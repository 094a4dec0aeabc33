internal import Core
internal import Tensors

extension PromptEncoder {
  /// What words stand for: frames by their last rows, which in a causal decoder have seen the others; `first` feature rows
  /// stand before the frames.
  func targets(of frames: FrameFeatures, after first: Int) -> PointerPlan.Targets {
    var targets = PointerPlan.Targets()
    guard let timeTokens else { return targets }
    let times = frames.timestamps
    let inTime = times.indices.sorted { times[$0] < times[$1] }
    targets.order = inTime.map { first + $0 * tokensPerFrame + tokensPerFrame - 1 }
    // How many frames lie before each time; a word for a time behind the video's end is nowhere.
    var earlier: [Int] = []
    for token in 0..<timeTokens.times {
      let time = Double(token) * timeTokens.step
      guard time <= frames.duration + 1e-6 else { break }
      var count = earlier.last ?? 0
      while count < inTime.count, times[inTime[count]] < time { count += 1 }
      earlier.append(count)
    }
    targets.places = places(timeTokens, earlier, targets.order)
    return targets
  }

  /// The rows of each word, where `earlier` counts the frames before each time.
  private func places(
    _ tokens: TimeTokens, _ earlier: [Int], _ order: [Int]
  ) -> [PointerPlan.Place] {
    func row(_ place: Int) -> Int? { order.indices.contains(place) ? order[place] : nil }
    guard tokens.areStretches else {
      return earlier.map { .init(before: row($0 - 1), after: row($0)) }
    }
    let nothing = PointerPlan.Place(before: nil, after: nil)
    return (0..<tokens.times).flatMap { start in
      (start + 1..<max(start + 1, tokens.times)).map { end -> PointerPlan.Place in
        guard end < earlier.count, earlier[start] < earlier[end] else { return nothing }
        let inside = earlier[start]..<earlier[end]
        return .init(
          before: row(inside.upperBound - 1), after: row(inside.lowerBound), inside: inside)
      }
    }
  }
}
