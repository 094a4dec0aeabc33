import Core
import Testing

@testable import TAD

/// A prompt whose frames have the given cosines with its query.
private func similar(_ cosines: [Double], truth: [Interval] = []) -> Prompt {
  let values = cosines.flatMap { [Float($0), Float((1 - $0 * $0).squareRoot())] }
  let features = FrameFeatures(
    values: values, tokensPerFrame: 1, channels: 2,
    timestamps: cosines.indices.map(Double.init), duration: Double(cosines.count))
  return prompt(features, query: [2, 0], truth: truth)
}

@Suite("Max-similarity keyframes")
struct SimilarityKeyframesTests {
  @Test("are the frames most like the query")
  func best() throws {
    let selector = try SimilarityKeyframes(with(.init()) { $0.budget = 2 })
    let selection = try selector.select(similar([0.1, 0.9, 0.3, 0.8, 0.2]))
    #expect(selection.indices == [1, 3])
    #expect(zip(selection.scores, [0.1, 0.9, 0.3, 0.8, 0.2]).allSatisfy { abs($0 - $1) < 1e-6 })
  }
}

@Suite("Similarity-fit keyframes")
struct SimilarityFitKeyframesTests {
  @Test(
    "cut a curve of steps at its steps, in both ways",
    arguments: SimilarityFitKeyframes.Fit.allCases)
  func steps(fit: SimilarityFitKeyframes.Fit) throws {
    let curve = [0.1, 0.1, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9, 0.2, 0.2]
    let selector = try SimilarityFitKeyframes(
      with(.init()) {
        $0.budget = 3
        $0.fit = fit
      })
    #expect(try selector.select(similar(curve)).indices == [2, 6, 8])
  }

  @Test("have no larger error than any other cuts")
  func optimal() {
    var generator = Seed(5).generator()
    let values = (0..<9).map { _ in generator.uniform() }
    let fit = StepFit(values)
    func error(_ starts: [Int]) -> Double {
      zip(starts, starts.dropFirst() + [9]).reduce(0) { $0 + fit.error($1.0, $1.1) }
    }
    let best = error(fit.bestStarts(3))
    for first in 1..<8 {
      for second in first + 1..<9 { #expect(best <= error([0, first, second]) + 1e-12) }
    }
  }
}

@Suite("Adaptive Keyframe Sampling")
struct AdaptiveKeyframeSamplingTests {
  private func aks(_ budget: Int, threshold: Double = 0.8, depth: Int = 5) throws
    -> AdaptiveKeyframeSampling
  {
    try AdaptiveKeyframeSampling(
      with(.init()) {
        $0.budget = budget
        $0.threshold = threshold
        $0.depth = depth
      })
  }

  @Test("keeps the video whole where the best scores stand out, and halves it where none do")
  func segments() throws {
    let peaked = [0.0, 0, 0, 0, 0, 0, 1, 1]
    let selector = try aks(2, threshold: 0.7, depth: 2)
    let whole = selector.segments(of: peaked, count: 2)
    #expect(whole.map(\.range) == [0..<8] && whole.map(\.depth) == [0])
    let flat = selector.segments(of: [0, 1, 0, 1, 0, 1, 0, 1], count: 4)
    #expect(flat.map(\.range) == [0..<2, 2..<4, 4..<6, 6..<8])
    #expect(flat.map(\.depth) == [2, 2, 2, 2])
  }

  @Test("gives each half its share")
  func shares() throws {
    let scores = [0.5, 0.6, 0.5, 0.5, 0.9, 0.8, 0.7, 1.0]
    let selection = try aks(4, depth: 1).select(similar(scores))
    // Two a half: the best of the first half, though the second has four better.
    #expect(selection.indices == [0, 1, 4, 7])
  }

  @Test("gives what the floors leave over to the best frames that remain")
  func rest() throws {
    let scores = [0.5, 0.6, 0.5, 0.5, 0.9, 0.8, 0.7, 1.0]
    #expect(try aks(3, depth: 2).select(similar(scores)).indices == [4, 5, 7])
  }
}

@Suite("Inverse transform keyframes (BOLT)")
struct InverseTransformKeyframesTests {
  @Test("invert the cumulative sum at equidistant levels")
  func inversion() {
    let shares = [0.1, 0.2, 0.4, 0.2, 0.1]
    // Levels .25, .5, .75 plus rounding: from 1/4 to 3/4 in four steps.
    #expect(InverseTransformKeyframes.frames(4, of: shares) == [1, 2, 2, 3])
    #expect(InverseTransformKeyframes.frames(1, of: shares) == [2])
  }

  @Test("are uniform where nothing stands out, and crowd where something does")
  func density() throws {
    let selector = try InverseTransformKeyframes(with(.init()) { $0.budget = 4 })
    let flat = try selector.select(similar([Double](repeating: 0.4, count: 16))).indices
    #expect(flat == [3, 6, 9, 11])
    var peaked = [Double](repeating: 0.1, count: 32)
    for frame in 20..<26 { peaked[frame] = 0.9 }
    let crowded = try selector.select(similar(peaked)).indices
    #expect(crowded.allSatisfy { (20..<26).contains($0) })
  }

  @Test("give way to the nearest free frame instead of repeating")
  func repeats() {
    #expect(distinct([3, 3, 3, 9, 9], of: 10) == [3, 4, 5, 8, 9])
  }
}

@Suite("Oracle keyframes")
struct OracleKeyframesTests {
  @Test("lie in the true windows, spaced equally, every window seen")
  func inside() throws {
    let truth = [Interval(2, 6), Interval(10, 12)]
    let selector = try OracleKeyframes(with(.init()) { $0.budget = 3 })
    let kept = try selector.select(similar([Double](repeating: 0, count: 20), truth: truth)).indices
    #expect(kept == [3, 5, 11])
  }

  @Test("see a window that falls between two frames through the nearest one")
  func between() throws {
    let selector = try OracleKeyframes(with(.init()) { $0.budget = 1 })
    let question = similar([0, 0, 0, 0], truth: [Interval(1.6, 1.9)])
    #expect(try selector.select(question).indices == [2])
  }

  @Test("leave a share outside if asked to")
  func outside() throws {
    let selector = try OracleKeyframes(
      with(.init()) {
        $0.budget = 4
        $0.outside = 0.5
      })
    let question = similar([Double](repeating: 0, count: 20), truth: [Interval(8, 12)])
    let kept = try selector.select(question).indices
    #expect(kept.filter { (8..<12).contains($0) }.count == 2)
  }
}
