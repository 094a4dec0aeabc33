package import Core

/// Finding the stretch of a video that a question is about.
///
/// The quality of an answer is its intersection over union with the right window that it fits best.
package struct GroundingTask: EnumerableTask {
  /// How windows are written.
  package let codec: any WindowCodec

  /// The task with windows that `codec` writes.
  package init(_ codec: any WindowCodec) { self.codec = codec }

  /// Its name.
  package var name: String { "grounding" }

  /// What the longest window takes.
  package var maximumLength: Int { codec.maximumLength }

  /// The mean intersection over union.
  package var headline: MetricName { .meanIoU }

  /// The recalls that papers report most.
  package var columns: [MetricName] { [.recall(at: 0.5), .recall(at: 0.7)] }

  /// What its numbers mean.
  package var metrics: [MetricDefinition] { Self.metrics }

  /// The tokens of a window; another tokenizer writes the codec's text.
  package func write(
    _ answer: any Answer, to prompt: Prompt, with tokenizer: any Tokenizer
  ) throws -> [Token] {
    guard let window = answer as? Interval else {
      throw TaskError.foreignAnswer(task: name, answer: answer.text)
    }
    let tokens = codec.encode(window, duration: prompt.duration)
    guard tokenizer.fingerprint != codec.vocabulary.fingerprint else { return tokens }
    return try tokenizer.encode(codec.vocabulary.text(tokens)) + tokenizer.ends.sorted().prefix(1)
  }

  /// The window that a response says; one that ends before it starts is none.
  package func read(
    _ tokens: [Token], to prompt: Prompt, with tokenizer: any Tokenizer
  ) -> (any Answer)? {
    guard let own = codec.vocabulary.translated(tokens, from: tokenizer),
      let window = codec.decode(own, duration: prompt.duration), window.isProper
    else { return nil }
    return window
  }

  /// The intersection over union of two windows.
  package func agreement(_ first: any Answer, _ second: any Answer) -> Double {
    guard let first = first as? Interval, let second = second as? Interval else { return 0 }
    return first.iou(second)
  }

  /// Every window that can be written for the prompt's video.
  package func answers(to prompt: Prompt) -> [any Answer] { codec.grid(duration: prompt.duration) }

  /// Videos of one length share their windows.
  package func answerSpace(of prompt: Prompt) -> String { "\(prompt.duration)" }

  /// The fit of each answer, with the questions parted by the length of their right windows.
  package func outcomes(_ answers: [(any Answer)?], to prompts: [Prompt]) -> [Outcome] {
    let lengths = prompts.map(\.meanWindowLength)
    let groups = LengthGroups(of: lengths)
    return prompts.indices.map { index in
      let prompt = prompts[index]
      return Outcome(
        answers[index], to: prompt, quality: quality(answers[index], of: prompt),
        metrics: ["duration": prompt.duration, "windowLength": lengths[index]],
        groups: ["length of the answer": groups.group(of: lengths[index])])
    }
  }

  /// The mean intersection over union, and the share of answers that reach each of the usual thresholds.
  package func summary(_ outcomes: [Outcome]) -> [MetricName: Double] {
    let ious = outcomes.map(\.quality)
    var values: [MetricName: Double] = [.meanIoU: mean(ious)]
    for threshold in GroundingMetrics.usualThresholds {
      values[.recall(at: threshold)] = mean(ious.map { $0 >= threshold ? 1 : 0 })
    }
    return values
  }
}

extension MetricName {
  /// `eval/mIoU`.
  package static let meanIoU = MetricName("eval/mIoU")

  /// `eval/R1@0.5` and so on.
  package static func recall(at threshold: Double) -> MetricName {
    MetricName("eval/R1@\(threshold)")
  }
}

extension GroundingTask {
  /// What the numbers of grounding mean.
  package static let metrics: [MetricDefinition] = [
    .init(
      MetricName.meanIoU.rawValue, "1", .higher, per: .queries, "mean IoU of the first window"),
    .init("eval/R1@k", "1", .higher, per: .queries, "share of first windows with IoU ≥ k"),
  ]
}

extension Prompt {
  /// The mean length of the right windows, in seconds; 0 without any.
  fileprivate var meanWindowLength: Double {
    let lengths = stretches.map(\.length)
    return lengths.reduce(0, +) / Double(max(1, lengths.count))
  }
}
