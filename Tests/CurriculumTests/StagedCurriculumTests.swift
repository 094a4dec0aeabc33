import Core
import Testing

@testable import Curriculum

@Suite("Every curriculum")
struct CurriculumLawTests {
  @Test("depends on the pool, not on its order")
  func order() async throws {
    var generator = Seed(9).generator()
    let candidates = pool(60)
    let shuffled = candidates.shuffled(using: &generator)
    for parameters in everyParameters() {
      var one = try parameters.curriculum(seed: Seed(5))
      var other = try parameters.curriculum(seed: Seed(5))
      #expect(try await one.beginRound(candidates) == other.beginRound(shuffled))
      #expect(try one.next(100) == other.next(100))
    }
  }

  @Test("writes one line a candidate, with a reason, and asks for one round only by default")
  func audit() async throws {
    for parameters in everyParameters() {
      var curriculum = try parameters.curriculum(seed: Seed(5))
      #expect(curriculum.needsRound)
      let lines = try await curriculum.beginRound(pool(40))
      #expect(lines.map(\.id) == pool(40).map(\.id).sorted())
      #expect(lines.allSatisfy { !$0.reason.isEmpty && $0.round == 0 })
      #expect(!curriculum.needsRound)
      _ = try curriculum.next(500)
      #expect(!curriculum.needsRound)
    }
  }

  @Test("deals each chosen prompt exactly once an epoch, in an order of its own")
  func epochs() async throws {
    for parameters in everyParameters() {
      var curriculum = try parameters.curriculum(seed: Seed(5))
      let chosen = try await curriculum.beginRound(pool(40)).filter(\.taken).map(\.id)
      let first = try curriculum.next(chosen.count)
      let second = try curriculum.next(chosen.count)
      #expect(first.sorted() == chosen && second.sorted() == chosen)
      #expect(chosen.count < 6 || first != second)
    }
  }

  @Test("goes on identically from a snapshot in mid-round, and saves the same bytes")
  func snapshots() async throws {
    for parameters in everyParameters() {
      var curriculum = try parameters.curriculum(seed: Seed(5))
      _ = try await curriculum.beginRound(pool(40))
      let dealt = try curriculum.next(7)
      curriculum.observe(dealt.map { PromptObservation(id: $0, step: 0, meanReward: 0.1) })
      let bytes = try curriculum.snapshot()
      var restored = try parameters.curriculum(seed: Seed(5))
      try restored.restore(bytes)
      #expect(try restored.snapshot() == bytes)
      #expect(try restored.next(90) == curriculum.next(90))
      #expect(try await restored.beginRound(pool(40)) == curriculum.beginRound(pool(40)))
      #expect(try restored.snapshot() == curriculum.snapshot())
    }
  }

  @Test("each has a name of its own")
  func names() {
    #expect(Set(allCurriculumParameters.map { $0.name }).count == allCurriculumParameters.count)
  }
}

@Suite("Rounds")
struct RoundTests {
  @Test("begin after `every` dealt prompts, as often as `rounds` says")
  func schedule() async throws {
    let parameters = tvdf {
      $0.settings.every = 10
      $0.settings.rounds = 2
    }
    var curriculum = try parameters.curriculum(seed: Seed(1))
    #expect(try await curriculum.beginRound(pool(80)).allSatisfy { $0.round == 0 })
    _ = try curriculum.next(9)
    #expect(!curriculum.needsRound)
    _ = try curriculum.next(1)
    #expect(curriculum.needsRound)
    #expect(try await curriculum.beginRound(pool(80, seed: 2)).allSatisfy { $0.round == 1 })
    _ = try curriculum.next(50)
    #expect(!curriculum.needsRound)
  }

  @Test("re-select by what is measured now")
  func rescoring() async throws {
    var curriculum = try tvdf { $0.settings.every = 1 }.curriculum(seed: Seed(1))
    let first = try await curriculum.beginRound(pool(80)).filter(\.taken).map(\.id)
    _ = try curriculum.next(1)
    let second = try await curriculum.beginRound(pool(80, seed: 2)).filter(\.taken).map(\.id)
    #expect(curriculum.needsRound == false && first != second)
    #expect(try Set(curriculum.next(20)) == Set(second))
  }

  @Test("a failed round leaves the curriculum as it was")
  func failure() async throws {
    var curriculum = try tvdf().curriculum(seed: Seed(1))
    _ = try await curriculum.beginRound(pool(80))
    let before = try curriculum.snapshot()
    await #expect(throws: CurriculumError.self) { try await curriculum.beginRound([]) }
    #expect(try curriculum.snapshot() == before)
  }
}

@Suite("TVDF")
struct TVDFTests {
  @Test("takes the admitted prompts of the largest gap, and nobody below θ")
  func selection() async throws {
    var curriculum = try tvdf().curriculum(seed: Seed(1))
    let lines = try await curriculum.beginRound(pool(80))
    let reliable = pool(80).filter {
      ($0.teacherQuality ?? []).prefix(3).reduce(0, +) / 3 >= 0.4
    }
    let gap = { (e: CandidateEvidence) in (e.teacherQuality?[0] ?? 0) - (e.studentQuality ?? 0) }
    let expected = reliable.sorted { gap($0) > gap($1) }.prefix(20).map(\.id)
    #expect(Set(lines.filter(\.taken).map(\.id)) == Set(expected))
    #expect(lines.count { $0.score != nil } == reliable.count)
    #expect(lines.allSatisfy { $0.score != nil || $0.reason.hasPrefix("TRPV") })
  }

  @Test("its gate drops the prompts on which the teacher is wrong, and only those")
  func planted() async throws {
    var candidates = pool(200)
    for index in candidates.indices {
      candidates[index].teacherQuality = Array(repeating: index % 5 == 0 ? 0.1 : 0.8, count: 5)
    }
    var curriculum = try tvdf { $0.settings.budget = nil }.curriculum(seed: Seed(1))
    let dropped = try await curriculum.beginRound(candidates).filter { !$0.taken }.map(\.id)
    let wrong = candidates.indices.filter { $0 % 5 == 0 }.map { candidates[$0].id }
    #expect(Set(dropped) == Set(wrong))
  }

  @Test("its four arms measure what they need, and all take the budget")
  func arms() async throws {
    for (trpv, dbtp, needs) in [
      (true, true, [.teacherQuality, .studentQuality] as EvidenceNeeds),
      (true, false, .teacherQuality),
      (false, true, [.teacherQuality, .studentQuality]), (false, false, []),
    ] {
      let parameters = tvdf {
        $0.rule.trpv = trpv
        $0.rule.dbtp = dbtp
      }
      var curriculum = try parameters.curriculum(seed: Seed(1))
      #expect(curriculum.needs == needs)
      #expect(try await curriculum.beginRound(pool(80)).count(where: \.taken) == 20)
    }
  }

  @Test("ranks by the sum or the mean of the log-ratio")
  func disagreement() throws {
    let candidates = [
      Candidate(CandidateEvidence(id: "a", trajectoryReverseKL: 6, responseLength: 3)),
      Candidate(CandidateEvidence(id: "b", trajectoryReverseKL: 5, responseLength: 0)),
    ]
    #expect(try TrajectoryReverseKL(.sum).scores(of: candidates) == [6, 5])
    #expect(try TrajectoryReverseKL(.mean).scores(of: candidates) == [2, 0])
  }

  @Test("the off arm measures the same, takes as many, and draws them from the whole pool")
  func offArm() async throws {
    let off = tvdf { $0.settings.arm = .off }
    var one = try tvdf().curriculum(seed: Seed(1))
    var other = try off.curriculum(seed: Seed(1))
    #expect(one.needs == other.needs)
    let chosen = try await one.beginRound(pool(80))
    let drawn = try await other.beginRound(pool(80))
    #expect(chosen.count(where: \.taken) == drawn.count(where: \.taken))
    #expect(chosen.map(\.score) == drawn.map(\.score))
    #expect(drawn.contains { $0.taken && $0.score == nil })
    #expect(drawn.allSatisfy { $0.reason.hasPrefix("off arm") })
  }

  @Test("the off arm draws everybody equally often")
  func offArmUniform() async throws {
    var counts: [String: Int] = [:]
    for seed in 0..<2000 {
      let parameters = tvdf { $0.settings.arm = .off }
      var curriculum = try parameters.curriculum(seed: Seed(UInt64(seed)))
      for line in try await curriculum.beginRound(pool(40)) where line.taken {
        counts[line.id, default: 0] += 1
      }
    }
    let taken = Double(counts.values.reduce(0, +)) / 40
    #expect(counts.count == 40)
    #expect(counts.values.allSatisfy { abs(Double($0) - taken) < 5 * taken.squareRoot() })
  }
}
