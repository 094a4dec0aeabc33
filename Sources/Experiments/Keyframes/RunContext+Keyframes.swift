internal import Grounding
internal import Plugins
internal import Rollouts
internal import TAD

extension RunContext {
  /// Prompts that show the frames a selector chooses.
  ///
  /// The selector sees frames as they were filmed: what a data set wrote of the query into them is left out.
  ///
  /// - Parameters:
  ///   - prompts: Prompts of the data set.
  ///   - choice: The selector as a configuration names it; `nil` or `null` shows everything.
  ///   - path: Where the choice stands in the configuration.
  /// - Returns: The prompts, and what choosing cost.
  /// - Throws: What is wrong with the choice or the data.
  func showing(
    _ prompts: [Prompt], by choice: ConfigurationValue?, at path: String
  ) throws -> (prompts: [Prompt], cost: SelectionCost) {
    var cost = SelectionCost(framesScanned: 0, flops: 0)
    guard let choice, !choice.isNull else { return (prompts, cost) }
    let selector = try laboratory.selectors.build(choice, at: path, in: self)
    let identity = ConfigurationFile.text(of: try laboratory.selectors.resolved(choice, at: path))
    let selections = try laboratory.selections.select(
      prompts.map(dataset.unmarked), by: selector, identity: identity,
      seed: seed.derived("keyframes"))
    let shown = zip(prompts, selections).map { prompt, selection in
      cost.framesScanned += selection.cost.framesScanned
      cost.flops += selection.cost.flops
      var prompt = prompt
      prompt.keyframes = selection.indices
      prompt.gates = selection.gates
      return prompt
    }
    return (shown, cost)
  }

  /// What selectors that need no data set are made with.
  static func withoutData(_ laboratory: Laboratory, seed: Seed) throws -> RunContext {
    let frame = FrameFeatures(
      values: [0], tokensPerFrame: 1, channels: 1, timestamps: [0], duration: 1)
    let prompt = Prompt(id: "", video: "", query: "", evidence: frame, truth: [])
    return RunContext(
      seed: seed, dataset: try GroundingDataset(name: "none", train: [], dev: [prompt]),
      codec: DigitsCodec(step: 1, maximumDuration: 1), laboratory: laboratory)
  }
}
