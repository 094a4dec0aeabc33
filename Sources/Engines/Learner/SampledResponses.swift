#if Engines
import Core

/// A response as a server or a program sent it.
struct SampledResponse {
  var tokens: [Token]
  var logProbabilities: [Float]
}

extension RolloutGroup {
  /// The responses to a prompt that somebody else sampled.
  ///
  /// - Parameters:
  ///   - prompt: The prompt.
  ///   - responses: What was sent.
  ///   - settings: What was asked for.
  ///   - tokenizer: The tokens of the run.
  ///   - operation: What sentences call the request.
  /// - Throws: `EngineError.malformed` for other responses than were asked for, `.vocabulary` for a token of no meaning.
  init(
    _ prompt: Prompt, _ responses: [SampledResponse], _ settings: SamplingSettings,
    _ tokenizer: any Tokenizer, operation: String
  ) throws(EngineError) {
    guard responses.count == settings.group else {
      throw .malformed(
        operation: operation, reason: "\(responses.count) responses of \(settings.group)")
    }
    var rollouts: [Rollout] = []
    for (slot, response) in responses.enumerated() {
      let (tokens, scores) = (response.tokens, response.logProbabilities)
      guard let last = tokens.last, tokens.count <= settings.maximumLength,
        scores.count == tokens.count, scores.allSatisfy({ $0.isFinite && $0 <= 1e-3 })
      else {
        throw .malformed(
          operation: operation,
          reason: "a response that is empty or too long, or whose scores are none")
      }
      if let foreign = tokens.first(where: { !tokenizer.contains($0) }) {
        throw .vocabulary(token: foreign, count: tokenizer.count)
      }
      let ends = tokenizer.ends.contains(last) && !settings.ignoresEnd
      rollouts.append(
        Rollout(
          promptID: prompt.id, slot: slot, tokens: tokens, logProbabilities: scores,
          finish: ends ? .stop : .length))
    }
    self.init(prompt: prompt, rollouts: rollouts)
  }
}
#endif
