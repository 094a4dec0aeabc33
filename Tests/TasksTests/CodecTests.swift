import Tasks
import Core
import Testing

@Suite("An answer codec")
struct CodecTests {
  /// A codec, and the length of a video that it has to serve.
  struct Case: Sendable, CustomTestStringConvertible {
    let codec: any WindowCodec
    let duration: Double
    let testDescription: String
  }

  static let cases = [
    Case(codec: DigitsCodec(step: 0.1), duration: 6.7, testDescription: "digits 0.1"),
    Case(codec: DigitsCodec(step: 0.5), duration: 30, testDescription: "digits 0.5"),
    Case(codec: DigitsCodec(step: 0.25), duration: 12, testDescription: "digits 0.25"),
    Case(codec: DigitsCodec(step: 1), duration: 24, testDescription: "digits 1"),
    Case(codec: DigitsCodec(step: 2), duration: 150, testDescription: "digits 2"),
    Case(codec: TimeTokensCodec(), duration: 150, testDescription: "time tokens 2"),
    Case(
      codec: TimeTokensCodec(clipLength: 1, clips: 24, words: ["the", "red"]), duration: 24,
      testDescription: "time tokens 1"),
    Case(codec: TimeTokensCodec(clipLength: 0.1, clips: 9), duration: 3, testDescription: "short"),
    Case(codec: WindowTokensCodec(), duration: 150, testDescription: "window tokens 2"),
    Case(
      codec: WindowTokensCodec(clipLength: 1, clips: 24, words: ["the", "red"]), duration: 24,
      testDescription: "window tokens 1"),
    Case(
      codec: WindowTokensCodec(clipLength: 0.1, clips: 9), duration: 3,
      testDescription: "short window tokens"),
  ]

  @Test("names windows in the order in which a decoder looks for them")
  func windowOrder() throws {
    let codec = WindowTokensCodec(clipLength: 2, clips: 5)
    let tokens = try #require(codec.timeTokens)
    var expected: Token = 0
    for start in 0..<tokens.times {
      for end in start + 1..<max(start + 1, tokens.times) {
        let window = Interval(Double(start) * tokens.step, Double(end) * tokens.step)
        #expect(codec.encode(window, duration: 10).first == expected)
        expected += 1
      }
    }
    #expect(expected == codec.vocabulary.end)
  }

  @Test("reads back every interval of its grid, each once, start before end", arguments: cases)
  func roundTrip(item: Case) {
    let grid = item.codec.grid(duration: item.duration)
    #expect(!grid.isEmpty)
    #expect(Set(grid).count == grid.count)
    for interval in grid {
      #expect(interval.isProper && interval.start >= 0 && interval.end <= item.duration + 1e-9)
      let tokens = item.codec.encode(interval, duration: item.duration)
      #expect(item.codec.decode(tokens, duration: item.duration) == interval)
      #expect(tokens.count <= item.codec.maximumLength)
    }
  }

  @Test("writes no answer that is the beginning of another", arguments: cases)
  func prefixFree(item: Case) {
    let answers = item.codec.grid(duration: item.duration).map {
      item.codec.encode($0, duration: item.duration)
    }
    let sorted = answers.sorted { $0.lexicographicallyPrecedes($1) }
    for (answer, next) in zip(sorted, sorted.dropFirst()) {
      #expect(!next.starts(with: answer))
      #expect(answer.last == item.codec.vocabulary.end)
      #expect(answer.dropLast().allSatisfy { $0 != item.codec.vocabulary.end })
    }
  }

  @Test("writes any interval, in order or not, inside the video or not", arguments: cases)
  func rounding(item: Case) throws {
    let grid = Set(item.codec.grid(duration: item.duration))
    var generator = Seed(5).generator()
    for _ in 0..<500 {
      let wild = Interval(
        (generator.uniform() * 3 - 1) * item.duration, (generator.uniform() * 3 - 1) * item.duration
      )
      let tokens = item.codec.encode(wild, duration: item.duration)
      let written = try #require(item.codec.decode(tokens, duration: item.duration))
      #expect(grid.contains(written))
    }
  }

  @Test("survives any tokens, and reads nothing without an end", arguments: cases)
  func fuzz(item: Case) {
    var generator = Seed(6).generator()
    for _ in 0..<2000 {
      let tokens = (0..<generator.integer(below: 14)).map { _ in
        generator.integer(below: item.codec.vocabulary.count)
      }
      let answer = item.codec.decode(tokens, duration: item.duration)
      if !tokens.contains(item.codec.vocabulary.end) { #expect(answer == nil) }
    }
    #expect(item.codec.decode([], duration: item.duration) == nil)
  }

  @Test("writes what the paper's examples say")
  func examples() {
    let digits = DigitsCodec(step: 0.1)
    let tokens = digits.encode(Interval(12, 30), duration: 150)
    #expect(digits.vocabulary.text(tokens) == "12.0 - 30.0")
    let whole = DigitsCodec(step: 2)
    #expect(whole.vocabulary.text(whole.encode(Interval(82, 150), duration: 150)) == "82 - 150")
    let times = TimeTokensCodec()
    #expect(times.vocabulary.text(times.encode(Interval(82, 150), duration: 150)) == "<t41><t75>")
    #expect(times.encode(Interval(82, 150), duration: 150).count == 3)
    #expect(times.maximumLength == 3)
  }

  @Test(
    "in digits reads two numbers and nothing else",
    arguments: [
      ("12 - 30", Interval(12, 30)), ("30.5 - 1", Interval(30.5, 1)), ("007 - 8", Interval(7, 8)),
      ("12.0-30.0", nil), ("12 -  30", nil), (" - 3", nil), ("1.2.3 - 4", nil), (". - 4", nil),
      ("1. - 4", nil), (".5 - 4", nil), ("-1 - 4", nil), ("1 - 2 - 3", nil), ("", nil),
      ("12 - 30 ", nil),
    ] as [(String, Interval?)])
  func strict(text: String, expected: Interval?) {
    let codec = DigitsCodec()
    let tokens = text.compactMap { codec.vocabulary[String($0)] } + [codec.vocabulary.end]
    #expect(codec.decode(tokens, duration: 60) == expected)
    #expect(codec.decode(tokens.dropLast(), duration: 60) == nil)
  }

  @Test("keeps the words of queries apart from those of answers")
  func words() {
    let codec = DigitsCodec(words: ["the", "1", "red", "the", "<end>"])
    #expect(codec.vocabulary.count == 13 + 1 + 2)
    #expect(codec.vocabulary["red"] != nil)
    #expect(codec.vocabulary.fingerprint != DigitsCodec().vocabulary.fingerprint)
  }
}
