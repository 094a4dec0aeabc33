internal import Core

/// Average precision of scored windows against the right ones.
enum DetectionPrecision {
  /// The average precision at each threshold.
  ///
  /// Windows are taken from the most confident on; one that reaches the threshold with a right window not yet found is a
  /// hit. The precision at a recall is the best precision at that recall or a higher one, and the average is the area
  /// under that staircase.
  ///
  /// Source: the ActivityNet detection protocol, as the QVHighlights evaluator uses it.
  static func average(
    _ predictions: [ScoredInterval], truths: [Interval], thresholds: [Double]
  ) -> [Double] {
    guard !predictions.isEmpty, !truths.isEmpty else { return thresholds.map { _ in 0 } }
    let ranked = byDescending(predictions, \.confidence)
    let candidates = ranked.map { prediction in
      // The best right window first; of equal ones the later, as NumPy's reversed sort has it.
      truths.enumerated().map { (index: $0, iou: prediction.interval.iou($1)) }
        .sorted { ($0.iou, $0.index) > ($1.iou, $1.index) }
    }
    return thresholds.map { threshold in
      var found = Set<Int>()
      let hits = candidates.map { candidates in
        guard
          let match = candidates.first(where: { $0.iou < threshold || !found.contains($0.index) }),
          match.iou >= threshold
        else { return false }
        found.insert(match.index)
        return true
      }
      return area(hits, truths: truths.count)
    }
  }

  /// The area under precision over recall, precision made non-increasing from the right.
  private static func area(_ hits: [Bool], truths: Int) -> Double {
    var precisions: [Double] = []
    var count = 0.0
    for (rank, hit) in hits.enumerated() {
      count += hit ? 1 : 0
      precisions.append(count / Double(rank + 1))
    }
    var best = 0.0
    var area = 0.0
    for (precision, hit) in zip(precisions, hits).reversed() {
      best = max(best, precision)
      if hit { area += best }
    }
    return area / Double(truths)
  }

  /// The elements from the highest value down, equal ones in their order.
  static func byDescending<Element>(
    _ elements: [Element], _ value: (Element) -> Double
  ) -> [Element] {
    elements.enumerated().sorted { first, second in
      let (a, b) = (value(first.element), value(second.element))
      return a == b ? first.offset < second.offset : a > b
    }.map(\.element)
  }
}
