import Foundation
import Core
import Tasks
import Testing

@testable import Teacher

@Suite("Window-distribution teacher")
struct WindowTeacherTests {
  let codec = DecimalCodec()

  /// Answers, a torn answer, nonsense, and tokens after the end.
  var responses: [[Token]] {
    [
      codec.encode(Interval(3, 11), duration: 12), [1, 0], [12, 12, 0, 3],
      codec.encode(Interval(0, 1), duration: 12) + [5], [11],
    ]
  }

  @Test("tells the same by sampled token, by top-k and by whole rows", arguments: WindowCase.all)
  func supportsAgree(_ example: WindowCase) async throws {
    let teacher = try example.teacher()
    let vocabulary = teacher.tokenizer.count
    let request = ScoringRequest(
      prompt: example.prompt, responses: example.prefixes().filter { !$0.isEmpty })
    let full = try await teacher.score([request], support: .full)[0]
    let top = try await teacher.score([request], support: .top(vocabulary))[0]
    for (index, response) in request.responses.enumerated() {
      let rows = try #require(full[index].rows)
      #expect(rows.positions == response.count && rows.vocabularySize == vocabulary)
      let values = rows.logProbabilities(0..<response.count)
      let listed = try #require(top[index].top)
      for (position, token) in response.enumerated() {
        let row = Array(values[position * vocabulary..<(position + 1) * vocabulary])
        #expect(row[token] == full[index].sampled[position])
        #expect(Set(listed[position].map(\.token)).count == vocabulary)
        #expect(listed[position].allSatisfy { row[$0.token] == $0.logProbability })
        #expect(
          zip(listed[position], listed[position].dropFirst()).allSatisfy {
            $0.logProbability >= $1.logProbability
          })
      }
    }
  }

  @Test("is finite everywhere, also for nonsense and after the end")
  func isFinite() async throws {
    let scores = try await WindowCase.all[0].teacher().score(
      [ScoringRequest(prompt: .toy(), responses: responses)], support: .full)
    for (score, response) in zip(scores[0], responses) {
      #expect(score.sampled.count == response.count)
      #expect(score.sampled.allSatisfy { $0.isFinite && $0 < 0 })
    }
  }

  @Test("gives k tokens for top-k, likeliest first, the same at every k")
  func topIsNested() async throws {
    let teacher = try WindowCase.all[0].teacher()
    let request = ScoringRequest(prompt: .toy(), responses: responses)
    let five = try await teacher.score([request], support: .top(5))[0]
    let two = try await teacher.score([request], support: .top(2))[0]
    for (five, two) in zip(five, two) {
      #expect(five.top?.allSatisfy { $0.count == 5 } == true)
      #expect(five.top?.map { Array($0.prefix(2)) } == two.top)
    }
  }

  @Test("scores a prompt the same whatever else is in the batch")
  func ignoresTheBatch() async throws {
    let teacher = try WindowDistributionTeacher(
      source: try TableWindows(["a": [.init(1, 4, 1)], "b": [.init(5, 9, 0.4), .init(0, 2, 0.1)]]),
      codec: codec.answers, smoothing: WindowSmoothing())
    let first = ScoringRequest(prompt: .toy("a"), responses: responses)
    let second = ScoringRequest(prompt: .toy("b", duration: 9), responses: responses)
    let together = try await teacher.score([first, second, first], support: .sampled)
    let alone = try await teacher.score([second], support: .sampled)
    #expect(together[1].map(\.sampled) == alone[0].map(\.sampled))
    #expect(together[0].map(\.sampled) == together[2].map(\.sampled))
  }

  @Test("predicts the table's windows, surest first, the earlier of equals first")
  func predicts() async throws {
    let windows: [ScoredInterval] = [.init(1, 4, 0.2), .init(5, 9, 0.7), .init(0, 2, 0.2)]
    let teacher = try WindowDistributionTeacher(
      source: try TableWindows(["a": windows]), codec: codec.answers, smoothing: WindowSmoothing())
    let found = try await teacher.predictions(for: [.toy()], count: 2)
    #expect(found.windows == [[windows[1], windows[0]]])
    let all = try await teacher.predictions(for: [.toy()], count: 9)
    #expect(all.windows == [[windows[1], windows[0], windows[2]]])
  }

  @Test("the oracle is surest of the truth, and predicts it")
  func oracle() async throws {
    let teacher = try OracleTeacher(codec: codec.answers, .init(sharpness: 2))
    let prompt = Prompt.toy(truth: [Interval(4, 8)])
    #expect(try teacher.windows.distribution(for: prompt).best?.isEqual(to: Interval(4, 8)) == true)
    let predictions = try await teacher.predictions(for: [prompt], count: 3)
    #expect(predictions.windows == [[ScoredInterval(4, 8, 1)]])
  }

  @Test("a sharper oracle believes the truth more")
  func sharperOracle() throws {
    let prompt = Prompt.toy(truth: [Interval(4, 8)])
    let beliefs = try [0.5, 1, 2, 4].map { sharpness in
      try OracleTeacher(codec: codec.answers, .init(sharpness: sharpness)).windows
        .distribution(for: prompt).answers.map(\.confidence).max() ?? 0
    }
    #expect(zip(beliefs, beliefs.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test("refuses windows that are not of its videos, all at once")
  func foreignWindows() throws {
    func table(_ windows: [Interval]) throws -> TableWindows {
      try TableWindows(["a": windows.map { ScoredInterval($0, confidence: 1) }])
    }
    let prompts = [Prompt.toy("a", truth: [Interval(4, 8)]), .toy("b", truth: [Interval(4, 8)])]
    let duration = prompts[0].evidence.duration
    try table([Interval(duration, duration), Interval(1, 2)]).refuseForeignWindows(of: prompts)
    for windows in [[Interval(1, 2), Interval(100, 900)], [Interval(duration, duration + 1)]] {
      let error = #expect(throws: TeacherError.self) {
        try table(windows).refuseForeignWindows(of: prompts)
      }
      #expect(error?.description.contains("cannot be of these videos (1 prompt): 'a', ") == true)
    }
  }

  @Test("says which prompt has no windows, and which token is foreign")
  func errors() async throws {
    let teacher = try WindowCase.all[0].teacher()
    let unknown = TeacherError.noWindows(prompt: "z", known: 1)
    await #expect(throws: unknown) {
      try await teacher.score(
        [ScoringRequest(prompt: .toy("z"), responses: [[1]])], support: .sampled)
    }
    #expect(
      unknown.description == """
        The window table has 1 prompts, but not 'z'. \
        Add its predictions to the table, or select only prompts that have some.
        """)
    await #expect(throws: TeacherError.foreignToken(prompt: "a", token: 13, vocabulary: 13)) {
      try await teacher.score(
        [ScoringRequest(prompt: .toy(), responses: [[1, 13]])], support: .sampled)
    }
    #expect(throws: TeacherError.emptyGrid(prompt: "a", duration: 0)) {
      try teacher.distribution(for: .toy(duration: 0))
    }
  }

  @Test(
    "refuses parameters out of range",
    arguments: [
      WindowSmoothing(scale: 0), .init(floorShare: 1), .init(confidenceTemperature: -1),
      .init(offGridMass: 0), .init(scale: .nan),
    ])
  func refusesParameters(_ smoothing: WindowSmoothing) throws {
    let source = try TableWindows([:])
    #expect(throws: TeacherError.self) {
      try WindowDistributionTeacher(source: source, codec: codec.answers, smoothing: smoothing)
    }
  }

  @Test(
    "believes by overlap where that is asked for: as the formula says, and in long windows more loosely"
  )
  func overlap() throws {
    let smoothing = WindowSmoothing(floorShare: 0, overlapTemperature: 0.1)
    func belief(_ window: Interval) throws -> [Double] {
      try WindowDistributionTeacher(
        source: TableWindows(["a": [ScoredInterval(window, confidence: 0.3)]]),
        codec: codec.answers, smoothing: smoothing
      ).distribution(for: .toy(duration: 12)).weights
    }
    let grid = codec.grid(duration: 12)
    let naive = grid.map { window -> Double in
      let shared = window.overlap(Interval(2, 10))
      return exp((shared / (window.length + 8 - shared) - 1) / 0.1)
    }
    let total = naive.reduce(0, +)
    for (own, expected) in zip(try belief(Interval(2, 10)), naive) {
      #expect(abs(own - expected / total) < 1e-12)
    }
    // A second less of eight is likelier beside the whole than a second less of two.
    func odds(_ whole: Interval, _ less: Interval) throws -> Double {
      let weights = try belief(whole)
      let places = try [whole, less].map { try #require(grid.firstIndex(of: $0)) }
      return weights[places[1]] / weights[places[0]]
    }
    #expect(
      try odds(Interval(2, 10), Interval(2, 9)) > 2 * odds(Interval(2, 4), Interval(2, 3)))
    #expect(throws: TeacherError.self) { try WindowSmoothing(overlapTemperature: 0).validate() }
  }

  @Test("moves predictions along with a video whose time line was changed")
  func moved() throws {
    let table = try TableWindows(["a": [.init(1, 4, 0.5), .init(8, 10, 0.2)]])
    var copy = Prompt.toy(duration: 10)
    copy.origin = PromptOrigin(
      id: "a", change: TimeChange(duration: 10, isReversed: false, delay: 1))
    #expect(
      try table.windows(for: copy) == [.init(2, 5, 0.5), .init(9, 10, 0.2), .init(0, 1, 0.2)])
    copy.origin = PromptOrigin(
      id: "a", change: TimeChange(cut: 3, duration: 4, isReversed: false, delay: 0))
    #expect(try table.windows(for: copy) == [.init(0, 1, 0.5)])
    copy.origin = PromptOrigin(
      id: "a", change: TimeChange(cut: 5, duration: 3, isReversed: true, delay: 0))
    #expect(try table.windows(for: copy) == [.init(0, 3, 1)])
  }

  @Test("refuses windows that are not numbers")
  func refusesWindows() {
    #expect(throws: TeacherError.self) { try TableWindows(["a": [.init(.nan, 3, 1)]]) }
    #expect(throws: TeacherError.self) { try TableWindows(["a": [.init(1, 3, -1)]]) }
  }
}
