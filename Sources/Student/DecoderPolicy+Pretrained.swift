package import Core
package import Networks
internal import Tensors

extension DecoderPolicy {
  /// A language model from disk that is asked and not trained.
  ///
  /// - Complexity: Reads every weight; one copy stays, in the code of its file.
  package init(_ model: PretrainedModel, tokenizer: any Tokenizer, prompts: TextPrompts) {
    self.init(
      DecoderModel(model.configuration, prompts, tokenizer),
      .own(model.frozen(for: .inference)))
  }

  /// A model with pictures that is asked and not trained; its weights are the reader's.
  ///
  /// Prompts are texts until `reading(_:)` says which pictures stand in one.
  package init(_ reader: PictureReader, tokenizer: any Tokenizer, prompts: TextPrompts) {
    self.init(DecoderModel(reader.shape, prompts, tokenizer), .own(reader.weights))
  }

  /// The same policy, for which every prompt is `rows`: those of a prompt with pictures, say.
  ///
  /// - Precondition: They fit the decoder.
  package func reading(_ rows: PromptRows) -> DecoderPolicy {
    DecoderPolicy(
      DecoderModel(
        model.decoder.configuration, OneRows(width: model.embedder.width, rows: rows),
        model.tokenizer),
      weights)
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
    let samples = continuations(PromptRows(tokens: tokens), [seed], settings) {
      watch($1)
      return true
    }
    return samples[0].tokens
  }

  /// Goes on from a prompt in several ways, each until it ends or nobody wants more of it.
  ///
  /// - Parameters:
  ///   - prompt: What has been said; its tokens are read as they are.
  ///   - settings: How tokens are drawn.
  ///   - seed: From which they are drawn; each response has a stream of its own.
  ///   - watch: Gets each token as it is drawn, with the number of its response, and says whether that goes on.
  /// - Returns: `settings.group` responses.
  /// - Throws: What is wrong with the prompt.
  package func continuations(
    of prompt: Prompt, settings: SamplingSettings, seed: Seed,
    watching watch: @Sendable (_ response: Int, Token) -> Bool
  ) throws -> [Sample] {
    let seeds = (0..<settings.group).map { seed.derived("response", $0) }
    let shown = try model.shown([prompt], weights)[0]
    return continuations(try model.rows(shown, weights), seeds, settings, watch)
  }

  private func continuations(
    _ prompt: PromptRows, _ seeds: [Seed], _ settings: SamplingSettings,
    _ watch: @Sendable (_ response: Int, Token) -> Bool
  ) -> [Sample] {
    let samples = TapePool.withTape { tape in
      weights.run(tape) { tape in
        model.decoder.sample(
          [prompt], seeds: [seeds], temperature: settings.temperature, filter: settings.filter,
          ends: settings.ignoresEnd ? [] : model.tokenizer.ends,
          maximumLength: settings.maximumLength, on: tape, watching: watch)
      }
    }
    return samples[0]
  }
}

/// Rows that stand for whatever prompt is asked.
private struct OneRows: PromptEmbedder {
  let width: Int
  let rows: PromptRows

  func rows(_ prompt: Prompt) -> PromptRows { rows }

  func count(_ prompt: Prompt) -> Int { rows.count }
}
