#if LiveTeachers
import Foundation
import Core

extension TeacherProbe {
  /// The tokens that were scored are those that were written.
  func checkTokens(
    _ written: [ServerScore], _ scored: [ServerScore], _ report: inout TeacherProbeReport
  ) {
    guard scored.count == written.count else {
      return report.check(
        "tokens", false, "\(written.count) were written, but \(scored.count) scored")
    }
    let wrong = zip(written, scored).enumerated().first { _, pair in
      switch (pair.0.token, pair.1.token) {
      case (.id(let one), .id(let other)): one != other
      case (.text(let one), .text(let other)): one != other
      default: false
      }
    }
    guard let (position, pair) = wrong else {
      return report.check("tokens", true, "the same \(written.count) written and scored")
    }
    report.check(
      "tokens", false,
      "token \(position) was written as '\(pair.0.token)' and scored as '\(pair.1.token)'")
  }

  /// Every token that was written greedily is the first choice at its own position.
  func checkPositions(
    _ scores: [ServerScore], _ count: Int, _ report: inout TeacherProbeReport
  ) {
    let right = agreement(scores, count, shift: 0)
    guard right < count else {
      return report.check("positions", true, "all \(count) tokens are the first choice")
    }
    let shift = [(-1, "after"), (1, "before")].first {
      agreement(scores, count, shift: $0.0) >= count - 1
    }
    let finding =
      shift.map { "the scores are shifted by 1: first choices fit the token \($0.1)" }
      ?? "only \(right) of \(count) written tokens are the first choice where they are scored"
    report.check("positions", false, finding)
  }

  /// How many of the last `count` tokens are the first choice listed `shift` positions on.
  private func agreement(_ scores: [ServerScore], _ count: Int, shift: Int) -> Int {
    scores.indices.suffix(count).count { index in
      guard scores.indices.contains(index + shift) else { return false }
      let listed = scores[index + shift].top
      let best = listed.first?.logProbability ?? .infinity
      // Tokens as likely as the best one are first choices too.
      return listed.contains {
        $0.logProbability >= best - 1e-3 && $0.token.matches(scores[index].token, tokenizer)
      }
    }
  }

  /// A token has the log-probability it had when it was written, at temperature 1.
  func checkValues(
    _ context: CompletionsRequest.Input, _ whole: CompletionsRequest.Input,
    _ report: inout TeacherProbeReport
  ) async throws {
    var largest = 0.0
    for prefix in prefixes(context, whole) {
      let top = client.parameters.top
      let next = try await client.continuation(of: prefix, tokens: 1, top: top, temperature: 1)
      guard let written = next.first, let value = written.logProbability else {
        return report.check("temperature 1", false, "a written token came without its score")
      }
      var ignored = report
      guard let input = try await extend(prefix, by: [written], &ignored) else { continue }
      let scored = try await client.scores(
        of: input, top: top, by: report.interface, prompt: "probe")
      guard let again = scored.last?.logProbability else {
        return report.check("temperature 1", false, "the last token was not scored")
      }
      // `max` would drop the difference of two infinities, which is not a number.
      guard (value - again).isFinite else {
        return report.check("temperature 1", false, "a log-probability is infinite")
      }
      largest = max(largest, abs(value - again))
    }
    let words = "written and scored log-probabilities differ by \(rounded(largest)) nats"
    report.check("temperature 1", largest <= client.parameters.tolerance, words)
  }

  /// The context alone, and with a few of the tokens that were written after it.
  private func prefixes(
    _ context: CompletionsRequest.Input, _ whole: CompletionsRequest.Input
  ) -> [CompletionsRequest.Input] {
    guard case .tokens(let first) = context, case .tokens(let all) = whole else { return [context] }
    return [0, 1, 3].filter { first.count + $0 <= all.count }.map {
      .tokens(Array(all.prefix(first.count + $0)))
    }
  }

  /// The same question gets the same answer.
  func checkRepeat(
    _ whole: CompletionsRequest.Input, _ scores: [ServerScore], _ report: inout TeacherProbeReport
  ) async throws {
    let again = try await client.scores(
      of: whole, top: client.parameters.top, by: report.interface, prompt: "probe")
    let differences = zip(scores, again).compactMap { first, second in
      first.logProbability.flatMap { one in second.logProbability.map { abs(one - $0) } }
    }
    let largest = differences.max() ?? 0
    report.repeatError = largest
    report.check(
      "repeats", again.count == scores.count && largest <= client.parameters.tolerance,
      "two scores of the same tokens differ by \(rounded(largest)) nats")
  }

  /// A server that is shown pictures answers another way where they are grey: many take what they are sent and look at none of it.
  func checkPictures(
    _ whole: CompletionsRequest.Input, _ scores: [ServerScore], _ count: Int,
    _ report: inout TeacherProbeReport
  ) async throws {
    guard let turn = whole.turn else { return }
    let blind = try await client.scores(
      of: .chat(turn.seeing(ChatTurn.grey)), top: client.parameters.top, by: report.interface,
      prompt: "probe")
    let differences = zip(scores.suffix(count), blind.suffix(count)).compactMap { first, second in
      first.logProbability.flatMap { one in second.logProbability.map { abs(one - $0) } }
    }
    let largest = differences.max() ?? 0
    report.check(
      "looks at pictures", largest > max(1e-4, 10 * (report.repeatError ?? 0)),
      "grey ones change a log-probability by \(rounded(largest)) nats")
  }

  /// As many likeliest tokens as are wanted, and no more probability than there is.
  func checkTop(_ scores: [ServerScore], _ report: inout TeacherProbeReport) {
    let listed = scores.map(\.top.count).min() ?? 0
    report.topCap = listed
    let wanted = min(client.parameters.top, tokenizer.count)
    let numbered = scores.allSatisfy { score in
      score.top.prefix(wanted).allSatisfy { alternative in
        if case .id = alternative.token { return true }
        return false
      }
    }
    report.check(
      "likeliest tokens", listed >= wanted && numbered,
      numbered ? "\(listed) a position, \(wanted) wanted" : "they come without their numbers")
    let mass = scores.map { $0.top.reduce(0) { $0 + exp($1.logProbability) } }.max() ?? 0
    report.check("distribution", mass <= 1.01, "listed probabilities sum to \(rounded(mass))")
  }

  /// Where tokens are said to be the same, the server's words are the student's.
  func checkVocabulary(_ seen: [ServerScore], _ report: inout TeacherProbeReport) {
    guard client.parameters.tokens == .same else {
      return report.check("vocabulary", true, "spelled in the server's tokens")
    }
    if let (word, text) = seen.compactMap(misread).first {
      return report.check("vocabulary", false, "the student's '\(word)' is read as '\(text)'")
    }
    let tokens = seen.flatMap { [$0.token] + $0.top.map(\.token) }
    let foreign = tokens.first { token in
      switch token {
      case .id(let id): !tokenizer.contains(id)
      case .text(let text): tokenizer.token(of: text) == nil
      }
    }
    report.check(
      "vocabulary", foreign == nil,
      foreign.map { "the student has no token '\($0)'" } ?? "the student knows every token seen")
  }

  /// A word of the student that the server reads differently; spaces and the marks that stand for them do not count.
  private func misread(_ score: ServerScore) -> (word: String, text: String)? {
    guard case .id(let id) = score.token, let text = score.text, id != tokenizer.end,
      tokenizer.contains(id)
    else { return nil }
    let marks = CharacterSet(charactersIn: "\u{2581}\u{0120}").union(.whitespacesAndNewlines)
    let word = tokenizer.word(id)
    let same = word.trimmingCharacters(in: marks) == text.trimmingCharacters(in: marks)
    return same ? nil : (word, text)
  }

  private func rounded(_ value: Double) -> String { String(format: "%.4g", value) }
}

extension ServerToken {
  /// Whether two names mean one token; a number and a text do if the vocabulary says so.
  func matches(_ other: ServerToken, _ tokenizer: any Tokenizer) -> Bool {
    switch (self, other) {
    case (.id(let one), .id(let two)): one == two
    case (.text(let one), .text(let two)): one == two
    case (.id(let id), .text(let text)), (.text(let text), .id(let id)):
      tokenizer.contains(id) && tokenizer.word(id) == text
    }
  }
}
#endif
