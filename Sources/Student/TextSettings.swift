package import Core
package import Tokenizers
internal import Networks
internal import Storage

/// How prompts are written for a language model whose weights are elsewhere.
///
/// Without a tokenizer the model reads and writes the words of the codec.
package struct TextSettings: Sendable, Hashable, DefaultedConfiguration {
  /// The model's tokenizer: a folder with tokenizer.json, or a GGUF file.
  package var tokenizer: String?
  package var prompt = "{query}"
  package var hinted = ""
  package var template = "plain"
  package var positions = 2048

  /// The words of the codec.
  package init() {}

  /// One line on each parameter.
  package static let keys: [String: KeyDeclaration] = [
    "tokenizer": .text(
      """
      a folder with the model's tokenizer.json, a GGUF file or the name of a fetched model; the words of the codec are read \
      and written if left out
      """)
  ].merging(format) { $1 }

  /// The keys that every student has that reads text.
  package static var format: [String: KeyDeclaration] {
    [
      "prompt": .text(
        """
        what is written before an answer; {query}, {duration} and {captions} of the frames in view are filled in
        """),
      "hinted": .text(
        """
        what is written where a right answer may be seen (a self-teacher's evidence: answer), with {answer}; if \
        left out, the prompt answered once before
        """),
      "template": KeyDeclaration(
        .choice(PromptTemplate.names),
        "the conversation of which a prompt is a turn; plain: none"),
      "positions": .integer(
        2...131_072, "the most tokens of a prompt and its answer together", unit: "tokens"),
    ]
  }

  /// The file that holds the tokenizer; `nil` where there is none.
  package var file: String? {
    guard let path = tokenizer.map(PretrainedModel.located) else { return nil }
    return (try? TextFile.isFolder(path)) == true ? path + "/tokenizer.json" : path
  }

  /// Reads the tokenizer; `nil` where there is none.
  ///
  /// - Throws: `TokenizerError` or `StorageError`.
  package func read() throws -> BytePairTokenizer? {
    guard let path = tokenizer.map(PretrainedModel.located) else { return nil }
    guard try TextFile.isFolder(path) else {
      return try BytePairTokenizer(of: PretrainedModel(path))
    }
    return try BytePairTokenizer(folder: path)
  }

  /// How prompts become tokens.
  ///
  /// - Parameters:
  ///   - tokenizer: The model's.
  ///   - answer: The most tokens of an answer, fewer than there are positions.
  /// - Returns: What writes them.
  /// - Throws: `TokenizerError` for a template of no known name.
  package func prompts(_ tokenizer: any Tokenizer, answer: Int) throws -> TextPrompts {
    try TextPrompts(
      format: prompt, hinted: hinted, template: template, tokenizer: tokenizer,
      longest: max(0, positions - answer))
  }
}
