package import Core
internal import Plugins
package import Student
internal import Tasks

extension AskedStudent {
  /// The student where it is a decoder in this process; `nil` where it is elsewhere.
  package var decoder: DecoderStudent? { student as? DecoderStudent }

  /// A text as the student reads it: the words of a question in its vocabulary, or tokens of a language model.
  ///
  /// - Throws: `DataError.unknownWord`.
  @Sendable package func tokens(of text: String) throws -> [Token] {
    guard context.codec.tokenizer is Vocabulary else {
      return try context.codec.tokenizer.encode(text)
    }
    let prompt = Prompt(
      id: "request", video: "request", query: text, evidence: .none, truth: [])
    return try QueryText.tokenized(prompt, with: context.codec.tokenizer).tokens
  }
}
