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
  ///     the model, bit for bit, as far as it reads text alone; the matrix through which frames are read is drawn, too.
  /// - Throws: `CheckpointError` where the adapter changes no layer, or its patterns cannot be read.
  /// - Complexity: Reads every weight. Frozen ones stay in the code of their file, twice: 1.5 bytes a number of four bits.
  package init(
    _ model: PretrainedModel, tokenizer: any Tokenizer, prompts: TextPrompts,
    adapter: AdapterConfiguration?, seed: Seed
  ) throws {
    let model = model.reading(features: prompts.width)
    var generator = seed.generator()
    func draw(_ inputs: Int) -> Float {
      Float((2 * generator.uniform() - 1) / Double(inputs).squareRoot())
    }
    guard let adapter else {
      var parameters = model.parameters()
      if prompts.width > 0 {
        let count = prompts.width * model.configuration.width
        parameters["features"] = (0..<count).map { _ in draw(prompts.width) }
      }
      self.init(DecoderModel(model.configuration, prompts, tokenizer), parameters)
      return
    }
    let changes = try LowRankAdapter(adapter, for: model.configuration, file: "lora", draw)
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
