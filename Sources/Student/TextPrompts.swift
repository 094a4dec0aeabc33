package import Core
package import Networks
internal import Tokenizers

/// Writes a prompt as text, for a language model.
package struct TextPrompts: PromptEmbedder {
  /// What is written: `{query}` and `{duration}` are filled in.
  private let format: PromptFormat
  /// What is written where a right answer may be seen: `{answer}` is filled in, too.
  private let hinted: PromptFormat
  /// How the text becomes a turn of a conversation.
  private let template: PromptTemplate
  private let tokenizer: any Tokenizer
  /// The most tokens a prompt may have.
  private let longest: Int

  /// Prompts of a format.
  ///
  /// - Parameters:
  ///   - format: The text, with `{query}` and `{duration}` where those belong.
  ///   - hinted: The text for who may see a right answer, with `{answer}` where it belongs.
  ///   - template: The name of a conversation's template; `plain` adds nothing.
  ///   - tokenizer: The model's.
  ///   - longest: The most tokens a prompt may have, so that an answer still finds positions.
  /// - Throws: `ExplainedError` for a template of no known name.
  package init(
    format: String, hinted: String = "", template: String, tokenizer: any Tokenizer, longest: Int
  ) throws {
    self.format = PromptFormat(format)
    self.hinted = PromptFormat(hinted.isEmpty ? "\(format) {answer}\n\(format)" : hinted)
    self.template = try PromptTemplate(named: template)
    self.tokenizer = tokenizer
    self.longest = longest
  }

  /// None: everything is text.
  package var width: Int { 0 }

  /// The text of a prompt, as the model reads it.
  ///
  /// - Throws: Never, for the one turn that it writes.
  package func text(of prompt: Prompt) throws -> String {
    let filled = format(for: prompt).text(for: prompt)
    return try template.text(of: [ChatMessage(role: "user", content: filled)], ending: .open)
  }

  private func format(for prompt: Prompt) -> PromptFormat { prompt.hint == nil ? format : hinted }

  /// Whether its tokens are the prompt.
  ///
  /// Those of one with a hint are the hint's words, for policies that know no other place for them.
  private func isWritten(_ prompt: Prompt) -> Bool { !prompt.tokens.isEmpty && prompt.hint == nil }

  /// The text as tokens; a prompt that is tokens already is read as it is.
  ///
  /// - Throws: `TextPromptError.length`.
  package func rows(_ prompt: Prompt) throws -> PromptRows {
    let tokens = isWritten(prompt) ? prompt.tokens : try tokenizer.encode(text(of: prompt))
    guard (1...longest).contains(tokens.count) else {
      throw TextPromptError.length(prompt: prompt.id, tokens: tokens.count, longest: longest)
    }
    return PromptRows(tokens: tokens)
  }

  /// Four characters a token, which English text has.
  package func count(_ prompt: Prompt) -> Int {
    if isWritten(prompt) { return prompt.tokens.count }
    return (format(for: prompt).text.utf8.count + prompt.query.utf8.count) / 4 + 1
  }
}

/// Why a prompt cannot be read by a language model.
package enum TextPromptError: ExplainedError, Hashable {
  /// It has no tokens, or more than there are positions for.
  case length(prompt: String, tokens: Int, longest: Int)

  /// What happened.
  package var happened: String {
    switch self {
    case .length(let prompt, let tokens, let longest):
      "Prompt '\(prompt)' has \(tokens) tokens, and the student reads 1 to \(longest)."
    }
  }

  /// What to do.
  package var remedy: String {
    "Raise the student's positions, or write less into its prompt."
  }

  /// A matter of the configuration.
  package var exitStatus: ExitStatus { .usage }
}
