import Core
import Testing

@testable import Curriculum

@Suite("A choice that minds where answers lie")
struct PositionBalanceTests {
  /// Candidates of which 10, 20, 40 and 30 lie in the four quarters, those at both ends of the videos with the largest scores.
  private let positions: [Double] =
    Array(repeating: 0.1, count: 10) + Array(repeating: 0.3, count: 20)
    + Array(repeating: 0.74, count: 40) + Array(repeating: 1, count: 30)

  private var scored: [Double] {
    zip(positions, scores(100)).map { ($0 < 0.25 || $0 > 0.75 ? 10 : 0) + $1 }
  }

  private func quarters(_ chosen: [Int]) -> [Int] {
    (0..<4).map { quarter in chosen.count { min(Int(positions[$0] * 4), 3) == quarter } }
  }

  private func choose(_ balance: PositionBalance, _ budget: Int, seed: UInt64 = 1) -> [Int] {
    balance.choose(budget, from: scored, at: positions, by: TopSampler(), seed: Seed(seed))
  }

  @Test("takes of each quarter as many as are admitted, and the best ranked of them")
  func balanced() {
    let chosen = choose(.balanced, 20)
    #expect(quarters(chosen) == [2, 4, 8, 6])
    for quarter in 0..<4 {
      let members = positions.indices.filter { min(Int(positions[$0] * 4), 3) == quarter }
      let best = members.sorted { scored[$0] > scored[$1] }.prefix(quarters(chosen)[quarter])
      #expect(Set(best).isSubset(of: Set(chosen)))
    }
  }

  @Test("its control has the shares of the ranking alone, whatever it draws")
  func shifted() {
    let ranked = TopSampler().choose(20, from: scored, seed: Seed(1))
    let drawn = (1...20).map { choose(.shifted, 20, seed: UInt64($0)) }
    #expect(quarters(ranked)[1...2] == [0, 0])
    for chosen in drawn {
      #expect(quarters(chosen).reduce(0, +) == 20 && quarters(chosen)[1...2] == [0, 0])
    }
    // Forty candidates lie there: all of them are drawn sooner or later, which the ranking would never do.
    #expect(Set(drawn.joined()).count == 40)
  }

  @Test(
    "chooses distinct candidates, and all where the budget is theirs",
    arguments: [0, 1, 7, 100, 300])
  func distinct(budget: Int) {
    for balance in [PositionBalance.balanced, .shifted] {
      let chosen = choose(balance, budget)
      #expect(chosen.count == min(budget, 100) && Set(chosen).count == chosen.count)
    }
  }

  @Test(
    "asks where the teacher's answers lie, which reads no label, and says so where nobody knows")
  func needs() async throws {
    var parameters = tvdf()
    parameters.rule.positions = .balanced
    (parameters.rule.trpv, parameters.rule.score) = (false, .trajectoryRKLSum)
    var curriculum = try parameters.curriculum(seed: Seed(1))
    #expect(curriculum.needs.contains(.teacherPosition) && !curriculum.readsTruth)
    let missing = CurriculumError.missingEvidence(
      id: "prompt-0", what: "where in the video the teacher's answer lies")
    await #expect(throws: missing) { try await curriculum.beginRound(pool(30)) }
    let placed = pool(30).enumerated().map { index, known in
      var candidate = known
      candidate.teacherPosition = Double(index) / 29
      return candidate
    }
    let lines = try await curriculum.beginRound(placed)
    #expect(lines.count(where: \.taken) == 20)
    #expect(lines.allSatisfy { $0.reason.hasSuffix("quarter by quarter") })
  }

  @Test("is refused where nothing is ranked")
  func unranked() {
    var rule = tvdf().rule
    (rule.dbtp, rule.positions) = (false, .shifted)
    #expect(throws: CurriculumError.self) { try rule.plan() }
  }
}
