import Core
import Testing

@testable import Tasks

@Suite("Countdown")
struct CountdownTests {
  let task = CountdownTask(maximumLength: 24)

  func quality(_ text: String, _ numbers: [Int], _ target: Int) -> Double {
    let problem = CountdownProblem(numbers: numbers, target: target)
    let prompt = Prompt(
      id: "a", video: "a", query: problem.query, evidence: .none, truth: [])
    return task.quality(TextAnswer(text), of: prompt)
  }

  @Test(
    "checks expressions exactly, whichever they are",
    arguments: [
      ("(16+13)*5", [13, 5, 16], 145, 1.0), ("5 * (13 + 16)", [13, 5, 16], 145, 1),
      ("16+13*5", [13, 5, 16], 145, 0), ("8/3*3", [3, 8, 3], 8, 1), ("1/3*3", [3, 1, 3], 1, 1),
      ("7-2-1", [7, 2, 1], 4, 1), ("7-(2-1)", [7, 2, 1], 6, 1), ("2*3", [2, 3, 4], 6, 0),
      ("2*3*1", [2, 3], 6, 0), ("6", [2, 3], 6, 0), ("2**3", [2, 3], 8, 0), ("", [2, 3], 6, 0),
      ("2*3 = 6", [2, 3], 6, 0), ("(2*3", [2, 3], 6, 0), ("5/0", [5, 0], 1, 0),
      ("99999999999999999999*2", [2, 3], 6, 0), ("-2+3", [2, 3], 1, 0),
    ])
  func checks(_ text: String, _ numbers: [Int], _ target: Int, _ expected: Double) {
    #expect(quality(text, numbers, target) == expected)
  }

  @Test("texts that nest without end, or grow out of bounds, are no answers")
  func hostile() {
    #expect(quality(String(repeating: "(", count: 100) + "1", [1, 1], 1) == 0)
    #expect(quality(String(repeating: "9*", count: 60) + "9", [9, 9], 1) == 0)
    let huge = (0..<18).map { _ in "999999999" }.joined(separator: "*")
    #expect(ArithmeticExpression(huge)?.value == nil && ArithmeticExpression(huge) != nil)
  }

  @Test("makes problems that its own answers solve, none twice, dev the same for any pool")
  func dataset() throws {
    func made(_ train: Int) throws -> Dataset {
      try Countdown.dataset(
        .init(numbers: 3, largest: 20, largestTarget: 500, train: train, dev: 50, seed: Seed(1)))
    }
    let data = try made(300)
    for prompt in data.train + data.dev {
      let answer = try #require(prompt.truth.first)
      #expect(task.quality(answer, of: prompt) == 1, "\(prompt.query): \(answer.text)")
    }
    let problems = try (data.train + data.dev).map { prompt in
      let problem = try #require(CountdownProblem(prompt.query))
      return CountdownProblem(numbers: problem.numbers.sorted(), target: problem.target)
    }
    #expect(Set(problems).count == 350)
    #expect(try made(10).dev.map(\.query) == data.dev.map(\.query))
    #expect(throws: TextTaskError.tooFew(wanted: 350, found: 2)) {
      try Countdown.dataset(
        .init(numbers: 2, largest: 1, largestTarget: 9, train: 300, dev: 50, seed: Seed(1)))
    }
    #expect(throws: TextTaskError.outOfRange(key: "numbers", value: 0, range: 2...6)) {
      try Countdown.dataset(
        .init(numbers: 0, largest: 1, largestTarget: 9, train: 1, dev: 1, seed: Seed(1)))
    }
  }

  @Test("writes answers that it reads again; what does not end says nothing")
  func codec() throws {
    let data = try Countdown.dataset(
      .init(numbers: 3, largest: 30, largestTarget: 900, train: 40, dev: 10, seed: Seed(2)))
    let codec = try Countdown.answers(data, maximumLength: 24)
    for prompt in data.train {
      let truth = try #require(prompt.truth.first)
      let tokens = try codec.encode(truth, to: prompt)
      #expect(tokens.count <= 24 && tokens.last == codec.tokenizer.end)
      #expect(codec.decode(tokens, to: prompt)?.text == truth.text)
      #expect(codec.decode(tokens.dropLast(), to: prompt) == nil)
    }
    #expect(throws: TextTaskError.otherTask(prompt: "w", task: "countdown")) {
      let other = Prompt(id: "w", video: "w", query: "who", evidence: .none, truth: [])
      _ = try Countdown.answers(
        Dataset(name: "w", train: [other], dev: []), maximumLength: 4)
    }
  }
}
