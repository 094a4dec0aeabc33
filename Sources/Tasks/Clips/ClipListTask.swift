package import Core

/// Saying which clips of a video a question needs, and how much each matters.
///
/// A clip is three tokens, the boundaries between frames where it starts and ends and its priority:
/// `<t3> <t8> <P1> <t12> <t14> <P2> <end>`. A response without a clip says that none is needed.
///
/// Answers of other tasks are written as the clips in which they are seen, so one data set serves the stages that learn
/// clips and the reader that is asked the questions. The quality of an answer is how much its clips weigh where the right
/// ones do: `∫min(w, w′) / ∫max(w, w′)` over the video, w(t) = 1 in a P1 clip, ½ in a P2 clip and 0 elsewhere.
///
/// Source: K-frames, arXiv:2510.13891, for clips with priorities; the tokens and the quality are ours.
package struct ClipListTask: AnswerTask {
  /// The times that can be written: the boundaries between frames.
  package let grid: AnswerGrid

  /// How many steps of the grid the longest video has.
  package let steps: Int

  /// The most clips of an answer.
  package let most: Int

  /// The task.
  ///
  /// - Parameters:
  ///   - step: The distance between neighbouring times, in seconds.
  ///   - steps: How many of them the longest video has.
  ///   - most: The most clips of an answer.
  /// - Precondition: All are positive.
  package init(step: Double, steps: Int, most: Int) {
    precondition(steps > 0 && most > 0, "\(steps) steps and \(most) clips.")
    grid = AnswerGrid(step: step)
    self.steps = steps
    self.most = most
  }

  /// Its name.
  package var name: String { "clips" }

  /// The longest list and the end.
  package var maximumLength: Int { 3 * most + 1 }

  /// How well each answer agrees with the right clips.
  package func outcomes(_ answers: [(any Answer)?], to prompts: [Prompt]) -> [Outcome] {
    zip(answers, prompts).map { Outcome($0, to: $1, quality: bestAgreement($0, of: $1)) }
  }

  /// The mean weight that answers share with the right clips.
  package var headline: MetricName { .clipOverlap }

  /// What its numbers mean.
  package var metrics: [MetricDefinition] { Self.metrics }

  /// What the numbers of key clips mean.
  package static let metrics: [MetricDefinition] = [
    .init(
      MetricName.clipOverlap.rawValue, "1", .higher, per: .queries,
      "mean overlap of predicted and right clips, P2 clips counting half")
  ]

  /// The tokens of the clips in which an answer is seen; of more than `most`, those of the lower priority and then the later are left out.
  ///
  /// - Throws: `TaskError.foreignAnswer` for an answer that is seen nowhere.
  package func write(
    _ answer: any Answer, to prompt: Prompt, with tokenizer: any Tokenizer
  ) throws -> [Token] {
    guard let list = ClipList(of: answer) else {
      throw TaskError.foreignAnswer(task: name, answer: answer.text)
    }
    let text = list.first(most).clips.map { clip in
      let (start, end) = grid.indices(clip.interval, duration: covered(prompt))
      return "<t\(start)><t\(end)><\(clip.priority.rawValue)>"
    }
    return try tokenizer.encode(text.joined()) + tokenizer.ends.sorted().prefix(1)
  }

  /// The clips that a whole response says; one of them that ends before it starts, and nothing is said.
  package func read(
    _ tokens: [Token], to prompt: Prompt, with tokenizer: any Tokenizer
  ) -> (any Answer)? {
    guard let end = tokens.firstIndex(where: tokenizer.ends.contains) else { return nil }
    let said = tokenizer.decode(tokens[..<end])
    let pattern = /<t([0-9]+)><t([0-9]+)><(P[12])>/
    var clips: [ClipList.Clip] = []
    var rest = said[...]
    while let match = rest.prefixMatch(of: pattern) {
      guard let start = Int(match.1), let end = Int(match.2), start < end, end <= steps,
        let priority = ClipPriority(rawValue: String(match.3))
      else { return nil }
      clips.append(ClipList.Clip(Interval(grid.time(start), grid.time(end)), priority))
      rest = rest[match.range.upperBound...]
    }
    return rest.isEmpty ? ClipList(clips) : nil
  }

  /// How much clips weigh where others do.
  package func agreement(_ first: any Answer, _ second: any Answer) -> Double {
    guard let first = ClipList(of: first), let second = ClipList(of: second) else { return 0 }
    let ends = (first.clips + second.clips).flatMap { [$0.interval.start, $0.interval.end] }
    let borders = Set(ends).sorted()
    var (shared, all) = (0.0, 0.0)
    for (start, end) in zip(borders, borders.dropFirst()) {
      let weights = [first, second].map { $0.weight(at: (start + end) / 2) }
      shared += (end - start) * min(weights[0], weights[1])
      all += (end - start) * max(weights[0], weights[1])
    }
    return all > 0 ? shared / all : 1
  }

  /// The mean overlap.
  package func summary(_ outcomes: [Outcome]) -> [MetricName: Double] {
    [.clipOverlap: mean(outcomes.map(\.quality))]
  }

  private func covered(_ prompt: Prompt) -> Double { min(prompt.duration, grid.time(steps)) }
}

extension ClipList {
  /// How much a moment matters: the most of what the clips around it say.
  fileprivate func weight(at time: Double) -> Double {
    clips.filter { $0.interval.start <= time && time < $0.interval.end }
      .map { $0.priority == .first ? 1 : 0.5 }.max() ?? 0
  }
}

extension MetricName {
  /// `eval/clip_overlap`.
  package static let clipOverlap = MetricName("eval/clip_overlap")
}

extension ClipListTask {
  /// The task in a vocabulary of its own, with the words of a data set's questions.
  ///
  /// - Parameters:
  ///   - step: The distance between neighbouring times, in seconds.
  ///   - steps: How many of them the longest video has.
  ///   - most: The most clips of an answer.
  ///   - words: Words of questions that the student reads.
  /// - Returns: The task with its tokens.
  package static func answers(
    step: Double, steps: Int, most: Int, words: [String]
  ) -> AnswerCodec {
    let times = (0...steps).map { "<t\($0)>" }
    let priorities = ClipPriority.allCases.map { "<\($0.rawValue)>" }
    return AnswerCodec(
      ClipListTask(step: step, steps: steps, most: most),
      tokenizer: vocabulary(answers: times + priorities, words: words))
  }
}
