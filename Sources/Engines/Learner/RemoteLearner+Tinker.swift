#if Engines
package import Core
import Student

extension RemoteLearner {
  /// A learner on a Tinker-compatible server, which is measured first: what was not found to work is not done.
  ///
  /// - Parameters:
  ///   - parameters: The server and the base model.
  ///   - tokenizer: The words of the run, which are the model's first tokens, or the model's own.
  ///   - answer: The most tokens of an answer.
  ///   - videos: Where pictures come from; `nil` where the model sees none.
  ///   - log: Told what was measured, a line a finding.
  /// - Returns: A learner with a new adapter.
  /// - Throws: `EngineError`, also where training there would go wrong.
  /// - Complexity: Some 230 small requests.
  package static func tinker(
    _ parameters: TinkerParameters, tokenizer: any Tokenizer, answer: Int,
    videos: (any FilmedVideos)? = nil, log: @Sendable (String) -> Void = { _ in }
  ) async throws -> RemoteLearner {
    try parameters.validate()
    let prompts = try PromptReader(
      parameters.prompts, parameters.text, tokenizer, answer: answer, shows: videos != nil)
    let client = try await TinkerClient.connect(parameters)
    let report = try await StudentProbe.report(on: client)
    for line in report.text.split(separator: "\n") { log("probe: \(line)") }
    try report.require()
    guard videos == nil || report.abilities.images else {
      throw EngineError.missingAbility(wanted: "images", measured: "text alone")
    }
    log("The server does not clip gradients: 'optimizer.clipNorm' is not applied.")
    client.repeatsAreOneWrite = report.abilities.repeatsAreOneWrite
    let engine = TinkerEngine(
      TinkerEngine.Setting(
        client: client, abilities: report.abilities, prompts: prompts,
        pictures: parameters.pictures, videos: videos, tokenizer: tokenizer,
        book: CostBook(parameters.prices)))
    return RemoteLearner(
      engine, tokenizer: tokenizer,
      abilities: LearnerAbilities(
        targets: .max, snapshots: report.abilities.resumeError.isFinite),
      flopsPerToken: 2 * parameters.weights)
  }
}
#endif
