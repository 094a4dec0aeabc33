import Foundation
public import Core
public import Teacher
public import Testing

/// Checks a teacher and makes an issue of the running test of each law it breaks.
///
/// - Parameters:
///   - teacher: The teacher.
///   - prompts: Prompts it can judge; two at least.
///   - responses: Responses to each of them, of different lengths.
///   - tokenizer: The student's words.
///   - tolerance: How much two scores of one token may differ, in nats; 0 for a teacher that computes the same bits.
///   - sourceLocation: Where issues are reported.
public func checkTeacherScorer(
  _ teacher: any TeacherScorer, prompts: [Prompt], responses: [[Token]], tokenizer: any Tokenizer,
  tolerance: Double = 0, sourceLocation: SourceLocation = #_sourceLocation
) async {
  await teacherViolations(
    teacher, prompts: prompts, responses: responses, tokenizer: tokenizer, tolerance: tolerance
  ).record(sourceLocation: sourceLocation)
}

/// The laws a teacher breaks; see `checkTeacherScorer`.
public func teacherViolations(
  _ teacher: any TeacherScorer, prompts: [Prompt], responses: [[Token]], tokenizer: any Tokenizer,
  tolerance: Double = 0
) async -> [Violation] {
  var laws = TeacherLaws(
    teacher: teacher, tokenizer: tokenizer, tolerance: tolerance,
    requests: prompts.map { ScoringRequest(prompt: $0, responses: responses) })
  await laws.check()
  return laws.book.violations
}

/// The laws of teachers.
struct TeacherLaws {
  let teacher: any TeacherScorer
  let tokenizer: any Tokenizer
  let tolerance: Double
  let requests: [ScoringRequest]
  var book = Lawbook()

  /// Rounding of Float32 log-probabilities that were computed in another way.
  private static let rounding = 1e-4

  mutating func check() async {
    checkDeclarations()
    guard let scores = await score(requests, .sampled) else { return }
    checkShape(scores)
    guard book.violations.isEmpty else { return }
    await checkRepetition(scores)
    await checkBatches(scores)
    await checkPrefixes(scores)
    await checkTotal()
    await checkTop(scores)
    await checkRows(scores)
    await checkRefusals()
  }

  private mutating func score(
    _ requests: [ScoringRequest], _ support: TeacherSupport
  ) async -> [[TeacherScore]]? {
    let teacher = teacher
    return await book.attempt("Responses in the vocabulary are scored.") {
      try await teacher.score(requests, support: support)
    }
  }

  private mutating func checkDeclarations() {
    book.expect(
      teacher.vocabularyFingerprint == tokenizer.fingerprint,
      "The vocabulary is the student's.",
      "its digest is \(teacher.vocabularyFingerprint), not \(tokenizer.fingerprint)")
    book.expect(
      teacher.flopsPerToken >= 0 && teacher.flopsPerToken.isFinite, "Work is counted in flops.",
      "a token costs \(teacher.flopsPerToken)")
  }

  private mutating func checkShape(_ scores: [[TeacherScore]]) {
    book.expect(
      scores.map(\.count) == requests.map(\.responses.count), "There is one score a response.",
      "\(scores.map(\.count)) for \(requests.map(\.responses.count))")
    for (request, scores) in zip(requests, scores) {
      for (response, score) in zip(request.responses, scores) {
        book.expect(
          score.sampled.count == response.count, "There is one log-probability a token.",
          "\(score.sampled.count) for \(response.count) tokens of '\(request.prompt.id)'")
        book.expect(
          score.sampled.allSatisfy { $0.isFinite && $0 < 1e-3 },
          "Log-probabilities are finite and not above 0.",
          "'\(request.prompt.id)' has \(score.sampled)")
      }
    }
  }

  private mutating func checkRepetition(_ scores: [[TeacherScore]]) async {
    guard let again = await score(requests, .sampled) else { return }
    expectSame(scores, again, "The same question gets the same answer.", tolerance)
    guard let none = await score([], .sampled) else { return }
    book.expect(none.isEmpty, "No questions get no answers.", "\(none.count) answers")
  }

  private mutating func checkBatches(_ scores: [[TeacherScore]]) async {
    let law = "A score does not depend on what else is in the batch."
    guard let backwards = await score(requests.reversed(), .sampled) else { return }
    expectSame(scores, backwards.reversed(), law, tolerance)
    for (request, expected) in zip(requests, scores) {
      for (response, expected) in zip(request.responses, expected) {
        let single = ScoringRequest(prompt: request.prompt, responses: [response])
        guard let alone = await score([single], .sampled) else { return }
        expectSame([[expected]], alone, law, tolerance)
      }
    }
  }

  private mutating func checkPrefixes(_ scores: [[TeacherScore]]) async {
    let cut = requests.map { request in
      ScoringRequest(
        prompt: request.prompt, responses: request.responses.map { Array($0.prefix(1)) })
    }
    guard let short = await score(cut, .sampled) else { return }
    let expected = scores.map { $0.map { TeacherScore(sampled: Array($0.sampled.prefix(1))) } }
    expectSame(
      expected, short, "A token's score does not depend on the tokens after it.",
      max(tolerance, Self.rounding))
  }

  /// At most 1, not exactly: a service may give probability to words the student does not have.
  private mutating func checkTotal() async {
    guard tokenizer.count <= 1024, let prompt = requests.first?.prompt else { return }
    let all = ScoringRequest(prompt: prompt, responses: (0..<tokenizer.count).map { [$0] })
    guard let scores = await score([all], .sampled)?.first else { return }
    let total = scores.reduce(0.0) { $0 + exp(Double($1.sampled.first ?? 0)) }
    book.expect(
      total <= 1 + 1e-3, "The probabilities of all first tokens sum to 1 at most.",
      "they sum to \(total) for '\(prompt.id)'")
  }

  private mutating func expectSame(
    _ first: [[TeacherScore]], _ second: [[TeacherScore]], _ law: String, _ tolerance: Double
  ) {
    for (first, second) in zip(first.joined(), second.joined()) {
      book.expect(
        agree(first.sampled, second.sampled, within: tolerance), law,
        "\(first.sampled) and \(second.sampled)")
    }
  }
}

extension TeacherLaws {
  private mutating func checkTop(_ scores: [[TeacherScore]]) async {
    let k = min(3, tokenizer.count)
    guard teacher.support.covers(.top(k)), let listed = await score(requests, .top(k)) else {
      return
    }
    for (request, index) in zip(requests, requests.indices) {
      for (slot, response) in request.responses.enumerated() {
        let score = listed[index][slot]
        guard let top = score.top, top.count == response.count else {
          return book.expect(
            false, "There is a list of likeliest tokens a position.",
            "\(score.top?.count ?? 0) for \(response.count) tokens of '\(request.prompt.id)'")
        }
        for (position, list) in top.enumerated() {
          check(list, k, response[position], scores[index][slot].sampled[position])
        }
      }
    }
  }

  private mutating func check(
    _ list: [ScoredToken], _ k: Int, _ token: Token, _ sampled: Float
  ) {
    let values = list.map(\.logProbability)
    book.expect(
      list.count >= k && Set(list.map(\.token)).count == list.count
        && list.allSatisfy { tokenizer.contains($0.token) },
      "A list names k different tokens of the vocabulary.", "\(list.map(\.token))")
    book.expect(
      zip(values, values.dropFirst()).allSatisfy { $0 >= $1 }, "A list begins with the likeliest.",
      "\(values)")
    let own = list.first { $0.token == token }?.logProbability
    let bound = (list.last?.logProbability ?? 0) + Float(max(tolerance, 1e-4))
    book.expect(
      own.map { agree([$0], [sampled], within: max(tolerance, 1e-4)) } ?? (sampled <= bound),
      "A list agrees with the score of the response's own token.",
      "token \(token) has \(sampled), the list \(list)")
  }

  private mutating func checkRows(_ scores: [[TeacherScore]]) async {
    guard teacher.support == .full, let full = await score(requests, .full) else { return }
    for (request, index) in zip(requests, requests.indices) {
      for (slot, response) in request.responses.enumerated() {
        guard let rows = full[index][slot].rows, rows.positions == response.count,
          rows.vocabularySize == tokenizer.count
        else {
          return book.expect(
            false, "There is a row of the vocabulary a position.", "'\(request.prompt.id)'")
        }
        check(rows, response, scores[index][slot].sampled)
      }
    }
  }

  private mutating func check(
    _ rows: any VocabularyRows, _ response: [Token], _ sampled: [Float]
  ) {
    let width = rows.vocabularySize
    let all = rows.logProbabilities(0..<response.count)
    book.expect(
      all.count == response.count * width, "Rows are as wide as the vocabulary.",
      "\(all.count) numbers for \(response.count) rows of \(width)")
    guard all.count == response.count * width else { return }
    for position in response.indices {
      let row = Array(all[position * width..<(position + 1) * width])
      let total = row.reduce(0) { $0 + exp(Double($1)) }
      book.expect(abs(total - 1) < 1e-3, "A row sums to 1.", "it sums to \(total)")
      book.expect(
        agree([row[response[position]]], [sampled[position]], within: max(tolerance, 1e-4)),
        "A row agrees with the score of the response's own token.",
        "\(row[response[position]]) and \(sampled[position])")
      book.expect(
        rows.logProbabilities(position..<position + 1) == row,
        "A row is the same read alone or with others.", "position \(position)")
    }
  }

  private mutating func checkRefusals() async {
    guard let prompt = requests.first?.prompt else { return }
    let teacher = teacher
    for token in [tokenizer.count, -1] {
      await book.expectRefusal("A token outside the vocabulary is refused, not scored.") {
        _ = try await teacher.score(
          [ScoringRequest(prompt: prompt, responses: [[token]])], support: .sampled)
      }
    }
  }
}
