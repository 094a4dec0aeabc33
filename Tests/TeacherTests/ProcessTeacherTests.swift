import Foundation
import Core
import Tasks
import Testing

@testable import Teacher

@Suite("Process teacher", .enabled(if: Programs.python))
struct ProcessTeacherTests {
  let codec = DecimalCodec()

  @Test(
    "says the same bits as the same teacher in process",
    arguments: [TeacherSupport.sampled, .top(4), .full])
  func sameBits(_ support: TeacherSupport) async throws {
    let file = TemporaryFolder()
    let ids = (0..<9).map { "p\($0)" }
    var generator = Seed(3).generator()
    let windows = ids.map { id in
      let list = (0..<5).map { _ in
        let start = generator.uniform() * 9
        return ScoredInterval(start, start + generator.uniform() * 3, generator.uniform())
      }
      return (id, list)
    }
    let program = WindowProgram(
      codec: codec, windows: Dictionary(uniqueKeysWithValues: windows),
      smoothing: WindowSmoothing(scale: 1.3, floorShare: 0.03, confidenceTemperature: 0.7),
      durations: [12, 11.5])
    let requests = ids.enumerated().map { index, id in
      ScoringRequest(
        prompt: .toy(id, duration: index.isMultiple(of: 2) ? 12 : 11.5),
        responses: [codec.encode(Interval(3, 9), duration: 12), [1, 0, 3], [12, 12], [11, 4]])
    }
    var parameters = try program.parameters(writing: file.url)
    parameters.batch = 2
    let teacher = try await ProcessTeacher.connect(parameters, tokenizer: codec.vocabulary)
    let received = try await teacher.score(requests, support: support)
    let expected = try await program.teacher().score(requests, support: support)
    for (received, expected) in zip(received.joined(), expected.joined()) {
      #expect(
        received.contents.map { $0.map(\.bitPattern) }
          == expected.contents.map { $0.map(\.bitPattern) })
    }
    #expect(received.map(\.count) == expected.map(\.count))
    #expect(teacher.support == .full && teacher.name == "windows")
    #expect(teacher.identity?.count == 64)
    await teacher.stop()
  }

  @Test("computes vocabulary digests as the host does")
  func fingerprints() async throws {
    let file = TemporaryFolder()
    let script = """
      import sys; sys.path.insert(0, sys.argv[1])
      import opd_teacher as o
      class T(o.Teacher):
        def own_fingerprint(self): return o.fingerprint(["ä", "b–c", ""], "")
      o.serve(T())
      """
    try Data(script.utf8).write(to: file.url)
    let parameters = ProcessParameters(command: [
      "python3", file.url.path, Programs.path("Examples/python-teacher"),
    ])
    let vocabulary = Vocabulary(words: ["ä", "b–c", ""], end: "")
    let teacher = try await ProcessTeacher.connect(parameters, tokenizer: vocabulary)
    #expect(teacher.vocabularyFingerprint == vocabulary.fingerprint)
  }

  @Test("sends a program that asks for them the features, and nobody the truth")
  func features() async throws {
    let file = TemporaryFolder()
    let script = """
      import sys; sys.path.insert(0, sys.argv[1])
      import opd_teacher as o
      class T(o.Teacher):
        features = True
        def score(self, prompts, support, k):
          p = prompts[0]
          assert p.truth is None
          x = list(p.features) + list(p.query_embedding) + p.timestamps + [p.duration]
          x += p.tokens + p.keyframes + [p.tokens_per_frame, p.channels]
          return [[o.Score([-float(v) for v in x])]]
      o.serve(T())
      """
    try Data(script.utf8).write(to: file.url)
    let teacher = try await ProcessTeacher.connect(
      ProcessParameters(command: [
        "python3", file.url.path, Programs.path("Examples/python-teacher"),
      ]), tokenizer: codec.vocabulary)
    let prompt = Prompt(
      id: "a", video: "v", query: "q", tokens: [7], queryEmbedding: [0.1, 0.2],
      evidence: FrameFeatures(
        values: [1, 2, 3, 4], tokensPerFrame: 2, channels: 1, timestamps: [0.5, 1.5], duration: 3),
      truth: [Interval(0, 1)], keyframes: [1])
    let expected: [Float] = [1, 2, 3, 4, 0.1, 0.2, 0.5, 1.5, 3, 7, 1, 2, 1]
    let request = ScoringRequest(
      prompt: prompt, responses: [Array(repeating: 0, count: expected.count)])
    let score = try await teacher.score([request], support: .sampled)
    #expect(score[0][0].sampled == expected.map { -$0 })
  }
}
