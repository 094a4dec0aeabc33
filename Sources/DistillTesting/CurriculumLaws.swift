public import Curriculum
public import Testing

/// Checks a curriculum and makes an issue of the running test of each law it breaks.
///
/// - Parameters:
///   - make: Makes a fresh curriculum, the same every time.
///   - candidates: A pool with everything measured that the curriculum needs; a dozen prompts or more, so that some are taken.
///   - sourceLocation: Where issues are reported.
public func checkCurriculum(
  _ make: () throws -> any PromptCurriculum, candidates: [CandidateEvidence],
  sourceLocation: SourceLocation = #_sourceLocation
) async {
  await curriculumViolations(make, candidates: candidates).record(sourceLocation: sourceLocation)
}

/// The laws a curriculum breaks; see `checkCurriculum`.
public func curriculumViolations(
  _ make: () throws -> any PromptCurriculum, candidates: [CandidateEvidence]
) async -> [Violation] {
  var book = Lawbook()
  guard let fresh = book.attempt("A curriculum can be made.", make),
    let again = book.attempt("A curriculum can be made.", make)
  else { return book.violations }
  var laws = CurriculumLaws(fresh: fresh, candidates: candidates, book: book)
  await laws.check(twin: again)
  return laws.book.violations
}

/// The laws of curricula.
struct CurriculumLaws {
  let fresh: any PromptCurriculum
  let candidates: [CandidateEvidence]
  var book: Lawbook

  mutating func check(twin: any PromptCurriculum) async {
    guard let (started, records) = await begun(fresh, candidates) else { return }
    let taken = checkRecords(records)
    guard let (other, same) = await begun(twin, candidates.reversed()) else { return }
    book.expect(
      Set(same.filter(\.taken).map(\.id)) == taken,
      "The choice does not depend on the pool's order.",
      "\(taken.sorted()) and \(same.filter(\.taken).map(\.id).sorted())")
    guard !taken.isEmpty else { return }
    let dealt = checkDealing(started, taken)
    let second = deals(other, 2 * taken.count)
    book.expect(
      second == dealt, "The same seed deals the same prompts.", "\(dealt) and \(second)")
    checkSnapshot(started, taken.count)
    await checkRefusals()
  }

  private mutating func begun(
    _ curriculum: any PromptCurriculum, _ candidates: [CandidateEvidence]
  ) async -> (any PromptCurriculum, [SelectionRecord])? {
    var curriculum = curriculum
    let records = await book.attempt("A round begins when everything needed is measured.") {
      try await curriculum.beginRound(candidates)
    }
    return records.map { (curriculum, $0) }
  }

  private mutating func checkRecords(_ records: [SelectionRecord]) -> Set<String> {
    book.expect(
      records.map(\.id).sorted() == candidates.map(\.id).sorted(),
      "There is one record a candidate.", "\(records.count) for \(candidates.count)")
    book.expect(
      Set(records.map(\.round)).count <= 1, "A round has one number.",
      "\(Set(records.map(\.round)).sorted())")
    book.expect(
      records.allSatisfy { !$0.reason.isEmpty }, "Every record says why.",
      "'\(records.first { $0.reason.isEmpty }?.id ?? "")' does not")
    let taken = Set(records.filter(\.taken).map(\.id))
    book.expect(!taken.isEmpty, "Somebody is taken.", "nobody of \(candidates.count)")
    return taken
  }

  private mutating func checkDealing(
    _ curriculum: any PromptCurriculum, _ taken: Set<String>
  ) -> [String] {
    let dealt = deals(curriculum, 2 * taken.count)
    book.expect(
      dealt.count == 2 * taken.count, "As many prompts are dealt as are asked for.",
      "\(dealt.count) of \(2 * taken.count)")
    for epoch in [dealt.prefix(taken.count), dealt.dropFirst(taken.count)] {
      book.expect(
        epoch.sorted() == taken.sorted(), "Every prompt that was taken is dealt once an epoch.",
        "\(epoch) of \(taken.sorted())")
    }
    return dealt
  }

  /// Prompts in uneven portions, as a trainer with a last small batch asks for them.
  private mutating func deals(_ curriculum: any PromptCurriculum, _ count: Int) -> [String] {
    var curriculum = curriculum
    var dealt: [String] = []
    while dealt.count < count {
      let portion = min(3, count - dealt.count)
      let next = book.attempt("Prompts can be dealt once a round has begun.") {
        try curriculum.next(portion)
      }
      guard let next, !next.isEmpty else { return dealt }
      dealt += next
    }
    return dealt
  }

  private mutating func checkSnapshot(_ started: any PromptCurriculum, _ count: Int) {
    let law = "A curriculum goes on exactly where its snapshot was taken."
    var running = started
    _ = try? running.next(max(1, count / 2))
    running.observe([
      PromptObservation(id: candidates[0].id, step: 1, meanReward: 0.5, rewardSpread: 0.1)
    ])
    let kept = running
    guard let snapshot = book.attempt(law, { try kept.snapshot() }) else { return }
    var restored = fresh
    guard book.attempt(law, { try restored.restore(snapshot) }) != nil else { return }
    let (expected, found) = (deals(running, count + 2), deals(restored, count + 2))
    book.expect(expected == found, law, "\(expected) and \(found)")
    book.expect(
      running.needsRound == restored.needsRound, law, "one asks for a round, the other does not")
    var spoiled = fresh
    book.expectRefusal("A snapshot that was cut short is refused.") {
      try spoiled.restore(Array(snapshot.prefix(snapshot.count / 2)))
    }
  }

  private mutating func checkRefusals() async {
    var curriculum = fresh
    if fresh.needsRound {
      book.expectRefusal("Nothing is dealt before the first round.") {
        _ = try curriculum.next(1)
      }
    }
    let candidates = candidates
    await book.expectRefusal("An empty pool is refused.") {
      _ = try await curriculum.beginRound([])
    }
    await book.expectRefusal("A candidate that occurs twice is refused.") {
      _ = try await curriculum.beginRound(candidates + candidates.prefix(1))
    }
    guard !fresh.needs.isEmpty else { return }
    await book.expectRefusal("A pool on which nothing was measured is refused.") {
      _ = try await curriculum.beginRound(candidates.map { CandidateEvidence(id: $0.id) })
    }
  }
}
