internal import Records
internal import Distill
internal import Tasks
internal import Plugins
internal import Core
internal import TAD

/// The prompts a stage trains on, with the frames the student sees of them.
struct StagePool {
  /// The prompts, in the order of the data.
  var prompts: [Prompt]
  /// A digest of the prompts and the frames.
  var identity: String
}

/// Chooses the frames of prompts and adds up what that costs.
///
/// Selectors see frames as they were filmed: what a data set wrote of the query into them is left out.
struct FrameChoice {
  private let selector: (any KeyframeSelector)?
  private let words: String
  private let identity: String
  private let cache: SelectionCache
  private let seed: Seed
  private(set) var cost = SelectionCost(framesScanned: 0, flops: 0)

  /// The selector that a configuration names; all frames where it names none.
  init(
    _ value: ConfigurationValue?, _ context: RunContext, at path: String = "keyframes"
  ) async throws {
    let laboratory = context.laboratory
    seed = context.seed
    cache = laboratory.selections
    guard let value, !value.isNull else {
      selector = nil
      words = "all"
      identity = ""
      return
    }
    selector = try await laboratory.selectors.connect(value, at: path, in: context)
    words = "\(value.text) \(context.seed.value)"
    identity = ConfigurationFile.text(of: try laboratory.selectors.resolved(value, at: path))
  }

  /// A digest of the weights of whoever chooses; `nil` where that is a rule.
  var weights: String? { (selector as? any WeighedPart)?.weights }

  /// The same choice before anything was spent.
  var withoutCost: FrameChoice {
    var copy = self
    copy.cost = SelectionCost(framesScanned: 0, flops: 0)
    return copy
  }

  /// Prompts of a data set with their frames chosen.
  mutating func prompts(_ prompts: [Prompt], of dataset: Dataset) async throws -> [Prompt] {
    try await self.prompts(prompts.map(dataset.unmarked))
  }

  /// Prompts as they are shown, with frames chosen by what was filmed.
  mutating func prompts(_ filmed: [Prompt]) async throws -> [Prompt] {
    guard let selector else { return filmed.map(\.asShown) }
    let selections = try await cache.select(
      filmed, by: selector, identity: identity, seed: seed.derived("keyframes"))
    for selection in selections { cost = cost + selection.cost }
    return zip(filmed, selections).map { prompt, selection in
      var prompt = prompt.asShown
      prompt.keyframes = selection.indices
      prompt.gates = selection.gates
      return prompt
    }
  }

  /// The prompts of data to train on.
  mutating func pool(_ dataset: Dataset) async throws -> StagePool {
    StagePool(
      prompts: try await prompts(dataset.train, of: dataset),
      identity: ContentHash.of([dataset.fingerprint, words]))
  }
}

extension SelectionCost {
  /// Both costs together.
  static func + (first: SelectionCost, second: SelectionCost) -> SelectionCost {
    SelectionCost(
      framesScanned: first.framesScanned + second.framesScanned, flops: first.flops + second.flops)
  }
}

extension RunContext {
  /// The data of a stage that has its own, in the words and shapes the student of this run can read.
  func stageData(_ value: ConfigurationValue, at path: String) async throws -> Dataset {
    let data = try await laboratory.dataset(value, at: path, in: seed).readable(with: codec)
    func refuse(_ what: String) -> RunError { .otherShape(path: path, what: what) }
    guard data.channels == dataset.channels, data.tokensPerFrame == dataset.tokensPerFrame else {
      throw refuse(
        "frames of \(data.tokensPerFrame) × \(data.channels) numbers, not "
          + "\(dataset.tokensPerFrame) × \(dataset.channels)")
    }
    guard data.maximumDuration <= dataset.maximumDuration,
      data.longestPrompt <= dataset.longestPrompt
    else { throw refuse("longer videos or questions") }
    try dataset.requireUnseen(data.train, by: "The data of '\(path)'")
    return data
  }
}
