internal import Runs
package import ArgumentParser
internal import Core

/// `opd teacher vocabulary`: the words a teacher has to score.
package struct TeacherVocabularyCommand: AsyncParsableCommand {
  /// What the help says.
  package static let configuration = CommandConfiguration(
    commandName: "vocabulary",
    abstract: "Print the student's words as JSON, for writers of teachers.",
    discussion: """
      Example: opd teacher vocabulary experiments/opd.yaml
      """)

  @OptionGroup var file: ConfigurationArguments

  private struct Words: Encodable {
    var words: [String]
    var end: Token
    var fingerprint: String
  }

  /// What parses a command line without arguments.
  package init() {}

  /// Prints the words, the number of the one that ends an answer, and their digest.
  package func run() async throws {
    let tokenizer = try await file.context().codec.tokenizer
    print(
      try jsonText(
        Words(
          words: tokenizer.words, end: tokenizer.end, fingerprint: tokenizer.fingerprint)))
  }
}
