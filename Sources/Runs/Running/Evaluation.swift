internal import Grounding
package import Core

/// How well a student answers.
package struct Evaluation: Sendable {
  /// How one answer is read from a student that has a distribution over answers.
  package enum Decoding: Sendable, Hashable {
    /// The likeliest token each time.
    case greedy
    /// Of so many sampled answers, the one with the greatest mean intersection over union with them all: what to answer
    /// when that is what counts, and the likeliest answer is not the safest.
    ///
    /// Source: Kumar and Byrne, "Minimum Bayes-risk decoding for statistical machine translation", 2004.
    case consensus(samples: Int)
  }

  /// One query's outcome.
  package struct Line: Sendable, Codable {
    /// The query.
    package var id: String
    /// Its video: the cluster in statistics.
    package var video: String
    /// The best intersection over union with a right window.
    package var iou: Double
    /// The length of the video, seconds.
    package var duration: Double
    /// The mean length of the right windows, seconds.
    package var windowLength: Double
    /// The answer, [start, end] in seconds; `nil` where the response says none.
    package var predicted: [Double]?
    /// The right windows.
    package var truth: [[Double]]
  }

  /// One line a query, in order.
  package let lines: [Line]
  /// Numbers by metric name.
  package let values: [String: Double]
  /// Floating-point operations it took.
  package let flops: Double

  /// Evaluates a student.
  ///
  /// - Parameters:
  ///   - student: Who answers.
  ///   - prompts: The queries with the frames the student sees.
  ///   - codec: How answers are written.
  ///   - decoding: How an answer is read from the student.
  /// - Throws: What the student throws.
  package init(
    of student: any Policy, on prompts: [Prompt], codec: any AnswerCodec,
    decoding: Decoding = .greedy
  ) async throws {
    let groups = try await student.sample(
      prompts, settings: decoding.settings(maximumLength: codec.maximumLength), seed: Seed(0))
    let answers = groups.map { group in
      group.rollouts.map { codec.decode($0.tokens, duration: group.prompt.duration) }.consensus
    }
    let metrics = GroundingMetrics.top1(predicted: answers, truths: prompts.map(\.truth))
    var values = ["eval/mIoU": metrics.meanIoU]
    for (threshold, recall) in metrics.recall { values["eval/R1@\(threshold)"] = recall }
    let failures = answers.filter { $0?.isProper != true }.count
    values["eval/parse_failure_rate"] = Double(failures) / Double(max(1, answers.count))
    self.values = values
    flops = student.flops(of: groups, .sampling)
    lines = prompts.indices.map { index in
      let prompt = prompts[index]
      let lengths = prompt.truth.map(\.length)
      return Line(
        id: prompt.id, video: prompt.video, iou: metrics.ious[index], duration: prompt.duration,
        windowLength: lengths.reduce(0, +) / Double(max(1, lengths.count)),
        predicted: answers[index].map { [$0.start, $0.end] },
        truth: prompt.truth.map { [$0.start, $0.end] })
    }
  }
}

extension Evaluation.Decoding {
  func settings(maximumLength: Int) -> SamplingSettings {
    switch self {
    case .greedy: .greedy(maximumLength: maximumLength)
    case .consensus(let samples):
      SamplingSettings(group: samples, temperature: 1, maximumLength: maximumLength)
    }
  }
}

extension [Interval?] {
  /// The answer that agrees best with all of them, the first of equals; what is no answer agrees with nothing.
  var consensus: Interval? {
    let answers = compactMap { $0 }.filter(\.isProper)
    guard answers.count > 1 else { return answers.first ?? first ?? nil }
    let agreement = answers.map { answer in answers.reduce(0) { $0 + $1.iou(answer) } }
    let best = agreement.indices.max {
      agreement[$0] < agreement[$1] || (agreement[$0] == agreement[$1] && $0 > $1)
    }
    return best.map { answers[$0] }
  }
}
