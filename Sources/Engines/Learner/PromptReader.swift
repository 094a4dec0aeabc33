#if Engines
package import Core
package import Student

/// How the prompts of a student elsewhere become tokens.
package enum PromptReader: Sendable {
  /// The words of the run, perhaps after a token a frame.
  case words(PromptTokens)
  /// Text, for a model with a tokenizer.
  case text(TextPrompts)

  /// What two settings of a student say, of which one may be given.
  ///
  /// - Parameters:
  ///   - words: For a model that reads the words of the run.
  ///   - text: For one with a tokenizer.
  ///   - tokenizer: The run's: the model's own, or the words of the codec.
  ///   - answer: The most tokens of an answer.
  ///   - shows: Whether the model is shown pictures.
  /// - Throws: `EngineError.parameter` where they contradict each other.
  package init(
    _ words: PromptTokens, _ text: TextSettings, _ tokenizer: any Tokenizer, answer: Int,
    shows: Bool = false
  ) throws {
    guard text.tokenizer != nil else {
      guard text == TextSettings() else {
        throw EngineError.parameter(
          name: "text", value: "without a tokenizer",
          allowed: "given with 'text.tokenizer', the model's, or left out")
      }
      self = .words(words)
      return
    }
    guard words == PromptTokens() else {
      throw EngineError.parameter(
        name: "prompts", value: "given beside 'text.tokenizer'",
        allowed: "left out for a model that reads text")
    }
    guard text.positions > answer else {
      throw EngineError.parameter(
        name: "text.positions", value: "\(text.positions)",
        allowed: "more than the \(answer) tokens of an answer")
    }
    guard shows || !(text.prompt + text.hinted).contains("{frames}") else {
      throw EngineError.parameter(
        name: "text.prompt", value: "with {frames}",
        allowed: "without it, or with 'pictures.folder' and a model that is shown pictures")
    }
    self = .text(try text.prompts(tokenizer, answer: answer))
  }

  /// The tokens of a prompt, and among them the place where frames are shown, to whom they are shown.
  ///
  /// - Throws: `EngineError.unread` or `TextPromptError` for one that cannot be written.
  package func read(_ prompt: Prompt) throws -> [PromptPart] {
    switch self {
    case .words(let words):
      let tokens = try words.tokens(of: prompt)
      let first = words.first == nil ? 0 : 1
      return [
        .tokens(Array(tokens.prefix(first))), .frames, .tokens(Array(tokens.dropFirst(first))),
      ]
    case .text(let text):
      let parts = try text.parts(of: prompt)
      return parts.contains(.frames) ? parts : [.frames] + parts
    }
  }
}
#endif
