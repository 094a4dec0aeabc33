import Core
import Testing

@testable import TAD

/// Every selector at a budget, by name.
private let makers: [(name: String, make: @Sendable (Int) throws -> any KeyframeSelector)] = [
  ("tad", { budget in try TemporalApexDistillation(with(.init()) { $0.budget = budget }) }),
  ("uniform", { budget in try UniformKeyframes(with(.init()) { $0.budget = budget }) }),
  ("random", { budget in try RandomKeyframes(with(.init()) { $0.budget = budget }) }),
  ("content", { budget in try ContentScenes(with(.init()) { $0.budget = budget }) }),
  ("adaptive", { budget in try AdaptiveScenes(with(.init()) { $0.budget = budget }) }),
  ("dig", { budget in try PeakSegments(with(.init()) { $0.budget = budget }) }),
  (
    "dr-dsn", { budget in try DiverseRepresentativeKeyframes(with(.init()) { $0.budget = budget }) }
  ),
  ("maxinfo", { budget in try MaximumInformationKeyframes(with(.init()) { $0.budget = budget }) }),
  ("k-frames", { budget in try SceneClipKeyframes(with(.init()) { $0.budget = budget }) }),
  ("max-similarity", { budget in try SimilarityKeyframes(with(.init()) { $0.budget = budget }) }),
  (
    "similarity-fit", { budget in try SimilarityFitKeyframes(with(.init()) { $0.budget = budget }) }
  ),
  ("aks", { budget in try AdaptiveKeyframeSampling(with(.init()) { $0.budget = budget }) }),
  ("bolt", { budget in try InverseTransformKeyframes(with(.init()) { $0.budget = budget }) }),
  ("oracle", { budget in try OracleKeyframes(with(.init()) { $0.budget = budget }) }),
]

/// A value with a change.
func with<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
  var copy = value
  change(&copy)
  return copy
}

private func sample(frames: Int, seed: UInt64 = 1) -> Prompt {
  prompt(
    walk(frames: frames, seed: seed), query: walk(frames: 1, tokens: 1, seed: 9).values,
    truth: [Interval(1, 3), Interval(5.25, 5.3)])
}

@Suite("Every selector")
struct EverySelectorTests {
  @Test(
    "keeps exactly min(K, F) frames, ascending, unique and within bounds", arguments: makers.indices
  )
  func exactlyK(index: Int) async throws {
    for frames in [1, 2, 3, 17, 40] {
      for budget in [1, 2, 5, 16, 40, 41] {
        let prompts = [sample(frames: frames)]
        let selections = try await makers[index].make(budget).select(prompts, seed: Seed(1))
        let kept = selections[0].indices
        #expect(kept.count == min(budget, frames), "\(makers[index].name) \(frames) \(budget)")
        #expect(kept == Set(kept).sorted(), "\(makers[index].name)")
        #expect(kept.allSatisfy { (0..<frames).contains($0) })
      }
    }
  }

  @Test("is well defined for a still picture, and for one of zeros", arguments: makers.indices)
  func still(index: Int) async throws {
    for value in [Float(0), 1.5] {
      let features = FrameFeatures(
        values: [Float](repeating: value, count: 24 * 30), tokensPerFrame: 3, channels: 8,
        timestamps: (0..<30).map(Double.init), duration: 30)
      let question = prompt(
        features, query: [Float](repeating: 1, count: 8), truth: [Interval(2, 9)])
      let kept = try await makers[index].make(4).select([question], seed: Seed(1))[0].indices
      #expect(kept.count == 4, "\(makers[index].name)")
    }
  }

  @Test("gives the same selection twice, in whatever batch", arguments: makers.indices)
  func repeatable(index: Int) async throws {
    let selector = try makers[index].make(6)
    let first = sample(frames: 40)
    let other = prompt(
      walk(frames: 33, seed: 5), id: "q2", video: "v2", query: first.queryEmbedding,
      truth: [Interval(0, 4)])
    let both = try await selector.select([first, other, first], seed: Seed(1)).map(\.indices)
    let alone = try await selector.select([first], seed: Seed(1)).map(\.indices)
    #expect(both[0] == both[2] && both[0] == alone[0])
  }

  @Test("refuses a NaN with the frame's number, if it reads features", arguments: makers.indices)
  func notFinite(index: Int) async throws {
    let good = sample(frames: 20)
    var values = good.evidence.values
    values[24 * 13 + 3] = .nan
    let features = FrameFeatures(
      values: values, tokensPerFrame: 3, channels: 8, timestamps: good.evidence.timestamps,
      duration: 10)
    let bad = prompt(features, video: "cat", query: good.queryEmbedding, truth: good.stretches)
    let said = await message { _ = try await makers[index].make(4).select([bad], seed: Seed(1)) }
    if ["uniform", "random", "oracle"].contains(makers[index].name) {
      #expect(said == "(no error)")
    } else {
      #expect(said.hasPrefix("Frame 13 of video 'cat' has a feature that is not a finite number."))
    }
  }

  @Test("refuses a video without frames and a budget of 0", arguments: makers.indices)
  func refusals(index: Int) async throws {
    let empty = prompt(
      FrameFeatures(values: [], tokensPerFrame: 1, channels: 8, timestamps: [], duration: 0),
      query: [Float](repeating: 1, count: 8), truth: [Interval(0, 1)])
    let said = await message { _ = try await makers[index].make(4).select([empty], seed: Seed(1)) }
    #expect(said.hasPrefix("Video 'v1' has no frames to choose from."))
    let none = message { _ = try makers[index].make(0) }
    #expect(none.contains("budget = 0"))
  }

  @Test("declares whether it looks at the query, and what its scan costs")
  func cost() async throws {
    let aware = ["k-frames", "max-similarity", "similarity-fit", "aks", "bolt", "oracle"]
    for maker in makers {
      let selector = try maker.make(4)
      #expect(selector.looksAtQuery == aware.contains(maker.name))
      let cost = try await selector.select([sample(frames: 20)], seed: Seed(1))[0].cost
      let free = ["uniform", "random", "oracle"].contains(maker.name)
      #expect((cost.framesScanned, cost.flops > 0) == (free ? 0 : 20, !free), "\(maker.name)")
    }
  }

  @Test("charges a query-blind selection once for the questions of one video in a row")
  func sharedCost() throws {
    let questions = [sample(frames: 20), sample(frames: 20), sample(frames: 20)]
    let blind = try TemporalApexDistillation().select(questions, seed: Seed(1))
    let aware = try SimilarityKeyframes().select(questions, seed: Seed(1))
    #expect(blind.map(\.cost.framesScanned) == [20, 0, 0])
    #expect(aware.map(\.cost.framesScanned) == [20, 20, 20])
    #expect(blind[0].indices == blind[2].indices)
  }
}

@Suite("Query-aware selectors")
struct QuerySelectorErrorTests {
  @Test("need a query embedding as wide as the frames, and finite")
  func embedding() throws {
    let selector = try SimilarityKeyframes()
    func said(_ query: [Float]?) -> String {
      message { _ = try selector.select([prompt(walk(frames: 4), query: query)], seed: Seed(0)) }
    }
    #expect(
      said(nil) == """
        The selector 'max-similarity' reads the query, but prompt 'q1' has no query embedding. Use \
        data with query embeddings (`opd keyframes` makes one by --features with their --encoder), \
        or a query-blind selector.
        """)
    #expect(
      said([1, 2]) == """
        The query of prompt 'q1' has 2 channels, but its frames have 8. Embed queries and frames \
        with the same model.
        """)
    #expect(
      said([1, 2, 3, 4, 5, 6, 7, .infinity]) == """
        The query of prompt 'q1' has a feature that is not a finite number. Embed the query again, \
        or leave the prompt out.
        """)
  }

  @Test("the oracle needs a true window")
  func truth() throws {
    let said = message {
      _ = try OracleKeyframes().select([prompt(walk(frames: 4))], seed: Seed(0))
    }
    #expect(
      said == """
        The oracle was asked about prompt 'q1', whose true window nobody knows. Use the oracle on \
        annotated data only.
        """)
  }
}
