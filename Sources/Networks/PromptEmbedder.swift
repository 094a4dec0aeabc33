package import Core

/// How a prompt becomes the rows that a decoder reads.
package protocol PromptEmbedder: Sendable {
  /// Numbers of a feature row; 0 where prompts are text alone.
  var width: Int { get }

  /// The rows of a prompt.
  ///
  /// - Throws: What is wrong with the prompt.
  func rows(_ prompt: Prompt) throws -> PromptRows

  /// About as many rows as `rows(_:)` has, for dividing work.
  func count(_ prompt: Prompt) -> Int
}

extension PromptEncoder: PromptEmbedder {
  /// The tokens of visible frames, and words.
  package func count(_ prompt: Prompt) -> Int {
    prompt.visible.frames * tokensPerFrame + prompt.tokens.count
  }
}
