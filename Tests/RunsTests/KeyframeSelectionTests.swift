import Networks
import Foundation
import Tasks
import Plugins
import Core
import Statistics
import Student
import Synchronization
import TAD
import Testing

@testable import Records
@testable import Runs

/// Every selector that comes with the program.
private let names = [
  "uniform", "random", "oracle", "tad", "content", "adaptive", "dig", "dr-dsn", "maxinfo",
  "k-frames", "max-similarity", "similarity-fit", "aks", "bolt",
]

/// A run on a small world.
private func configuration(_ more: String) throws -> RunConfiguration {
  try ConfigurationFile.parse(
    """
    data: {world: {videos: 6, devVideos: 3, queriesPerVideo: 2, frames: 12, patches: 1, difficulty: easy}}
    student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32, timeOctaves: 3}}
    \(more)
    """, file: "small.yaml"
  ).decoded(as: RunConfiguration.self)
}

@Suite("Keyframes in a run")
struct KeyframeRunTests {
  @Test("every selector is there, documented, with what it looks at and what it costs")
  func registered() throws {
    let laboratory = try Laboratory.standard()
    #expect(Set(names).isSubset(of: laboratory.selectors.names))
    #expect(try laboratory.selectors.undeclared().isEmpty)
    let described = try laboratory.selectors.describe().filter { names.contains($0.name) }
    let context = try RunContext.withoutData(laboratory, seed: Seed(0))
    for plugin in described {
      let selector = try laboratory.selectors.build(
        ConfigurationValue(.string(plugin.name)), in: context)
      let says = plugin.summary.contains("blind to the query")
      #expect(says != selector.looksAtQuery, "\(plugin.name)")
      #expect(plugin.parameters.contains { $0.name == "budget" })
    }
  }

  @Test(
    "keyframes: {selector: NAME, budget: 4} shows four frames with their true times",
    arguments: names)
  func budget(name: String) async throws {
    let laboratory = try Laboratory.standard()
    let parts = try await RunParts(
      configuration("keyframes: {selector: \(name), budget: 4}"), in: laboratory)
    for prompt in parts.train + parts.reported {
      let kept = try #require(prompt.keyframes)
      #expect(kept.count == 4)
      #expect(prompt.visible.timestamps == kept.map { Double($0) + 0.5 })
    }
    let isFree = ["uniform", "random", "oracle"].contains(name)
    #expect((parts.selection.flops > 0) == !isFree)
    // Nine videos of twelve frames with two questions each.
    let scans =
      ["k-frames", "max-similarity", "similarity-fit", "aks", "bolt"].contains(name) ? 2 : 1
    #expect(parts.selection.framesScanned == (isFree ? 0 : 9 * 12 * scans))
  }

  @Test("a parameter that nothing reads is an error with the nearest one")
  func unknown() async throws {
    let laboratory = try Laboratory.standard()
    await #expect {
      try await RunParts(configuration("keyframes: {selector: tad, omga: 3}"), in: laboratory)
    } throws: {
      "\($0)".contains("nothing reads the key 'keyframes.omga'. Did you mean 'omega'?")
    }
  }

  @Test("evaluation may show other frames than training, and by default shows the same")
  func transfer() async throws {
    let laboratory = try Laboratory.standard()
    let written = "keyframes: {uniform: {budget: 3}}\n"
    let same = try await RunParts(configuration(written), in: laboratory)
    let other = try await RunParts(
      configuration(written + "evaluation: {keyframes: {oracle: {budget: 5}}}"), in: laboratory)
    #expect(same.reported.allSatisfy { $0.keyframes == [2, 6, 10] })
    #expect(other.train.allSatisfy { $0.keyframes == [2, 6, 10] })
    #expect(other.reported.allSatisfy { $0.keyframes?.count == 5 })
    let complete = try laboratory.complete(
      ConfigurationFile.parse("evaluation: {keyframes: aks}", file: "a.yaml"))
    #expect(complete["evaluation"]?["keyframes"]?["aks"]?["depth"]?.integer == 5)
  }

  @Test(
    "framePositions: time counts positions over the longest video, and is refused what it ignores")
  func framePositions() async throws {
    let laboratory = try Laboratory.standard()
    func student(_ words: String, codec: String = "timeTokens") async throws -> DecoderStudent {
      var value = try ConfigurationFile.parse(
        """
        data: {world: {videos: 6, devVideos: 3, queriesPerVideo: 1, frames: 12, patches: 1}}
        codec: \(codec)
        student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32\(words)}}
        """, file: "small.yaml")
      value = try laboratory.complete(value)
      let configuration = try value.decoded(as: RunConfiguration.self)
      let map = try #require(configuration.student.map?["decoder"])
      return try await decoderStudent(
        try map.decoded(as: DecoderStudentParameters.self, at: "student"),
        RunContext(configuration, in: laboratory))
    }
    #expect(try await student("").steps == nil)
    #expect(try await student(", framePositions: time").steps == 12)
    #expect(try await student(", framePositions: time, timeSteps: 40").steps == 40)
    await #expect(throws: LaboratoryError.timeSteps(40, positions: "row")) {
      try await student(", timeSteps: 40")
    }
    await #expect(throws: ConfigurationError.self) {
      try await student(", framePositions: time, timeSteps: 0")
    }
    #expect(try await student(", pointers: true").points)
    await #expect(throws: ConfigurationError.self) {
      try await student(", pointers: true", codec: "digits")
    }
  }

  @Test("with straightThrough the scores of kept frames go in with their rows")
  func straightThrough() async throws {
    let laboratory = try Laboratory.standard()
    let plain = try await RunParts(configuration("keyframes: {tad: {budget: 4}}"), in: laboratory)
    let gated = try await RunParts(
      configuration("keyframes: {tad: {budget: 4, straightThrough: true}}"), in: laboratory)
    #expect(plain.train.allSatisfy { $0.gates == nil })
    for prompt in gated.train {
      let scores = try TemporalApexDistillation().select(
        [prompt.withAllEvidence], seed: Seed(0))[0].scores
      #expect(prompt.gates == prompt.keyframes?.map { scores[$0] })
    }
  }
}

/// A selector that counts the prompts it is asked about.
private final class CountingSelector: KeyframeSelector {
  let looksAtQuery: Bool
  private let asked = Mutex(0)

  init(looksAtQuery: Bool) { self.looksAtQuery = looksAtQuery }

  var count: Int { asked.withLock { $0 } }

  func select(_ prompts: [Prompt], seed: Seed) throws -> [KeyframeSelection] {
    asked.withLock { $0 += prompts.count }
    return prompts.map { prompt in
      KeyframeSelection(
        indices: [prompt.evidence.frames - 1], cost: SelectionCost(framesScanned: 7, flops: 11))
    }
  }
}

@Suite("Selections by content")
struct SelectionCacheTests {
  private func prompt(_ id: String, video: String, value: Float) -> Prompt {
    Prompt(
      id: id, video: video, query: "when?",
      evidence: FrameFeatures(
        values: [value, 1], tokensPerFrame: 1, channels: 1, timestamps: [0, 1], duration: 2),
      truth: [])
  }

  private var prompts: [Prompt] {
    [
      prompt("a", video: "v", value: 1), prompt("b", video: "w", value: 1),
      prompt("c", video: "v", value: 1),
    ]
  }

  @Test("a blind selector is asked once a video, one that looks at the query once a question")
  func once() async throws {
    for (looks, expected) in [(false, 2), (true, 3)] {
      let cache = SelectionCache()
      let selector = CountingSelector(looksAtQuery: looks)
      for _ in 0..<2 {
        let found = try await cache.select(prompts, by: selector, identity: "x", seed: Seed(0))
        #expect(found.map(\.indices) == [[1], [1], [1]])
        // What was remembered costs a run the same as what was made.
        #expect(found.map(\.cost.framesScanned) == [7, 7, looks ? 7 : 0])
      }
      #expect(selector.count == expected && cache.count == expected)
    }
  }

  @Test("other features, parameters or seeds are other selections")
  func content() async throws {
    let cache = SelectionCache()
    let selector = CountingSelector(looksAtQuery: false)
    func ask(_ prompt: Prompt, _ identity: String, _ seed: UInt64) async throws {
      _ = try await cache.select([prompt], by: selector, identity: identity, seed: Seed(seed))
    }
    try await ask(prompt("a", video: "v", value: 1), "x", 0)
    try await ask(prompt("a", video: "v", value: 2), "x", 0)
    try await ask(prompt("a", video: "v", value: 1), "y", 0)
    try await ask(prompt("a", video: "v", value: 1), "x", 1)
    try await ask(prompt("z", video: "v", value: 1), "x", 0)
    #expect(selector.count == 4)
  }
}

@Suite("Comparing selectors on data")
struct KeyframeComparisonTests {
  private let world: ConfigurationValue? = try? ConfigurationFile.parse(
    "{world: {videos: 2, devVideos: 12, queriesPerVideo: 2, frames: 12, patches: 1, difficulty: easy}}",
    file: "data")

  @Test("the oracle hits every window, uniform agrees with itself, scans cost what they scan")
  func world() async throws {
    var settings = KeyframeComparison.Settings(
      selectors: ["uniform", "oracle", "tad", "random", "max-similarity"], budgets: [2, 6])
    settings.seeds = 3
    let comparison = try await KeyframeComparison(
      #require(world), settings: settings, laboratory: Laboratory.standard())
    #expect(comparison.queries == 24 && comparison.rows.count == 10)
    func row(_ name: String, _ budget: Int) throws -> KeyframeComparison.Row {
      try #require(comparison.rows.first { $0.selector == name && $0.budget == budget })
    }
    let uniform = try row("uniform", 6)
    #expect(uniform.agreement == 1 && uniform.framesScanned == 0 && uniform.coverage == 1)
    #expect(try row("oracle", 2).windows.hitRate == 1)
    #expect(try row("oracle", 2).windows.keyframeRate > uniform.windows.keyframeRate)
    #expect(try row("tad", 6).framesScanned == 6)
    #expect(try row("max-similarity", 6).framesScanned == 12)
    #expect(comparison.text.contains("24 queries") && comparison.markdown.contains("| oracle |"))
  }

  @Test(
    "QVHighlights: the reader gains from frames near the query, and uniform gains nothing over itself",
    .enabled(if: dataFolder != nil, "no real data here"))
  func reader() async throws {
    let path = try #require(dataFolder) + "/qvhighlights"
    var settings = KeyframeComparison.Settings(selectors: ["uniform", "bolt"], budgets: [8])
    settings.reads = true
    let comparison = try await KeyframeComparison(
      ConfigurationFile.parse("{qvhighlights: {path: \(path), trainLimit: 1}}", file: "data"),
      settings: settings, laboratory: Laboratory.standard())
    let uniform = try #require(comparison.rows[0].reader)
    let bolt = try #require(comparison.rows[1].reader)
    #expect(comparison.queries == 305)
    #expect(uniform.gain?.value == 0 && uniform.gain?.upper == 0)
    let gain = try #require(bolt.gain)
    #expect(abs(gain.value - (bolt.mIoU - uniform.mIoU)) < 1e-12 && gain.lower < gain.value)
  }
}

/// Real data, which is not part of the project.
let dataFolder: String? = {
  let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let given = ProcessInfo.processInfo.environment["OPD_DATA"]
  return [given, package.deletingLastPathComponent().path() + "shared/data"].compactMap { $0 }
    .first { FileManager.default.fileExists(atPath: $0) }
}()

extension DecoderStudent {
  /// How many rotary positions a video spans.
  fileprivate var steps: Int? { (embedder as? PromptEncoder)?.timeSteps }

  /// Whether its answers point at frames.
  fileprivate var points: Bool {
    configuration.variations?.hasPointers == true
      && (embedder as? PromptEncoder)?.timeTokens == TimeTokens(times: 13, step: 1)
  }
}
