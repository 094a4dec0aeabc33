#if Engines
package import Core

/// How a prompt is written for a model that reads tokens alone.
package struct PromptTokens: Sendable, Hashable, DefaultedConfiguration {
  /// What a frame becomes.
  package enum Frames: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing: the model does not see the video.
    case none
    /// One token a visible frame: how similar it is to the embedded question, in `levels` steps.
    case similarity
  }

  /// The token before all others, such as the one that begins a text; `nil` for none.
  package var first: Token?
  /// What a frame becomes.
  package var frames = Frames.none
  /// In how many steps a similarity is told, −1 … 1; their tokens are 0 ..< levels.
  package var levels = 10

  /// The question alone.
  package init() {}

  /// One line on each parameter.
  package static let keys: [String: KeyDeclaration] = [
    "first": .integer(
      0...1_000_000, "the token before all others, such as one that begins a text; none if left out"
    ),
    "frames": .choice(Frames.self, "what a frame becomes: nothing, or one token of its similarity"),
    "levels": .integer(2...1000, "in how many steps a similarity is told"),
  ]

  /// The tokens of a prompt: the first, frames in the order they are seen, the question.
  ///
  /// - Throws: `EngineError.unread` where there is nothing to read, or a frame has nothing to be similar to.
  /// - Complexity: O(features of the visible frames) with similarities.
  func tokens(of prompt: Prompt) throws(EngineError) -> [Token] {
    var tokens = first.map { [$0] } ?? []
    if frames == .similarity {
      guard let query = prompt.queryEmbedding, query.count == prompt.evidence.channels else {
        throw .unread(
          prompt: prompt.id, reason: "its question is no row among the frames' features")
      }
      let visible = prompt.visible
      for frame in 0..<visible.frames {
        let cosine = Self.cosine(visible[frame: frame], query)
        tokens.append(min(levels - 1, max(0, Int((cosine + 1) / 2 * Double(levels)))))
      }
    }
    tokens += prompt.tokens
    guard !tokens.isEmpty else {
      throw .unread(prompt: prompt.id, reason: "it has no words, and frames are not told")
    }
    return tokens
  }

  /// How many tokens a prompt has.
  ///
  /// - Throws: As `tokens(of:)`.
  package func count(of prompt: Prompt) throws(EngineError) -> Int {
    try tokens(of: prompt).count
  }

  /// Of the mean of a frame's rows to the question; 0 where one of them is nothing.
  private static func cosine(_ frame: ArraySlice<Float>, _ query: [Float]) -> Double {
    var (product, own, other) = (0.0, 0.0, 0.0)
    for channel in query.indices {
      var sum = 0.0
      for index in stride(from: frame.startIndex + channel, to: frame.endIndex, by: query.count) {
        sum += Double(frame[index])
      }
      product += sum * Double(query[channel])
      own += sum * sum
      other += Double(query[channel] * query[channel])
    }
    let length = (own * other).squareRoot()
    return length > 0 ? product / length : 0
  }
}

/// What a million tokens cost.
package struct TokenPrices: Sendable, Hashable, DefaultedConfiguration {
  /// Tokens of prompts before sampling, and of forward passes.
  package var read = 0.0
  /// Sampled tokens.
  package var sampled = 0.0
  /// Tokens of passes that leave a gradient.
  package var trained = 0.0

  /// Free.
  package init() {}

  /// One line on each parameter.
  package static let keys: [String: KeyDeclaration] = [
    "read": .real(0...1e6, "price of a million tokens of prompts and forward passes"),
    "sampled": .real(0...1e6, "price of a million sampled tokens"),
    "trained": .real(0...1e6, "price of a million tokens of passes that leave a gradient"),
  ]

  /// What tokens cost.
  package func price(of costs: LearnerTokens) -> Double {
    (Double(costs.read) * read + Double(costs.sampled) * sampled + Double(costs.trained) * trained)
      * 1e-6
  }
}

/// Tokens by what they cost.
package struct LearnerTokens: Sendable, Hashable {
  package var read = 0
  package var sampled = 0
  package var trained = 0

  package init(read: Int = 0, sampled: Int = 0, trained: Int = 0) {
    self.read = read
    self.sampled = sampled
    self.trained = trained
  }
}
#endif
