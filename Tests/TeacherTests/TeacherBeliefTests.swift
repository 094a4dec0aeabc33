import Core
import Foundation
import Tasks
import Testing

@testable import Teacher

@Suite("What a teacher believes of every answer")
struct TeacherBeliefTests {
  private let codec = ClipCodec(clips: 12, clip: 1).answers
  private let prompt = Prompt.toy(duration: 12)

  private func teacher(
    floorShare: Double = 0.02, scale: Double = 1
  ) throws -> WindowDistributionTeacher {
    let windows = [
      ScoredInterval(Interval(2, 6), confidence: 0.6),
      ScoredInterval(Interval(7, 8), confidence: 0.4),
    ]
    return try WindowDistributionTeacher(
      source: try TableWindows([prompt.id: windows]), codec: codec,
      smoothing: WindowSmoothing(scale: scale, floorShare: floorShare, offGridMass: 1e-6))
  }

  private func belief(_ teacher: any TeacherScorer) async throws -> AnswerBelief {
    try await TeacherBeliefs(teacher, codec, for: "A test").of([prompt]).beliefs[0]
  }

  @Test("is that of its table, read off its scores")
  func table() async throws {
    let teacher = try teacher()
    let known = try teacher.distribution(for: prompt).answers.map(\.confidence)
    let belief = try await belief(teacher)
    #expect(known.count == belief.probabilities.count)
    for (mine, theirs) in zip(belief.probabilities, known) { #expect(abs(mine - theirs) < 1e-5) }
    #expect(abs(belief.probabilities.reduce(0, +) - 1) < 1e-12)
  }

  @Test("has the entropy of a flat one where it is flat, and less the sharper it is served")
  func entropy() async throws {
    let flat = try await belief(try teacher(scale: 1e9))
    #expect(abs(flat.entropy - log(78)) < 1e-6)
    #expect(AnswerBelief(logProbabilities: [0, -.infinity])?.entropy == 0)
    for none in [[-Double.infinity, -.infinity], [0, .nan], [.nan], [0, .infinity]] {
      #expect(AnswerBelief(logProbabilities: none) == nil, "\(none)")
    }
    var last = 0.0
    for temperature in [0.25, 0.5, 1, 2] {
      let served = try await belief(
        TemperedTeacher(try teacher(), .init(temperature: temperature)))
      #expect(served.entropy > last)
      last = served.entropy
    }
  }

  @Test("is read greedily a token at a time, and safely by all of it")
  func reading() async throws {
    let beliefs = try TeacherBeliefs(try teacher(), codec, for: "A test")
    let belief = try await beliefs.of([prompt]).beliefs[0]
    let answers = try beliefs.answers(to: prompt)
    let greedy = try #require(answers.greedy(under: belief))
    var written: [Token] = []
    let distribution = try teacher().distribution(for: prompt)
    while written.last != codec.tokenizer.end {
      let row = distribution.probabilities(after: written)
      written.append(try #require(row.indices.max { row[$0] < row[$1] }))
    }
    #expect(answers.tokens[greedy] == written)
    let table = AgreementTable(answers.answers, beliefs.task)
    let worth = answers.answers.map { first in
      zip(answers.answers, belief.probabilities).reduce(0) {
        $0 + $1.1 * beliefs.task.agreement(first, $1.0)
      }
    }
    let safest = try #require(table.safest(under: belief))
    #expect(worth[safest] == worth.max())
  }

  @Test("of many prompts are those of each")
  func batches() async throws {
    let prompts = (0..<20).map { Prompt.toy("p\($0)", duration: 12) }
    let windows = Dictionary(
      uniqueKeysWithValues: prompts.enumerated().map { index, prompt in
        (prompt.id, [ScoredInterval(Interval(Double(index % 9), 12), confidence: 1)])
      })
    let teacher = try WindowDistributionTeacher(
      source: try TableWindows(windows), codec: codec, smoothing: WindowSmoothing(scale: 1))
    let beliefs = try TeacherBeliefs(teacher, codec, for: "A test")
    let all = try await beliefs.of(prompts).beliefs
    for (prompt, belief) in zip(prompts, all) {
      #expect(try await beliefs.of([prompt]).beliefs[0].probabilities == belief.probabilities)
    }
  }
}
