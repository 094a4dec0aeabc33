package import Core

/// Finding the stretch of a video that a question is about, and telling what happens in the video before saying which it is.
///
/// `the red square blinks <t3> <t8> . the blue circle moves <t5> <t9> . <answer> <t5> <t9> <end>`: a sentence an event, in time
/// order, then a marker and the window. Prompts hold windows as those of `GroundingTask` do, so that thinking and not thinking
/// differ in the codec alone; what comes before the window is the prompt's `events`. The window decides how good an answer is:
/// what is told counts in metrics of its own, and in nothing that is rewarded.
///
/// Not enumerable: there are more narrations than anybody can list.
///
/// Source: Video-OPD, arXiv:2602.02994, Table 8, for thinking against no thinking; the sentences are ours.
package struct NarrationTask: AnswerTask {
  /// The same task without a narration: what a window is worth.
  package let windows: GroundingTask

  /// Time tokens, full stop, marker and end, and the words of events and of queries.
  package let vocabulary: Vocabulary

  /// The narration with the most events, a sentence more, and the window: whoever tells too much still comes to an answer.
  package let maximumLength: Int

  /// Which sentences imitation learns wrong on purpose; `nil` where it learns none.
  package let errors: PlantedErrors?

  private let times: TimeTokensCodec
  private let stop: Token
  private let marker: Token

  /// The token behind every sentence.
  package static let fullStop = "."

  /// The token before the window.
  package static let answerMarker = "<answer>"

  /// The task.
  ///
  /// - Parameters:
  ///   - times: How times are written; its words are those of queries that prompts may use besides.
  ///   - events: What is told of the videos.
  ///   - errors: Which sentences imitation learns wrong on purpose.
  package init(times: TimeTokensCodec, events: EventOutline, errors: PlantedErrors? = nil) {
    // Times come first in both vocabularies, so that a time is the same token in both.
    let (written, queries) = (times.vocabulary.words, times.vocabulary.words[(times.clips + 2)...])
    vocabulary = Tasks.vocabulary(
      answers: Array(written[...times.clips]) + [Self.fullStop, Self.answerMarker],
      words: events.words + queries)
    stop = times.clips + 1
    marker = times.clips + 2
    maximumLength = (events.most + 1) * (events.longest + 3) + 4
    windows = GroundingTask(times)
    self.times = times
    self.errors = errors
  }

  /// Its name.
  package var name: String { "narration" }

  /// The tokens of a narration, or of a window behind what happens in the prompt's video.
  ///
  /// The latter is the right answer that imitation learns from, with the errors that are planted in it. Another tokenizer writes
  /// the same words with spaces between.
  ///
  /// - Throws: `TaskError.foreignAnswer`; `NarrationError.noEvents` for a window in a video nobody tells of;
  ///   `VocabularyError.unwritable` for a word that the data of the codec does not use.
  package func write(
    _ answer: any Answer, to prompt: Prompt, with tokenizer: any Tokenizer
  ) throws -> [Token] {
    let tokens = try tokens(of: narration(answer, to: prompt), duration: prompt.duration)
    guard tokenizer.fingerprint != vocabulary.fingerprint else { return tokens }
    let text = tokens.dropLast().map { vocabulary.word($0) }.joined(separator: " ")
    return try tokenizer.encode(text) + tokenizer.ends.sorted().prefix(1)
  }

  private func narration(_ answer: any Answer, to prompt: Prompt) throws -> Narration {
    if let narration = answer as? Narration { return narration }
    guard let window = answer as? Interval else {
      throw TaskError.foreignAnswer(task: name, answer: answer.text)
    }
    guard let events = prompt.events else { throw NarrationError.noEvents(prompt: prompt.id) }
    let told = errors?.planted(in: events, of: prompt, on: times.grid) ?? events
    return Narration(of: told, window)
  }

  private func tokens(of narration: Narration, duration: Double) throws -> [Token] {
    var tokens: [Token] = []
    for sentence in narration.sentences {
      for word in EventOutline.words(sentence.text) {
        guard let token = vocabulary[word] else {
          throw VocabularyError.unwritable(text: sentence.text, rest: word)
        }
        tokens.append(token)
      }
      if let interval = sentence.interval {
        tokens += times.encode(interval, duration: duration).prefix(2)
      }
      tokens.append(stop)
    }
    let window = times.encode(narration.window, duration: duration).prefix(2)
    return tokens + [marker] + window + [vocabulary.end]
  }
}

extension NarrationTask {
  /// What a response says: the window between the first marker and the end, behind whatever sentences stand before it.
  ///
  /// Without marker, two times in order and an end it says nothing. A sentence that is none is kept as one of no stretch.
  package func read(
    _ tokens: [Token], to prompt: Prompt, with tokenizer: any Tokenizer
  ) -> (any Answer)? {
    guard let own = vocabulary.translated(tokens, from: tokenizer),
      let end = own.firstIndex(of: vocabulary.end),
      let place = own[..<end].firstIndex(of: marker),
      let window = stretch(own[(place + 1)..<end])
    else { return nil }
    let sentences = own[..<place].split(separator: stop).map { sentence($0) }
    return Narration(sentences, window)
  }

  /// What the tokens between two full stops say.
  private func sentence(_ tokens: ArraySlice<Token>) -> Narration.Sentence {
    let interval = stretch(tokens.suffix(2))
    let words = interval == nil ? tokens : tokens.dropLast(2)
    return .init(words.map { vocabulary.word($0) }.joined(separator: " "), interval)
  }

  /// Two times, the first before the second; `nil` for anything else.
  private func stretch(_ tokens: ArraySlice<Token>) -> Interval? {
    guard tokens.count == 2, let start = tokens.first, let end = tokens.last, start < end,
      end <= times.clips
    else { return nil }
    return Interval(times.grid.time(start), times.grid.time(end))
  }
}

extension NarrationTask {
  /// The task in its own vocabulary.
  package var answers: AnswerCodec { AnswerCodec(self, tokenizer: vocabulary) }
}
