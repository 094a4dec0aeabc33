package import Core
package import Networks
internal import Tensors

extension DecoderPolicy {
  /// A language model from disk that is asked and not trained.
  ///
  /// - Complexity: Reads and packs every weight; one copy stays, 4 bytes a number.
  package init(_ model: PretrainedModel, tokenizer: any Tokenizer, prompts: TextPrompts) {
    self.init(
      DecoderModel(model.configuration, prompts, tokenizer),
      .own(Weights(model.parameters(), for: .inference)))
  }

  /// Goes on from tokens, one after another.
  ///
  /// - Parameters:
  ///   - tokens: What has been said, at least one token.
  ///   - settings: How tokens are drawn; one response, whatever the group.
  ///   - seed: From which they are drawn.
  ///   - watch: Gets each token as it is drawn.
  /// - Returns: The response.
  package func continuation(
    of tokens: [Token], settings: SamplingSettings, seed: Seed,
    watching watch: @Sendable (Token) -> Void
  ) -> [Token] {
    let samples = TapePool.withTape { tape in
      weights.run(tape) { tape in
        model.decoder.sample(
          [PromptRows(tokens: tokens)], seeds: [[seed]], temperature: settings.temperature,
          filter: settings.filter, ends: settings.ignoresEnd ? [] : model.tokenizer.ends,
          maximumLength: settings.maximumLength, on: tape
        ) { watch($1) }
      }
    }
    return samples[0][0].tokens
  }
}
