public import Core

/// Made-up inputs for checking plug-ins: small, ragged, the same for the same seed.
public enum Samples {
  /// Prompts about videos of different lengths, two questions a video.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - tokenizer: Whose tokens the questions are written in.
  ///   - tokensPerFrame: N.
  ///   - channels: C.
  ///   - seed: What they depend on.
  /// - Returns: Prompts with features between −1 and 1, a query row of C channels, and one right answer each.
  public static func prompts(
    _ count: Int = 4, tokenizer: any Tokenizer, tokensPerFrame: Int = 2, channels: Int = 3,
    seed: Seed = Seed(1)
  ) -> [Prompt] {
    (0..<count).map { index in
      let video = index / 2
      var frames = seed.derived("video", video).generator()
      let count = 5 + 3 * video
      let features = FrameFeatures(
        values: (0..<count * tokensPerFrame * channels).map { _ in
          Float(2 * frames.uniform() - 1)
        },
        tokensPerFrame: tokensPerFrame, channels: channels,
        timestamps: (0..<count).map { Double($0) * 2 }, duration: Double(count) * 2)
      var question = seed.derived("question", index).generator()
      let start = question.integer(below: count)
      return Prompt(
        id: "prompt \(index)", video: "video \(video)", query: "question \(index)",
        tokens: (0..<2 + index % 3).map { _ in question.integer(below: tokenizer.count) },
        queryEmbedding: (0..<channels).map { _ in Float(2 * question.uniform() - 1) },
        evidence: features, truth: [Interval(Double(start) * 2, Double(start) * 2 + 2)])
    }
  }

  /// Responses of different lengths, the last of them complete.
  public static func responses(
    _ count: Int = 3, tokenizer: any Tokenizer, longest: Int = 6, seed: Seed = Seed(1)
  ) -> [[Token]] {
    (0..<count).map { slot in
      var generator = seed.derived("response", slot).generator()
      let length = 1 + generator.integer(below: longest)
      let tokens = (0..<length).map { _ in generator.integer(below: tokenizer.count) }
      return slot == count - 1 ? tokens.filter { $0 != tokenizer.end } + [tokenizer.end] : tokens
    }
  }
}
