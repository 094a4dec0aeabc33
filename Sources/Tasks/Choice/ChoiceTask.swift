package import Core

/// Multiple choice: one of the options that come with a question is right.
package struct ChoiceTask: EnumerableTask {
  /// How an option is written.
  package enum Form: String, Codable, Sendable, Hashable, CaseIterable {
    /// By its letter.
    case letter
    /// By its own words.
    case text
  }

  /// How an option is written.
  package let form: Form

  /// The most tokens of an answer, the end included.
  package let maximumLength: Int

  /// What questions may be about, in the order of tables.
  package let topics: [String]

  /// The task with answers of a form.
  ///
  /// - Parameters:
  ///   - form: How an option is written.
  ///   - longest: The most words of an option; a letter is one whatever this says.
  ///   - topics: What questions may be about; each has an accuracy of its own.
  package init(_ form: Form, longest: Int = 1, topics: [String] = []) {
    self.form = form
    self.topics = topics
    maximumLength = (form == .letter ? 1 : longest) + 1
  }

  /// Its name.
  package var name: String { "choice" }

  /// The share of right answers.
  package var headline: MetricName { .accuracy }

  /// The accuracy on each topic; more than six would make tables that nobody can read.
  package var columns: [MetricName] {
    topics.count > 6 ? [] : topics.map { .accuracy(on: $0) }
  }

  /// What its numbers mean.
  package var metrics: [MetricDefinition] { Self.metrics }

  /// What the numbers of multiple choice mean.
  package static let metrics: [MetricDefinition] = [
    .init(
      MetricName.accuracy.rawValue, "1", .higher, per: .queries,
      "share of questions whose right option was chosen; what cannot be read counts as wrong"),
    .init(
      "eval/accuracy/*", "1", .higher, per: .queries, "the same of the questions about one topic"),
  ]

  /// The tokens of a letter, or of an option's words.
  package func write(
    _ answer: any Answer, to prompt: Prompt, with tokenizer: any Tokenizer
  ) throws -> [Token] {
    guard let choice = answer as? Choice else {
      throw TaskError.foreignAnswer(task: name, answer: answer.text)
    }
    return try tokenizer.encode(word(of: choice)) + tokenizer.ends.sorted().prefix(1)
  }

  /// The option that a whole response names, white space aside; nothing where the question brings no options.
  package func read(
    _ tokens: [Token], to prompt: Prompt, with tokenizer: any Tokenizer
  ) -> (any Answer)? {
    guard let end = tokens.firstIndex(where: tokenizer.ends.contains) else { return nil }
    let said = packed(tokenizer.decode(tokens[..<end]))
    return choices(of: prompt).first { packed(word(of: $0)) == said }
  }

  /// Whether both chose the same option.
  package func agreement(_ first: any Answer, _ second: any Answer) -> Double {
    guard let first = first as? Choice, let second = second as? Choice else { return 0 }
    return first.option == second.option ? 1 : 0
  }

  /// Every option.
  package func answers(to prompt: Prompt) -> [any Answer] { choices(of: prompt) }

  /// Questions with the same options share their answers.
  package func answerSpace(of prompt: Prompt) -> String {
    let right = prompt.truth.first as? Choice
    return ((right?.options ?? []) + [right?.topic ?? ""]).joined(separator: "\n")
  }

  /// Right or wrong, with the questions parted by what has to be understood.
  package func outcomes(_ answers: [(any Answer)?], to prompts: [Prompt]) -> [Outcome] {
    let topics = Set(prompts.compactMap { ($0.truth.first as? Choice)?.topic }).sorted()
    return zip(answers, prompts).map { answer, prompt in
      let topic = (prompt.truth.first as? Choice)?.topic
      let order = topic.flatMap { topics.firstIndex(of: $0) }
      return Outcome(
        answer, to: prompt, quality: quality(answer, of: prompt),
        groups: topic.map { [Self.grouping: .init($0, order: order ?? 0)] } ?? [:])
    }
  }

  /// The share of right answers, of all questions and of those about each topic.
  package func summary(_ outcomes: [Outcome]) -> [MetricName: Double] {
    var values = [MetricName.accuracy: mean(outcomes.map(\.quality))]
    for topic in topics {
      let own = outcomes.filter { $0.groups[Self.grouping]?.title == topic }
      if !own.isEmpty { values[.accuracy(on: topic)] = mean(own.map(\.quality)) }
    }
    return values
  }

  private static let grouping = "kind of question"

  private func choices(of prompt: Prompt) -> [Choice] {
    (prompt.truth.first as? Choice)?.all ?? []
  }

  private func word(of choice: Choice) -> String {
    form == .letter ? choice.letter : choice.option
  }

  private func packed(_ text: String) -> String { text.filter { !$0.isWhitespace } }
}

extension MetricName {
  /// `eval/accuracy`.
  package static let accuracy = MetricName("eval/accuracy")

  /// `eval/accuracy/order` and so on; what is no letter or digit of the topic becomes `_`.
  package static func accuracy(on topic: String) -> MetricName {
    MetricName("eval/accuracy/\(String(topic.map { $0.isLetter || $0.isNumber ? $0 : "_" }))")
  }
}

extension ChoiceTask {
  /// The task for a data set, with a vocabulary of its answers and the words of its questions.
  ///
  /// - Throws: `TaskError.foreignAnswer` for data whose answers are no options, `ChoiceError.unseenOptions` for letters that mean
  ///   nothing to whoever is shown an embedding of the question.
  package static func answers(_ form: Form, of dataset: Dataset) throws -> AnswerCodec {
    let choices = try dataset.all.flatMap { prompt in
      try prompt.truth.map { answer in
        guard let choice = answer as? Choice else {
          throw TaskError.foreignAnswer(task: "choice", answer: answer.text)
        }
        return choice
      }
    }
    if form == .letter { try dataset.requireKnownLetters() }
    let options = Set(choices.flatMap(\.options)).map { $0.split(separator: " ").map(String.init) }
    let words =
      form == .letter
      ? Array(Choice.letters.prefix(choices.map(\.options.count).max() ?? 0))
      : Set(options.joined()).sorted()
    return AnswerCodec(
      ChoiceTask(
        form, longest: options.map(\.count).max() ?? 1,
        topics: Set(choices.compactMap(\.topic)).sorted()),
      tokenizer: vocabulary(answers: words, words: dataset.words))
  }
}

extension Dataset {
  /// Refuses options in an order of each question's own where an embedding carries the question: it says nothing of letters.
  fileprivate func requireKnownLetters() throws {
    var orders: [Set<String>: [String]] = [:]
    for prompt in train + dev where prompt.queryEmbedding != nil {
      guard let options = (prompt.truth.first as? Choice)?.options else { continue }
      let known = orders.updateValue(options, forKey: Set(options))
      guard known == nil || known == options else {
        throw ChoiceError.unseenOptions(prompt: prompt.id)
      }
    }
  }
}
