internal import Core
internal import Networks
internal import Student
internal import Synchronization

/// One answer, with how likely the model finds its tokens.
struct GeneratedAnswer: Sendable {
  /// Why it ends.
  enum Finish: String, Sendable, Encodable {
    /// The model ended it, or one of the texts came at which it was to end.
    case stop
    /// It has as many tokens as it may have.
    case length
  }

  /// The tokens that were drawn, the end token included.
  var tokens: [Token]
  /// Their text, without the end token and without a text that ends answers.
  var text: String
  var finish: Finish
  /// What the model says of them, where that is wanted.
  var score: TeacherScore?
}

/// What is said of one prompt: its answers, and where it is listed itself how likely the model finds its tokens.
struct AnsweredPrompt: Sendable {
  var answers: [GeneratedAnswer]
  /// Of each token but the first, before which nothing stands.
  var score: TeacherScore?
}

extension ServedModel {
  /// Answers a request, prompt by prompt.
  ///
  /// - Parameters:
  ///   - request: What is asked.
  ///   - isWanted: Asked after each token whether anybody still waits.
  ///   - tell: Gets what can be said of an answer, by its number among all, as soon as it can; together a beginning of its text.
  /// - Returns: As many answers to each prompt as are asked for, in order.
  /// - Throws: What asking the model throws.
  /// - Complexity: A pass over each prompt, a step a token; where log-probabilities are wanted one more pass over all of it.
  func answers(
    to request: GenerationRequest, while isWanted: @escaping @Sendable () -> Bool,
    telling tell: @escaping @Sendable (_ answer: Int, String) -> Void = { _, _ in }
  ) throws -> [AnsweredPrompt] {
    let policy = request.rows.map(policy.reading) ?? policy
    return try request.prompts.enumerated().map { index, prompt in
      let drawn = try drawn(after: prompt, by: policy, request, isWanted) {
        tell(index * request.choices + $0, $1)
      }
      var result = AnsweredPrompt(answers: drawn)
      guard isWanted(), let likeliest = request.likeliest else { return result }
      let scores = try scores(
        of: result.answers.map(\.tokens), after: prompt, by: policy, likeliest)
      for (index, score) in scores.enumerated() { result.answers[index].score = score }
      if request.echoes { result.score = try score(of: prompt, request.context, likeliest) }
      return result
    }
  }

  /// What the model says of the tokens of a prompt but the first.
  ///
  /// Sums of attention are taken part by part, the prompt's and the response's, and their last bits depend on where the parts
  /// meet: a client that knows says where.
  private func score(
    of prompt: [Token], _ context: Int?, _ likeliest: Int
  ) throws -> TeacherScore? {
    let border = min(max(1, context ?? 1), prompt.count)
    let parts = try [(1, border), (border, prompt.count)].compactMap { middle, end in
      try scores(
        of: [Array(prompt[middle..<end])], after: Array(prompt[..<middle]), by: policy, likeliest)[
          0]
    }
    guard let first = parts.first else { return nil }
    return parts.dropFirst().reduce(first) { sum, part in
      TeacherScore(
        sampled: sum.sampled + part.sampled, top: sum.top.map { $0 + (part.top ?? []) })
    }
  }

  private func drawn(
    after prompt: [Token], by policy: DecoderPolicy, _ request: GenerationRequest,
    _ isWanted: @escaping @Sendable () -> Bool,
    _ tell: @escaping @Sendable (_ answer: Int, String) -> Void
  ) throws -> [GeneratedAnswer] {
    guard request.maximum > 0 else {
      let none = GeneratedAnswer(tokens: [], text: "", finish: .length)
      return Array(repeating: none, count: request.choices)
    }
    let ending = EndingTexts(request.stops, tokenizer, answers: request.choices)
    let growing = GrowingTexts(of: request, tokenizer)
    let samples = try policy.continuations(
      of: Self.prompt(prompt),
      settings: SamplingSettings(
        group: request.choices, temperature: request.temperature, maximumLength: request.maximum,
        filter: request.filter),
      seed: request.seed
    ) { answer, token in
      if let text = growing?.append(token, to: answer) { tell(answer, text) }
      return isWanted() && ending.goesOn(answer, token)
    }
    return samples.map { sample in
      if let (tokens, text) = ending.cut(sample.tokens) {
        return GeneratedAnswer(tokens: tokens, text: text, finish: .stop)
      }
      return GeneratedAnswer(
        tokens: sample.tokens, text: tokenizer.text(sample.tokens),
        finish: sample.ended ? .stop : .length)
    }
  }

  /// What the model says of answers to a prompt; nothing of one without tokens.
  private func scores(
    of answers: [[Token]], after prompt: [Token], by policy: DecoderPolicy, _ likeliest: Int
  ) throws -> [TeacherScore?] {
    let rollouts = answers.enumerated().filter { !$0.element.isEmpty }.map { slot, tokens in
      Rollout(
        promptID: "request", slot: slot, tokens: tokens,
        logProbabilities: [Float](repeating: 0, count: tokens.count), finish: .length)
    }
    guard !rollouts.isEmpty else { return answers.map { _ in nil } }
    let group = RolloutGroup(prompt: Self.prompt(prompt), rollouts: rollouts)
    let scores = try policy.score(
      [group], support: likeliest > 0 ? .top(likeliest) : .sampled, temperature: 1)[0]
    var result = [TeacherScore?](repeating: nil, count: answers.count)
    for (rollout, score) in zip(rollouts, scores) { result[rollout.slot] = score }
    return result
  }
}

/// The texts at which answers end.
private final class EndingTexts: Sendable {
  private let texts: [[UInt8]]
  private let tokenizer: any Tokenizer
  private let said: Mutex<[[Token]]>

  init(_ texts: [String], _ tokenizer: any Tokenizer, answers: Int) {
    self.texts = texts.map { Array($0.utf8) }
    self.tokenizer = tokenizer
    said = Mutex(Array(repeating: [], count: answers))
  }

  /// Whether none of the texts has come in an answer; to be called with each of its tokens.
  func goesOn(_ answer: Int, _ token: Token) -> Bool {
    guard !texts.isEmpty else { return true }
    return said.withLock { said in
      said[answer].append(token)
      // The longest text has 200 characters of at most four bytes, and hardly a token has none.
      return first(in: Array(tokenizer.text(said[answer].suffix(1024)).utf8)) == nil
    }
  }

  /// An answer without the first of the texts and what follows; `nil` where none came.
  func cut(_ tokens: [Token]) -> (tokens: [Token], text: String)? {
    let bytes = Array(tokenizer.text(tokens).utf8)
    guard let place = first(in: bytes) else { return nil }
    let kept = tokens.indices.prefix { tokenizer.text(tokens[..<$0]).utf8.count < place }
    return (Array(tokens.prefix(kept.count)), String(decoding: bytes[..<place], as: UTF8.self))
  }

  private func first(in bytes: [UInt8]) -> Int? {
    texts.compactMap { text in
      bytes.indices.first { bytes[$0...].starts(with: text) }
    }.min()
  }
}
