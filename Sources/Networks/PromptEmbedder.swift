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

  /// As many rows as `rows(_:)` has, for counting what they cost; their numbers may be missing.
  ///
  /// - Throws: What is wrong with the prompt.
  func outline(_ prompt: Prompt) throws -> PromptRows

  /// Floating-point operations of making a prompt's rows, beside the decoder's.
  func flops(of prompt: Prompt, _ phase: WorkPhase) -> Double
}

extension PromptEmbedder {
  /// The rows themselves.
  package func outline(_ prompt: Prompt) throws -> PromptRows { try rows(prompt) }

  /// None.
  package func flops(of prompt: Prompt, _ phase: WorkPhase) -> Double { 0 }
}

extension PromptEncoder: PromptEmbedder {
  /// The tokens of visible frames, and words.
  package func count(_ prompt: Prompt) -> Int {
    prompt.visible.frames * tokensPerFrame + prompt.tokens.count
  }
}
