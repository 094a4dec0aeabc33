internal import Core
internal import Synchronization

/// Computes answers and sends their pieces as they come.
struct AnswerStream: Sendable {
  let request: GenerationRequest
  let events: AnswerEvents
  let workshop: Workshop

  /// The pieces; nothing is computed any more once nobody waits for the next one.
  ///
  /// Each holds whole events. Nothing comes before the request's turn has come and its pictures have been looked at, so what is
  /// thrown before the first piece is a refusal of the whole.
  func pieces() -> AsyncThrowingStream<[UInt8], any Error> {
    // As many pieces as an answer has tokens are kept for a slow client, and it may have no more tokens than the model positions.
    let (pieces, sender) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
    let task = Task {
      do {
        try await send { sender.yield($0) }
        sender.finish()
      } catch {
        sender.finish(throwing: error)
      }
    }
    sender.onTermination = { _ in task.cancel() }
    return pieces
  }

  private func send(_ yield: @escaping @Sendable ([UInt8]) -> Void) async throws {
    let hasBegun = Atomic(false)
    do {
      let (request, model, events) = (request, events.model, events)
      try await workshop.compute { isWanted in
        var request = request
        try request.look(for: model)
        try Self.begin(request, events, yield)
        hasBegun.store(true, ordering: .relaxed)
        try Self.answer(request, events, while: isWanted, yield)
      }
      yield(AnswerEvents.done)
    } catch let error as any ExplainedError where hasBegun.load(ordering: .relaxed) {
      yield(events.failed(ServiceRefusal(error)))
    }
  }

  private static func begin(
    _ request: GenerationRequest, _ events: AnswerEvents, _ yield: ([UInt8]) -> Void
  ) throws {
    var bytes: [UInt8] = []
    for index in 0..<request.prompts.count * request.choices {
      bytes += try events.begun(index)
      // A piece of a text has no place for what is said of the tokens of a prompt: with these, all comes at the end.
      guard request.echoes, request.likeliest == nil else { continue }
      let prompt = request.prompts[index / request.choices]
      bytes += try events.said(events.model.tokenizer.decode(prompt), of: index)
    }
    yield(bytes)
  }

  private static func answer(
    _ request: GenerationRequest, _ events: AnswerEvents,
    while isWanted: @escaping @Sendable () -> Bool,
    _ yield: @escaping @Sendable ([UInt8]) -> Void
  ) throws {
    let model = events.model
    let said = Mutex([Int: Int]())
    let answers = try model.answers(to: request, while: isWanted) { answer, text in
      // Log-probabilities are those of a pass over the whole answer, and come with its text.
      guard request.likeliest == nil, let event = try? events.said(text, of: answer) else { return }
      said.withLock { $0[answer, default: 0] += text.utf8.count }
      yield(event)
    }
    guard isWanted() else { return }
    let counts = said.withLock(\.self)
    try end(request, answers, events, yield) { counts[$0] ?? 0 }
    yield(try events.counted(UsageBody(request, answers)))
  }

  /// Sends what is left of each answer, and why it ends.
  private static func end(
    _ request: GenerationRequest, _ answers: [AnsweredPrompt], _ events: AnswerEvents,
    _ yield: ([UInt8]) -> Void, without said: (_ answer: Int) -> Int
  ) throws {
    let model = events.model
    let all = zip(request.prompts, answers).flatMap { prompt, own in
      own.answers.map { (prompt: prompt, own: own, answer: $0) }
    }
    for (index, part) in all.enumerated() {
      let isEchoed = request.echoes && request.likeliest != nil
      let left = Array(part.answer.text.utf8.dropFirst(said(index)))
      yield(
        try events.ended(
          part.answer, index,
          rest: (isEchoed ? model.tokenizer.decode(part.prompt) : "")
            + String(decoding: left, as: UTF8.self),
          lists: LogProbabilityLists(of: part.answer, to: part.prompt, part.own, request, model),
          entries: ChatLogProbabilities(of: part.answer, request, model)))
    }
  }
}
