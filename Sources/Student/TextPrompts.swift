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
  let tokenizer: any Tokenizer
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
  /// - Throws: `ExplainedError` for a template of no known name, `TextPromptError.frames`.
  package init(
    format: String, hinted: String = "", template: String, tokenizer: any Tokenizer, longest: Int,
    frames: PromptEncoder? = nil
  ) throws {
    self.format = PromptFormat(format)
    // The question with its answer, then the question alone; frames are shown once.
    let again = format.replacing("{frames}", with: "")
    self.hinted = PromptFormat(hinted.isEmpty ? "\(format) {answer}\n\(again)" : hinted)
    for format in [self.format, self.hinted] where format.framePlaces > 1 {
      throw TextPromptError.frames(format: format.text)
    }
    self.template = try PromptTemplate(named: template)
    self.tokenizer = tokenizer
    self.longest = longest
    self.frames = frames
  }

  /// Numbers of a frame's row; 0 where everything is text.
  package var width: Int { frames?.width ?? 0 }

  private func format(for prompt: Prompt) -> PromptFormat { prompt.hint == nil ? format : hinted }

  /// Whether its tokens are the prompt.
  ///
  /// Those of one with a hint are the hint's words, for policies that know no other place for them.
  private func isWritten(_ prompt: Prompt) -> Bool { !prompt.tokens.isEmpty && prompt.hint == nil }

  /// What the model reads of a prompt, in order: tokens, and the place of the frames where the format says it.
  ///
  /// A prompt that is tokens already is read as it is.
  ///
  /// - Throws: `TextPromptError`.
  package func parts(of prompt: Prompt) throws -> [PromptPart] {
    let format = format(for: prompt)
    guard !format.saysCaptions || prompt.evidence.captions != nil else {
      throw TextPromptError.noCaptions(prompt: prompt.id)
    }
    let parts: [PromptPart] =
      isWritten(prompt)
      ? [.tokens(prompt.tokens)]
      : try template.turn(format.parts(for: prompt)).map { part in
        if case .text(let text) = part { .tokens(try tokenizer.encode(text)) } else { part }
      }
    try check(parts.tokens.count, prompt)
    return parts
  }

  /// Refuses a prompt of so many rows where an answer would find no positions.
  func check(_ rows: Int, _ prompt: Prompt) throws {
    guard rows > 0, rows <= longest else {
      throw TextPromptError.length(prompt: prompt.id, tokens: rows, longest: longest)
    }
  }

  /// The text, and the frames where they are read: at their place in it, or before it.
  ///
  /// - Throws: `TextPromptError`.
  package func rows(_ prompt: Prompt) throws -> PromptRows {
    let parts = try parts(of: prompt)
    guard let frames else { return PromptRows(tokens: parts.tokens) }
    var rows: PromptRows
    if parts.contains(.frames), prompt.visible.frames > 0 {
      let shown = try frames.rows(seen(prompt, []))
      let (before, after) = parts.aroundFrames
      let places = before.count..<before.count + shown.featureRows
      rows = PromptRows(
        tokens: before + Array(repeating: 0, count: places.count) + after, places: Array(places),
        features: shown.features)
    } else {
      rows = try frames.rows(seen(prompt, parts.tokens))
    }
    try check(rows.count, prompt)
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
  /// Its frames are to stand in several places.
  case frames(format: String)
  /// A selector set gates of frames that are shown as pictures.
  case gates(prompt: String)

  /// What happened.
  package var happened: String {
    switch self {
    case .length(let prompt, let tokens, let longest):
      "Prompt '\(prompt)' has \(tokens) tokens, and the student reads 1 to \(longest)."
    case .noCaptions(let prompt):
      "Captions belong into prompt '\(prompt)', and the data has none of its video."
    case .frames(let format): "The prompt '\(format)' shows its frames in several places."
    case .gates(let prompt):
      "Prompt '\(prompt)' has gates of a selector, and pictures are shown as they are."
    }
  }

  /// What to do.
  package var remedy: String {
    switch self {
    case .length: "Raise the student's positions, or write less into its prompt."
    case .noCaptions: "Name the data's captions, or take {captions} out of the student's prompt."
    case .frames: "Write {frames} once."
    case .gates: "Leave straightThrough out of the run's keyframes."
    }
  }

  /// A matter of the configuration.
  package var exitStatus: ExitStatus { .usage }
}
