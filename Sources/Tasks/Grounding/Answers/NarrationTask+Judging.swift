package import Core

extension NarrationTask {
  /// The mean intersection over union of the windows.
  package var headline: MetricName { windows.headline }

  /// The recalls of windows, and how much of what is told is right and of what happens is told.
  package var columns: [MetricName] {
    windows.columns + [.narrationPrecision, .narrationRecall]
  }

  /// What its numbers mean.
  package var metrics: [MetricDefinition] { windows.metrics + Self.narrationMetrics }

  /// What the numbers of narrations mean, those of windows aside.
  package static let narrationMetrics: [MetricDefinition] = [
    .init(
      MetricName.narrationPrecision.rawValue, "1", .higher, per: .queries,
      "share of the sentences before an answer that are right: subject and action of an event, and IoU ≥ 0.5 with it; 0 of none"
    ),
    .init(
      MetricName.narrationRecall.rawValue, "1", .higher, per: .queries,
      "share of a video's events that a sentence before the answer tells right"),
  ]

  /// How much two answers agree on the window.
  package func agreement(_ first: any Answer, _ second: any Answer) -> Double {
    guard let first = Interval(windowOf: first), let second = Interval(windowOf: second) else {
      return 0
    }
    return windows.agreement(first, second)
  }

  /// The fit of each window, and beside it how much of the narration is right; a window without a narration tells nothing.
  package func outcomes(_ answers: [(any Answer)?], to prompts: [Prompt]) -> [Outcome] {
    let judged = windows.outcomes(answers.map { Interval(windowOf: $0) }, to: prompts)
    return zip(judged, zip(answers, prompts)).map { outcome, question in
      var outcome = outcome
      outcome.predicted = question.0
      guard let events = question.1.events else { return outcome }
      let told = (question.0 as? Narration)?.sentences ?? []
      let right = Double(Self.right(told, of: events))
      outcome.metrics[MetricName.narrationPrecision.title] =
        told.isEmpty ? 0 : right / Double(told.count)
      outcome.metrics[MetricName.narrationRecall.title] =
        events.isEmpty ? 1 : right / Double(events.count)
      return outcome
    }
  }

  /// The numbers of windows, and the mean shares of narrations.
  package func summary(_ outcomes: [Outcome]) -> [MetricName: Double] {
    var values = windows.summary(outcomes)
    for name in [MetricName.narrationPrecision, .narrationRecall] {
      values[name] = mean(outcomes.compactMap { $0.metrics[name.title] })
    }
    return values
  }

  /// How many sentences tell an event: each takes, of those no sentence before it took, the one it fits best.
  ///
  /// - Complexity: O(sentences · events).
  package static func right(_ sentences: [Narration.Sentence], of events: [VideoEvent]) -> Int {
    var rest = events
    return sentences.count { sentence in
      let fits = rest.map { $0.fit(sentence) }
      guard let best = fits.indices.max(by: { fits[$0] < fits[$1] }), fits[best] >= rightFrom
      else { return false }
      rest.remove(at: best)
      return true
    }
  }

  /// From which intersection over union on a sentence tells an event: the middle one of the usual thresholds.
  package static let rightFrom = 0.5
}

extension VideoEvent {
  /// The intersection over union with what a sentence says; 0 where it tells of another subject or action.
  func fit(_ sentence: Narration.Sentence) -> Double {
    guard sentence.text == text, let said = sentence.interval else { return 0 }
    return interval.iou(said)
  }
}

extension MetricName {
  /// `eval/narration_precision`.
  package static let narrationPrecision = MetricName("eval/narration_precision")

  /// `eval/narration_recall`.
  package static let narrationRecall = MetricName("eval/narration_recall")
}
