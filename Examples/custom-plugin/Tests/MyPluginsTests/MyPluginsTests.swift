import Video
import DistillTesting
import MyPlugins
import Core
import Tasks
import Testing

/// Answers such as "3 7 .": whole seconds from 0 to 30.
struct SecondsCodec: WindowCodec {
  let vocabulary = Vocabulary(words: (0...30).map { "\($0)" } + ["."], end: ".")
  let maximumLength = 3

  func encode(_ interval: Interval, duration: Double) -> [Token] {
    let start = min(max(Int(interval.start.rounded()), 0), Int(duration) - 1)
    let end = min(max(Int(interval.end.rounded()), start + 1), Int(duration))
    return [start, end, vocabulary.end]
  }

  func decode(_ tokens: [Token], duration: Double) -> Interval? {
    guard tokens.count == 3, tokens[2] == vocabulary.end, tokens[0] < tokens[1] else { return nil }
    return Interval(Double(tokens[0]), Double(tokens[1]))
  }

  func grid(duration: Double) -> [Interval] {
    (0..<Int(duration)).flatMap { start in
      (start + 1...Int(duration)).map { Interval(Double(start), Double($0)) }
    }
  }
}

@Suite("My plug-ins keep the laws")
struct MyPluginsTests {
  let codec = SecondsCodec().answers
  var prompts: [Prompt] { Samples.prompts(tokenizer: codec.tokenizer) }

  @Test("of teachers")
  func teacher() async throws {
    let answers = try prompts.flatMap { prompt in
      try prompt.truth.map { try codec.encode($0, to: prompt) }
    }
    await checkTeacherScorer(
      BigramTeacher(answers: answers, tokenizer: codec.tokenizer, smoothing: 0.1),
      prompts: prompts, responses: Samples.responses(tokenizer: codec.tokenizer),
      tokenizer: codec.tokenizer)
  }

  @Test("of keyframe selectors")
  func selector() async { await checkKeyframeSelector(EveryNth(n: 2), prompts: prompts) }

  @Test("of rewards")
  func reward() async {
    await checkReward(HitReward(codec: codec, iou: 0.5), prompts: prompts, codec: codec)
  }
}
