import DistillTesting
import Tasks
import Core
import TAD
import Testing

/// A selector that breaks one law.
struct BrokenSelector: KeyframeSelector {
  enum Fault {
    case backwards, repeated, outside, none, unseeded, curious, narrowed, scored, lenient
  }

  let base = UniformKeyframes.standard
  let fault: Fault
  var looksAtQuery: Bool { false }

  func select(_ prompts: [Prompt], seed: Seed) async throws -> [KeyframeSelection] {
    if fault == .lenient, prompts.contains(where: { $0.evidence.frames == 0 }) {
      return prompts.map { _ in KeyframeSelection(indices: [0]) }
    }
    return try await zip(prompts, base.select(prompts, seed: seed)).map { prompt, selection in
      var selection = selection
      switch fault {
      case .backwards: selection.indices.reverse()
      case .repeated: selection.indices.append(selection.indices.last ?? 0)
      case .outside: selection.indices = [prompt.evidence.frames]
      case .none: selection.indices = []
      case .unseeded: selection.indices = [Int.random(in: 0..<prompt.evidence.frames)]
      case .curious: selection.indices = [prompt.query.count % prompt.evidence.frames]
      case .narrowed: selection.indices = prompt.keyframes ?? selection.indices
      case .scored: selection.scores = [1]
      case .lenient: break
      }
      return selection
    }
  }
}

extension UniformKeyframes {
  /// Half the frames.
  static var standard: any KeyframeSelector {
    do {
      return try UniformKeyframes()
    } catch {
      preconditionFailure("The defaults are allowed: \(error)")
    }
  }
}

@Suite("The suite for keyframe selectors")
struct SelectorLawsTests {
  let prompts = Samples.prompts(
    6, tokenizer: DigitsCodec(step: 2, maximumDuration: 20).vocabulary)

  @Test("our own selectors keep every law")
  func ours() async throws {
    let selectors: [any KeyframeSelector] = [
      try UniformKeyframes(), try RandomKeyframes(), try TemporalApexDistillation(),
      try ContentScenes(), try AdaptiveScenes(), try PeakSegments(),
      try DiverseRepresentativeKeyframes(), try MaximumInformationKeyframes(),
      try SceneClipKeyframes(), try SimilarityKeyframes(), try SimilarityFitKeyframes(),
      try AdaptiveKeyframeSampling(), try InverseTransformKeyframes(), try OracleKeyframes(),
    ]
    for selector in selectors { await checkKeyframeSelector(selector, prompts: prompts) }
  }

  @Test(
    "each fault is caught by the law it breaks",
    arguments: [
      (BrokenSelector.Fault.backwards, "Frames are in time order, without repetition."),
      (.repeated, "Frames are in time order, without repetition."),
      (.outside, "Frames exist."),
      (.none, "At least one frame is kept."),
      (.unseeded, "The same seed gives the same selection."),
      (.curious, "A selector that says so does not look at the question, and none at the answer."),
      (.narrowed, "A selection looks at all frames, whatever was selected before."),
      (.scored, "There is a finite score a frame, or none."),
      (.lenient, "A video without frames is refused."),
    ])
  func caught(_ fault: BrokenSelector.Fault, _ law: String) async {
    let violations = await selectorViolations(BrokenSelector(fault: fault), prompts: prompts)
    #expect(violations.contains { $0.law == law }, "\(violations)")
  }
}
