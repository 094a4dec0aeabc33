import Core
import Testing

@testable import Curriculum

@Suite("Uniform curriculum")
struct UniformCurriculumTests {
  @Test("takes the ids from its round or from its maker, and deals the same")
  func ids() async throws {
    let ids = pool(12).map(\.id)
    var told = try UniformCurriculum(ids, seed: Seed(4))
    var asking = UniformCurriculum(seed: Seed(4))
    #expect(!told.needsRound && asking.needsRound && asking.needs.isEmpty)
    _ = try asking.beginRound(ids.reversed().map { CandidateEvidence(id: $0) })
    #expect(try told.next(30) == asking.next(30))
  }

  @Test("deals the same whether asked for many at once or one at a time")
  func batches() throws {
    let ids = pool(7).map(\.id)
    var whole = try UniformCurriculum(ids, seed: Seed(4))
    var single = try UniformCurriculum(ids, seed: Seed(4))
    let dealt = try (0..<23).flatMap { _ in try single.next(1) }
    #expect(try whole.next(23) == dealt)
  }

  @Test("another seed is another order")
  func seeds() throws {
    let ids = pool(20).map(\.id)
    var one = try UniformCurriculum(ids, seed: Seed(4))
    var other = try UniformCurriculum(ids, seed: Seed(5))
    #expect(try one.next(20) != other.next(20))
  }
}

@Suite("Large pools")
struct LargePoolTests {
  @Test("2,500 of 100,000 are selected")
  func large() async throws {
    var curriculum = try tvdf { $0.settings.budget = 2500 }.curriculum(seed: Seed(1))
    let candidates = pool(100_000)
    let lines = try await curriculum.beginRound(candidates)
    #expect(lines.count(where: \.taken) == 2500)
  }
}
