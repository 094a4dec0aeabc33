package import ArgumentParser
internal import Networks
internal import Student
internal import Tokenizers

/// `opd model tokenize`: a text as a model reads it.
package struct ModelTokenizeCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Print a text as a model reads it, a token a line.",
    discussion: """
      Special tokens in the text are recognised, as in a prompt; with --plain they are letters like any other.

      Example: opd model tokenize SmolLM2-135M-Instruct.Q4_1.gguf "make 145 from 16, 21, 13"
      """)

  @Argument(help: "A GGUF file, or a folder with tokenizer.json.", completion: .file())
  var path: String

  @Argument(help: "The text.")
  var text: String

  @Flag(help: "Read special tokens as plain text.")
  var plain = false

  /// What parses a command line without arguments.
  package init() {}

  /// Prints the number and the text of each token, then how many there are.
  package func run() throws {
    let tokenizer = try BytePairTokenizer(of: PretrainedModel(path))
    let tokens = plain ? tokenizer.encodePlain(text) : tokenizer.encode(text)
    for token in tokens { print("\(token)\t\(tokenizer.decode([token]).debugDescription)") }
    print("\(tokens.count) tokens")
  }
}
