public import Core
public import TAD
public import Testing

/// Checks a keyframe selector and makes an issue of the running test of each law it breaks.
///
/// - Parameters:
///   - selector: The selector.
///   - prompts: Prompts it can choose frames for; best with two questions about one video.
///   - sourceLocation: Where issues are reported.
public func checkKeyframeSelector(
  _ selector: any KeyframeSelector, prompts: [Prompt],
  sourceLocation: SourceLocation = #_sourceLocation
) async {
  await selectorViolations(selector, prompts: prompts).record(sourceLocation: sourceLocation)
}

/// The laws a keyframe selector breaks; see `checkKeyframeSelector`.
public func selectorViolations(
  _ selector: any KeyframeSelector, prompts: [Prompt]
) async -> [Violation] {
  var laws = SelectorLaws(selector: selector, prompts: prompts)
  await laws.check()
  return laws.book.violations
}

/// The laws of keyframe selectors.
struct SelectorLaws {
  let selector: any KeyframeSelector
  let prompts: [Prompt]
  var book = Lawbook()

  private static let seed = Seed(5)

  mutating func check() async {
    guard let first = await select(prompts) else { return }
    let chosen = chosen(first)
    book.expect(
      chosen.count == prompts.count, "There is one selection a prompt.",
      "\(chosen.count) for \(prompts.count)")
    guard chosen.count == prompts.count else { return }
    for (prompt, selection) in zip(prompts, first) { check(selection, prompt) }
    guard let again = await select(prompts), let backwards = await select(prompts.reversed()) else {
      return
    }
    book.expect(again == first, "The same seed gives the same selection.", "it differs")
    book.expect(
      self.chosen(backwards.reversed()) == chosen,
      "A selection does not depend on what else is in the batch.", "it differs in reverse order")
    await checkEvidence(chosen)
    await checkQuery(chosen)
    await checkRefusal()
  }

  private mutating func select(_ prompts: [Prompt]) async -> [KeyframeSelection]? {
    let selector = selector
    return await book.attempt("Frames are chosen for every prompt with finite features.") {
      try await selector.select(prompts, seed: Self.seed)
    }
  }

  /// Selections without what they cost: a video that was just scanned costs nothing the second time.
  private func chosen(_ selections: [KeyframeSelection]) -> [KeyframeSelection] {
    selections.map { selection in
      var selection = selection
      selection.cost = SelectionCost(framesScanned: 0, flops: 0)
      return selection
    }
  }

  private mutating func check(_ selection: KeyframeSelection, _ prompt: Prompt) {
    let frames = 0..<prompt.evidence.frames
    let kept = selection.indices
    book.expect(!kept.isEmpty, "At least one frame is kept.", "none of '\(prompt.id)'")
    book.expect(
      isAscending(kept), "Frames are in time order, without repetition.",
      "\(kept) of '\(prompt.id)'")
    book.expect(
      kept.allSatisfy(frames.contains), "Frames exist.", "\(kept) of \(frames.count)")
    book.expect(
      [0, frames.count].contains(selection.scores.count)
        && selection.scores.allSatisfy(\.isFinite), "There is a finite score a frame, or none.",
      "\(selection.scores.count) for \(frames.count) frames: \(selection.scores)")
    book.expect(
      isAscending(selection.apexes) && selection.apexes.allSatisfy(frames.contains),
      "Apexes are frames in time order.", "\(selection.apexes)")
    book.expect(
      (selection.gates?.count ?? kept.count) == kept.count,
      "There is a gate a kept frame, or none.",
      "\(selection.gates?.count ?? 0) for \(kept.count)")
    book.expect(
      selection.cost.flops >= 0 && selection.cost.framesScanned >= 0, "Cost is not negative.",
      "\(selection.cost)")
  }

  private func isAscending(_ indices: [Int]) -> Bool {
    zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 }
  }

  private mutating func checkEvidence(_ chosen: [KeyframeSelection]) async {
    let narrowed = prompts.map { prompt in
      var prompt = prompt
      prompt.keyframes = [0]
      return prompt
    }
    guard let again = await select(narrowed) else { return }
    book.expect(
      self.chosen(again) == chosen,
      "A selection looks at all frames, whatever was selected before.",
      "it differs when keyframes are already set")
  }

  private mutating func checkQuery(_ chosen: [KeyframeSelection]) async {
    guard !selector.looksAtQuery else { return }
    let asked = prompts.map { prompt in
      Prompt(
        id: prompt.id, video: prompt.video, query: "something else", tokens: [],
        queryEmbedding: prompt.queryEmbedding?.map { -$0 }, evidence: prompt.evidence,
        truth: [])
    }
    guard let again = await select(asked) else { return }
    book.expect(
      self.chosen(again) == chosen,
      "A selector that says so does not look at the question, and none at the answer.",
      "it differs for another question")
  }

  private mutating func checkRefusal() async {
    let nothing = FrameFeatures(
      values: [], tokensPerFrame: 1, channels: 1, timestamps: [], duration: 1)
    let empty = Prompt(id: "empty", video: "empty", query: "", evidence: nothing, truth: [])
    let selector = selector
    await book.expectRefusal("A video without frames is refused.") {
      _ = try await selector.select([empty], seed: Self.seed)
    }
  }
}
