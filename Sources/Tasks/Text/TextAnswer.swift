package import Core

/// An answer that is a text, with what its question asks for where it is the right one.
package struct TextAnswer: Answer {
  /// The text.
  package let text: String

  /// An answer.
  package init(_ text: String) { self.text = text }

  /// Writes the text.
  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(text)
  }

  /// Reads a text.
  package init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }
}

/// How answers that are texts are written and read: after a space, up to the token that ends them.
package protocol TextTask: AnswerTask {}

/// The letters of right answers and the words of questions, for a student that brings no tokenizer.
package func lettersOfAnswers(_ dataset: Dataset) -> Vocabulary {
  let letters = Set(dataset.all.flatMap { $0.truth.flatMap(\.text) })
  return vocabulary(answers: letters.map { String($0) }.sorted(), words: dataset.words)
}

extension TextTask {
  /// The text's tokens after a space, the end last.
  public func write(
    _ answer: any Answer, to prompt: Prompt, with tokenizer: any Tokenizer
  ) throws -> [Token] {
    guard answer is TextAnswer else {
      throw TaskError.foreignAnswer(task: name, answer: answer.text)
    }
    return try tokenizer.encode(" " + answer.text) + [tokenizer.end]
  }

  /// The text before the end, trimmed; nothing where a response does not end, or says nothing.
  public func read(
    _ tokens: [Token], to prompt: Prompt, with tokenizer: any Tokenizer
  ) -> (any Answer)? {
    guard tokens.contains(where: tokenizer.ends.contains) else { return nil }
    let text = tokenizer.text(tokens).trimmingWhitespace
    return text.isEmpty ? nil : TextAnswer(text)
  }

  /// Whether both say the same, white space aside.
  public func agreement(_ first: any Answer, _ second: any Answer) -> Double {
    let texts = [first, second].map { answer in answer.text.filter { !$0.isWhitespace } }
    return texts[0] == texts[1] ? 1 : 0
  }

  /// The share of right answers.
  public var headline: MetricName { .accuracy }

  /// The share of right answers.
  public func summary(_ outcomes: [Outcome]) -> [MetricName: Double] {
    [.accuracy: mean(outcomes.map(\.quality))]
  }
}

extension String {
  /// Without white space at either end.
  var trimmingWhitespace: String {
    let start = drop(while: \.isWhitespace)
    let trailing = start.reversed().prefix(while: \.isWhitespace).count
    return String(start.dropLast(trailing))
  }
}
