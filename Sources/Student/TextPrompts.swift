package import Core
package import Networks
internal import Tokenizers

/// Writes a prompt as text, for a language model, perhaps after the features of its frames.
package struct TextPrompts: PromptEmbedder {
  /// What is written: `{query}`, `{duration}` and `{captions}` are filled in.
  private let format: PromptFormat
  /// What is written where a right answer may be seen: `{answer}` is filled in, too.
  private let hinted: PromptFormat
  /// How the text becomes a turn of a conversation.
  private let template: PromptTemplate
  private let tokenizer: any Tokenizer
  /// The most rows a prompt may have.
  private let longest: Int
  /// How the features of frames are written before the text; `nil` where they are not read.
  let frames: PromptEncoder?

  /// Prompts of a format.
  ///
  /// - Parameters:
  ///   - format: The text, with `{query}`, `{duration}` and `{captions}` where those belong.
  ///   - hinted: The text for who may see a right answer, with `{answer}` where it belongs.
  ///   - template: The name of a conversation's template; `plain` adds nothing.
  ///   - tokenizer: The model's.
  ///   - longest: The most rows a prompt may have, so that an answer still finds positions.
  ///   - frames: How the features of frames are written before the text; left out where they are not read.
  /// - Throws: `ExplainedError` for a template of no known name.
  package init(
    format: String, hinted: String = "", template: String, tokenizer: any Tokenizer, longest: Int,
    frames: PromptEncoder? = nil
  ) throws {
    self.format = PromptFormat(format)
    self.hinted = PromptFormat(hinted.isEmpty ? "\(format) {answer}\n\(format)" : hinted)
    self.template = try PromptTemplate(named: template)
    self.tokenizer = tokenizer
    self.longest = longest
    self.frames = frames
  }

  /// Numbers of a frame's row; 0 where everything is text.
  package var width: Int { frames?.width ?? 0 }

  /// The text of a prompt, as the model reads it.
  ///
  /// - Throws: Never, for the one turn that it writes.
  package func text(of prompt: Prompt) throws -> String {
    try turn(format(for: prompt).text(for: prompt))
  }

  private func turn(_ filled: String) throws -> String {
    try template.text(of: [ChatMessage(role: "user", content: filled)], ending: .open)
  }

  private func format(for prompt: Prompt) -> PromptFormat { prompt.hint == nil ? format : hinted }

  /// Whether its tokens are the prompt.
  ///
  /// Those of one with a hint are the hint's words, for policies that know no other place for them.
  private func isWritten(_ prompt: Prompt) -> Bool { !prompt.tokens.isEmpty && prompt.hint == nil }

  /// The text as tokens, without frames; a prompt that is tokens already is read as it is.
  ///
  /// - Throws: `TextPromptError`.
  package func tokens(of prompt: Prompt) throws -> [Token] {
    try checked(prompt) {
      isWritten(prompt) ? prompt.tokens : try tokenizer.encode(text(of: prompt))
    }
  }

  /// The text as tokens, before and after the place where frames are shown: `{frames}`, and before everything without one.
  ///
  /// - Throws: `TextPromptError`.
  package func tokensAroundFrames(of prompt: Prompt) throws -> (before: [Token], after: [Token]) {
    let format = format(for: prompt)
    guard format.placesFrames, !isWritten(prompt) else { return ([], try tokens(of: prompt)) }
    // One of the noncharacters of Unicode that the prompt has not: it splits the text and is not in it.
    let used = Set(format.text(for: prompt).unicodeScalars)
    let marks = (0xfdd0...0xfdef).compactMap { Unicode.Scalar($0 as UInt32) }
    guard let mark = marks.first(where: { !used.contains($0) }) else {
      return ([], try tokens(of: prompt))
    }
    let parts = try turn(format.text(for: prompt, frames: String(mark))).unicodeScalars
      .split(separator: mark, maxSplits: 1, omittingEmptySubsequences: false)
      .map { try tokenizer.encode(String($0)) }
    _ = try checked(prompt) { parts.flatMap { $0 } }
    return (parts[0], parts.count > 1 ? parts[1] : [])
  }

  /// What a prompt becomes, if it can be read.
  private func checked(_ prompt: Prompt, _ written: () throws -> [Token]) throws -> [Token] {
    guard !format(for: prompt).saysCaptions || prompt.evidence.captions != nil else {
      throw TextPromptError.noCaptions(prompt: prompt.id)
    }
    let tokens = try written()
    guard !tokens.isEmpty, tokens.count <= longest else {
      throw TextPromptError.length(prompt: prompt.id, tokens: tokens.count, longest: longest)
    }
    return tokens
  }

  /// The frames, where they are read, and the text.
  ///
  /// - Throws: `TextPromptError`.
  package func rows(_ prompt: Prompt) throws -> PromptRows {
    let tokens = try tokens(of: prompt)
    guard let frames else { return PromptRows(tokens: tokens) }
    let rows = try frames.rows(seen(prompt, tokens))
    guard rows.count <= longest else {
      throw TextPromptError.length(prompt: prompt.id, tokens: rows.count, longest: longest)
    }
    return rows
  }

  /// The prompt with its frames before tokens; the question is text, whatever else the data has of it.
  private func seen(_ prompt: Prompt, _ tokens: [Token]) -> Prompt {
    var copy = prompt
    copy.tokens = tokens
    copy.queryEmbedding = nil
    return copy
  }

  /// The rows of frames, and four characters a token, which English text has.
  package func count(_ prompt: Prompt) -> Int {
    let seen = (frames?.tokensPerFrame ?? 0) * (prompt.keyframes?.count ?? prompt.evidence.frames)
    if isWritten(prompt) { return seen + prompt.tokens.count }
    let format = format(for: prompt)
    let said = format.saysCaptions ? prompt.captionLines.utf8.count : 0
    return seen + (format.text.utf8.count + prompt.query.utf8.count + said) / 4 + 1
  }
}

/// Why a prompt cannot be read by a language model.
package enum TextPromptError: ExplainedError, Hashable {
  /// It has no tokens, or more than there are positions for.
  case length(prompt: String, tokens: Int, longest: Int)
  /// Captions belong into it, and nothing is said of its frames.
  case noCaptions(prompt: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .length(let prompt, let tokens, let longest):
      "Prompt '\(prompt)' has \(tokens) tokens, and the student reads 1 to \(longest)."
    case .noCaptions(let prompt):
      "Captions belong into prompt '\(prompt)', and the data has none of its video."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .length: "Raise the student's positions, or write less into its prompt."
    case .noCaptions: "Name the data's captions, or take {captions} out of the student's prompt."
    }
  }

  /// A matter of the configuration.
  package var exitStatus: ExitStatus { .usage }
}
