internal import Core
internal import Plugins
internal import Student
internal import Tasks

/// What a student is asked.
package struct FreeQuestion: Sendable, Hashable {
  /// The text.
  package var text: String
  /// A video file, a file of features, or a video of the run's data; `nil` for a student of texts.
  package var video: String?
  /// The options, for a student that chooses among some.
  package var options: [String] = []
  /// The name of the question's embedding in the file of features.
  package var embedding: String?
  /// Samples for the reading of minimum risk; every answer is weighed if left out and the task can list them.
  package var samples: Int?

  /// A question.
  package init(_ text: String, about video: String? = nil) {
    self.text = text
    self.video = video
  }
}

extension AskedStudent {
  /// Answers a question.
  ///
  /// - Parameters:
  ///   - question: What is asked.
  ///   - encoder: What makes features of a video file, for a student that was trained on such; its own descriptors if `nil`.
  /// - Returns: The answer, read twice.
  /// - Throws: `AnsweringError`, `.unknownWord`; what is wrong with the video.
  /// - Complexity: A greedy answer, and one pass over the prompt with every answer that can be given or as many samples.
  package func answer(
    _ question: FreeQuestion, by encoder: (any FrameEncoder)? = nil
  ) async throws -> StudentAnswer {
    let (video, features) = try await StudentAnswer.Reading.timed {
      try await self.video(of: question, by: encoder)
    }
    let asked = try prompt(question, video)
    var frames = try await FrameChoice(shownFrames, context)
    let (chosen, selection) = try await StudentAnswer.Reading.timed {
      try await frames.prompts([asked])[0]
    }
    try check(chosen)
    let (greedy, written) = try await greedily(chosen)
    let visible = chosen.visible
    return StudentAnswer(
      run: path, task: context.codec.task.name, video: video?.name, question: question.text,
      greedy: greedy, minimumRisk: try await safest(chosen, samples: question.samples),
      frames: visible.timestamps, framesOfVideo: chosen.evidence.frames,
      selector: try shownFrames.map(context.laboratory.selectors.name(in:)) ?? "all",
      duration: chosen.duration,
      truth: chosen.known.map(\.text),
      truthStretches: chosen.known.flatMap { ($0 as? any LocatedAnswer)?.stretches ?? [] },
      promptTokens: rows(of: chosen), answerTokens: written, selectionSeconds: selection,
      featureSeconds: features,
      pictures: video?.pictures.map { all in
        (all.path, (chosen.keyframes ?? Array(all.frames.indices)).map { all.frames[$0] })
      })
  }

  /// Who chooses frames when the student is evaluated; `nil` where all are shown.
  private var shownFrames: ConfigurationValue? {
    [configuration.evaluation.keyframes, configuration.keyframes].compactMap(\.self)
      .first { !$0.isNull }
  }

  private func video(
    of question: FreeQuestion, by encoder: (any FrameEncoder)?
  ) async throws -> AskedVideo? {
    guard looksAtVideos else {
      guard question.video == nil else { throw AnsweringError.readsNoVideos(run: path) }
      return nil
    }
    guard let name = question.video else { throw AnsweringError.needsVideo(run: path) }
    if let encoder {
      return try await AskedVideo(name, by: encoder, question: question.text, for: self)
    }
    return try await AskedVideo(name, query: question.embedding, for: self)
  }

  /// The question of the run's data where it has this one about this video, else a new one.
  private func prompt(_ question: FreeQuestion, _ video: AskedVideo?) throws -> Prompt {
    let words = QueryText.words(question.text)
    if var own = video?.known.first(where: { QueryText.words($0.query) == words }) {
      let shown = own.asShown
      own.tokens = try reading(shown, embedding: shown.queryEmbedding).tokens
      return own
    }
    return try reading(newPrompt(question, video), embedding: video?.embedding)
  }

  private func newPrompt(_ question: FreeQuestion, _ video: AskedVideo?) throws -> Prompt {
    let asksOptions = context.codec.task is ChoiceTask
    guard !data.isQueryAware else { throw AnsweringError.queryAware(run: path) }
    guard asksOptions != question.options.isEmpty else {
      throw AnsweringError.options(run: path, needs: asksOptions)
    }
    guard question.options.count <= Choice.letters.count else {
      throw AnsweringError.tooManyOptions(
        count: question.options.count, most: Choice.letters.count)
    }
    // An embedding carries the question alone.
    let said = data.embedsQueries ? [] : question.options
    return Prompt(
      id: "question", video: video?.name ?? "question",
      query: Choice.question(question.text, with: said),
      evidence: video?.evidence ?? .none,
      truth: question.options.isEmpty ? [] : [Choice(0, of: question.options, topic: Self.unknown)])
  }

  /// The topic of options of which nobody knows the right one.
  static let unknown = "unknown"

  /// Refuses what the student was not made for.
  private func check(_ prompt: Prompt) throws {
    guard looksAtVideos else { return }
    let frames = prompt.evidence
    guard frames.tokensPerFrame == data.tokensPerFrame, frames.channels == data.channels else {
      throw AnsweringError.shape(
        video: prompt.video, received: [frames.tokensPerFrame, frames.channels],
        expected: [data.tokensPerFrame, data.channels])
    }
    guard frames.duration <= data.maximumDuration else {
      throw AnsweringError.tooLong(
        video: prompt.video, duration: frames.duration, longest: data.maximumDuration)
    }
    let rows = rows(of: prompt) + 1
    guard rows <= data.longestPrompt else {
      throw AnsweringError.tooManyRows(rows: rows, most: data.longestPrompt)
    }
  }

  private func rows(of prompt: Prompt) -> Int {
    let frames = prompt.keyframes?.count ?? prompt.evidence.frames
    return frames * prompt.evidence.tokensPerFrame + prompt.tokens.count
      + (prompt.queryEmbedding == nil ? 0 : 1)
  }
}

extension AskedStudent {
  /// The likeliest token each time, and how many of them there are.
  private func greedily(
    _ prompt: Prompt
  ) async throws -> (reading: StudentAnswer.Reading, written: Int) {
    let settings = SamplingSettings.greedy(maximumLength: context.codec.maximumLength)
    let (groups, seconds) = try await StudentAnswer.Reading.timed {
      try await student.sample([prompt], settings: settings, seed: Seed(0))
    }
    let tokens = groups[0].rollouts[0].tokens
    let answer = context.codec.decode(tokens, to: prompt)
    let said = context.codec.tokenizer.text(tokens)
    return (try await reading(answer, said, prompt, "greedy", seconds), tokens.count)
  }

  /// The answer that agrees best with all that can be given, or with samples.
  private func safest(_ prompt: Prompt, samples: Int?) async throws -> StudentAnswer.Reading {
    let all = (context.codec.task as? any EnumerableTask)?.answers(to: prompt).count ?? 0
    let isExact = samples == nil && (1...Self.mostWeighed).contains(all)
    let count = samples ?? Self.usualSamples
    let (evaluation, seconds) = try await StudentAnswer.Reading.timed {
      try await Evaluation(
        of: student, on: [prompt], codec: context.codec,
        decoding: isExact ? .exact() : .consensus(samples: count))
    }
    return try await reading(
      evaluation.outcomes[0].predicted, "", prompt,
      isExact ? "of all \(all) answers" : "of \(count) samples", seconds)
  }

  private func reading(
    _ answer: (any Answer)?, _ said: String, _ prompt: Prompt, _ method: String, _ seconds: Double
  ) async throws -> StudentAnswer.Reading {
    // The question itself says what is right (Countdown), or the data does.
    let isJudged = !prompt.known.isEmpty || context.codec.task is CountdownTask
    let quality =
      isJudged ? try await context.codec.task.qualities([answer], of: [prompt]).first : nil
    return StudentAnswer.Reading(
      text: answer?.text ?? said, isAnswer: answer != nil,
      stretches: (answer as? Choice) == nil ? (answer as? any LocatedAnswer)?.stretches ?? [] : [],
      quality: quality, method: method, seconds: seconds)
  }

  /// Weighing every answer takes a row of each: about 130 clips of a video are as many windows.
  private static var mostWeighed: Int { 8192 }

  private static var usualSamples: Int { 32 }
}

extension Prompt {
  /// The right answers; none for options of which nobody knows the right one.
  fileprivate var known: [any Answer] {
    truth.filter { ($0 as? Choice)?.topic != AskedStudent.unknown }
  }
}
