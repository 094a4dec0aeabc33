package import Core
package import Networks
internal import Tensors

extension DecoderStudent {
  /// A language model from disk as a student: all of it is trained, or low-rank changes beside frozen weights.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - tokenizer: Its tokenizer.
  ///   - prompts: How prompts become text.
  ///   - adapter: What is trained beside the frozen weights; `nil` trains the weights themselves.
  ///   - seed: From which A is drawn, uniformly within ±1/√inputs as PEFT does; B begins at 0, so that the student begins as
  ///     the model, bit for bit.
  /// - Throws: `CheckpointError` where the adapter changes no layer, or its patterns cannot be read.
  /// - Complexity: Reads every weight. Frozen ones stay in the code of their file, twice: 1.5 bytes a number of four bits.
  package init(
    _ model: PretrainedModel, tokenizer: any Tokenizer, prompts: TextPrompts,
    adapter: AdapterConfiguration?, seed: Seed
  ) throws {
    guard let adapter else {
      self.init(DecoderModel(model.configuration, prompts, tokenizer), model.parameters())
      return
    }
    var generator = seed.generator()
    let changes = try LowRankAdapter(adapter, for: model.configuration, file: "lora") { inputs in
      Float((2 * generator.uniform() - 1) / Double(inputs).squareRoot())
    }
    guard !changes.factors.isEmpty else {
      throw CheckpointError.key("targets", expected: "layers of the model", file: "lora")
    }
    let base = FrozenBase(
      weights: model.frozen(for: .training), adapter: changes, checksum: model.checksum)
    self.init(
      DecoderModel(model.configuration, prompts, tokenizer, base: base), changes.parameters())
  }

  /// What has been trained beside frozen weights, as PEFT writes it; `nil` where the weights themselves are trained.
  package var adapter: LowRankAdapter? {
    guard var adapter = model.base?.adapter else { return nil }
    adapter.update(parameters)
    return adapter
  }
}
