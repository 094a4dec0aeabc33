import Foundation
import Core
import Testing

@testable import Teacher

@Suite("Teacher wrappers")
struct WrapperTests {
  let base = TabularTeacher()
  let requests = [
    ScoringRequest(prompt: .toy("a"), responses: [[0, 3, 1], [4]]),
    ScoringRequest(prompt: .toy("b"), responses: [[2, 2]]),
  ]

  /// Teachers whose whole rows must agree with everything else they say.
  func wrapped() throws -> [any TeacherScorer] {
    [
      try TemperedTeacher(base, .init(temperature: 2.5)),
      try NoisyTeacher(base, .init(noise: 0.3), vocabularySize: 5),
      try MixtureTeacher([(base, 1), (TabularTeacher(salt: 1), 3)]),
      try RoutedTeacher([(.prompts(["a"]), base), (.always, TabularTeacher(salt: 2))]),
      try ShuffledTeacher(base, pool: requests.map(\.prompt), seed: Seed(1)),
    ]
  }

  @Test("are distributions: every row sums to 1, and every support says the same")
  func areDistributions() async throws {
    for teacher in try wrapped() {
      let full = try await teacher.score(requests, support: .full)
      let sampled = try await teacher.score(requests, support: .sampled)
      let top = try await teacher.score(requests, support: .top(3))
      for (request, index) in zip(requests, requests.indices) {
        for (slot, response) in request.responses.enumerated() {
          let rows = full[index][slot].distributions
          #expect(rows.count == response.count)
          #expect(rows.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-6 }, "\(type(of: teacher))")
          for (position, token) in response.enumerated() {
            let value = exp(Double(sampled[index][slot].sampled[position]))
            #expect(abs(rows[position][token] - value) < 1e-6)
            let listed = try #require(top[index][slot].top?[position])
            #expect(
              listed.map { exp(Double($0.logProbability)) }
                .elementsEqual(rows[position].sorted(by: >).prefix(3)) { abs($0 - $1) < 1e-6 })
          }
        }
      }
    }
  }

  @Test("change nothing when they are told to change nothing")
  func neutral() async throws {
    let plain = try await base.score(requests, support: .full).map { $0.map(\.contents) }
    let neutral: [any TeacherScorer] = [
      try TemperedTeacher(base, .init(temperature: 1)),
      try NoisyTeacher(base, .init(noise: 0), vocabularySize: 5),
      try RoutedTeacher([(.always, base)]),
    ]
    for teacher in neutral {
      let scores = try await teacher.score(requests, support: .full).map { $0.map(\.contents) }
      #expect(scores == plain)
    }
  }

  @Test("temperature raises probabilities to 1/T and normalises")
  func temperature() async throws {
    let teacher = try TemperedTeacher(base, .init(temperature: 2))
    let row = try await teacher.score(requests, support: .full)[0][0].distributions[0]
    let roots = base.probabilities(requests[0].prompt, []).map { $0.squareRoot() }
    let expected = roots.map { $0 / roots.reduce(0, +) }
    #expect(zip(row, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("noise 1 is the uniform distribution")
  func fullNoise() async throws {
    let teacher = try NoisyTeacher(base, .init(noise: 1), vocabularySize: 5)
    let rows = try await teacher.score(requests, support: .full)[0][0].distributions
    #expect(rows.joined().allSatisfy { abs($0 - 0.2) < 1e-6 })
  }

  @Test("a mixture is the weighted mean of its members")
  func mixture() async throws {
    let other = TabularTeacher(salt: 1)
    let teacher = try MixtureTeacher([(base, 1), (other, 3)])
    let row = try await teacher.score(requests, support: .full)[1][0].distributions[1]
    let first = base.probabilities(requests[1].prompt, [2])
    let second = other.probabilities(requests[1].prompt, [2])
    for (index, value) in row.enumerated() {
      #expect(abs(value - (first[index] + 3 * second[index]) / 4) < 1e-6)
    }
    #expect(teacher.flopsPerToken == 6)
  }

  @Test("a mixture with a member that tells little tells only the sampled token")
  func mixtureSupport() async throws {
    let teacher = try MixtureTeacher([(base, 1), (TabularTeacher(support: .top(2)), 1)])
    #expect(teacher.support == .sampled)
    await #expect(throws: TeacherError.support(needed: .top(2), given: .sampled)) {
      try await teacher.score(requests, support: .top(2))
    }
  }

  @Test("routes ask each teacher once, about its own prompts only, and keep the order")
  func routed() async throws {
    let first = TabularTeacher()
    let second = TabularTeacher(support: .top(4), salt: 2)
    let teacher = try RoutedTeacher([(.prompts(["b"]), second), (.always, first)])
    let batch = requests + requests.reversed()
    let scores = try await teacher.score(batch, support: .sampled)
    #expect(first.calls == [4] && second.calls == [2])
    let expected = try await second.score([requests[1]], support: .sampled)[0][0].sampled
    #expect(scores[1][0].sampled == expected && scores[2][0].sampled == expected)
    #expect(teacher.support == .top(4))
  }

  @Test("every route condition holds for what it names and nothing else")
  func conditions() {
    let prompt = Prompt.toy("a", duration: 12, video: "v")
    let holding: [RouteCondition] = [
      .videos(["v"]), .prompts(["a"]), .queryContains("WHAT"), .duration(atLeast: 12, below: 13),
      .difficulty(["a": 0.5], atLeast: 0.5, below: 1), .share(1, seed: Seed(0)), .always,
    ]
    let failing: [RouteCondition] = [
      .videos(["w"]), .prompts([]), .queryContains("where"), .duration(atLeast: 0, below: 12),
      .difficulty(["b": 0.5], atLeast: 0, below: 1), .share(0, seed: Seed(0)),
    ]
    #expect(holding.allSatisfy { $0.holds(for: prompt) })
    #expect(!failing.contains { $0.holds(for: prompt) })
  }

  @Test("the shuffled teacher answers for every prompt with another, each used once")
  func shuffled() async throws {
    let pool = (0..<9).map { Prompt.toy("p\($0)") }
    let teacher = try ShuffledTeacher(base, pool: pool, seed: Seed(7))
    let partners = pool.map { teacher.partner(of: $0).id }
    #expect(Set(partners) == Set(pool.map(\.id)))
    #expect(zip(partners, pool).allSatisfy { $0 != $1.id })
    let other = try ShuffledTeacher(base, pool: pool.reversed(), seed: Seed(7))
    #expect(pool.map { other.partner(of: $0).id } == partners)
    let score = try await teacher.score(
      [ScoringRequest(prompt: pool[0], responses: [[1, 2]])], support: .sampled)
    let expected = try await base.score(
      [ScoringRequest(prompt: teacher.partner(of: pool[0]), responses: [[1, 2]])],
      support: .sampled)
    #expect(score[0][0].sampled == expected[0][0].sampled)
  }

  @Test("refuse what they cannot do")
  func refusals() {
    #expect(throws: TeacherError.support(needed: .full, given: .sampled)) {
      try TemperedTeacher(TabularTeacher(support: .sampled), .init(temperature: 2))
    }
    #expect(throws: TeacherError.vocabulary(expected: "toy", received: "other")) {
      try MixtureTeacher([(base, 1), (TabularTeacher(fingerprint: "other"), 1)])
    }
    #expect(throws: TeacherError.nothingToShuffle(prompt: "a")) {
      try ShuffledTeacher(base, pool: [.toy("a"), .toy("a")], seed: Seed(0))
    }
    #expect(throws: TeacherError.noRoute(prompt: "a")) {
      try RoutedTeacher([(.videos([]), base)]).route(of: .toy("a"))
    }
    let noise = TeacherError.parameter(name: "noise", value: "1.5", allowed: "from 0 to 1")
    #expect(noise.exitStatus == .usage)
    #expect(throws: noise) { try NoisyTeacher(base, .init(noise: 1.5), vocabularySize: 5) }
    #expect(
      noise.description == """
        The teacher's parameter 'noise' is 1.5, but must be from 0 to 1. \
        Change 'noise' in the teacher's configuration.
        """)
  }
}
