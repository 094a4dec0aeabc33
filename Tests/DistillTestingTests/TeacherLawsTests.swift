import DistillTesting
import Foundation
import Tasks
import Core
import Synchronization
import Teacher
import Testing

/// A teacher that breaks one law.
final class BrokenTeacher: TeacherScorer {
  enum Fault: CaseIterable {
    case shifted, drifting, batched, peeking, unnormalised, short, positive, foreign, throwing
    case lenient, unordered, narrow, contradicting
  }

  let base: WindowDistributionTeacher
  let fault: Fault
  let calls = Mutex(0)

  init(_ base: WindowDistributionTeacher, _ fault: Fault) {
    self.base = base
    self.fault = fault
  }

  var vocabularyFingerprint: String { fault == .foreign ? "other" : base.vocabularyFingerprint }
  var support: TeacherSupport { .full }
  var flopsPerToken: Double { 0 }

  func score(
    _ requests: [ScoringRequest], support: TeacherSupport
  ) async throws -> [[TeacherScore]] {
    if fault == .throwing { throw TeacherError.noRoute(prompt: "any") }
    var asked = requests
    if fault == .lenient {
      for index in asked.indices {
        asked[index].responses = asked[index].responses.map { $0.map { min(max($0, 0), 3) } }
      }
    }
    let call = calls.withLock {
      $0 += 1
      return $0
    }
    let scores = try await base.score(asked, support: support)
    return zip(requests, scores).map { request, scores in
      zip(request.responses, scores).map {
        broken($1, $0, call: call, batch: requests.count, support)
      }
    }
  }

  private func broken(
    _ score: TeacherScore, _ response: [Token], call: Int, batch: Int, _ support: TeacherSupport
  ) -> TeacherScore {
    var score = score
    switch fault {
    case .shifted: score.sampled = Array(score.sampled.dropFirst()) + score.sampled.prefix(1)
    case .drifting: score.sampled = score.sampled.map { $0 - Float(call) * 1e-3 }
    case .batched: score.sampled = score.sampled.map { $0 - Float(batch) * 1e-3 }
    case .peeking: score.sampled = score.sampled.map { $0 - Float(response.count) * 1e-3 }
    case .unnormalised: score.sampled = score.sampled.map { $0 / 2 }
    case .short: score.sampled = score.sampled.dropLast()
    case .positive: score.sampled = score.sampled.map { -$0 }
    case .unordered: score.top = score.top?.map { $0.reversed() }
    case .contradicting where support != .sampled:
      score.sampled = score.sampled.map { $0 - 0.2 }
    case .narrow:
      score.rows = score.rows.map {
        DenseVocabularyRows(
          vocabularySize: $0.vocabularySize - 1,
          values: [Float](repeating: -1, count: ($0.vocabularySize - 1) * $0.positions))
      }
    default: break
    }
    return score
  }
}

@Suite("The suite for teachers")
struct TeacherLawsTests {
  let codec = DigitsCodec(step: 2, maximumDuration: 20)
  var prompts: [Prompt] { Samples.prompts(4, tokenizer: codec.vocabulary) }
  var responses: [[Token]] {
    [codec.encode(Interval(2, 8), duration: 10)] + Samples.responses(tokenizer: codec.vocabulary)
  }

  func windows() throws -> WindowDistributionTeacher {
    try WindowDistributionTeacher(
      source: TrueWindows(), codec: codec.answers, smoothing: WindowSmoothing())
  }

  @Test("our own teachers keep every law")
  func ours() async throws {
    let windows = try windows()
    let teachers: [any TeacherScorer] = [
      windows, try OracleTeacher(codec: codec.answers), try TruthTeacher(codec: codec.answers),
      try TemperedTeacher(windows, .init(temperature: 2)),
      try NoisyTeacher(windows, .init(), vocabularySize: codec.vocabulary.count),
      try MixtureTeacher([(windows, 1), (try OracleTeacher(codec: codec.answers), 2)]),
      try ShuffledTeacher(windows, pool: prompts, seed: Seed(2)),
      try RoutedTeacher([(.share(0.5, seed: Seed(1)), windows), (.always, windows)]),
    ]
    for teacher in teachers {
      await checkTeacherScorer(
        teacher, prompts: prompts, responses: responses, tokenizer: codec.vocabulary)
    }
  }

  @Test("a program keeps every law, and so does what is remembered of it")
  func program() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "opd-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Examples/python-teacher").path
    let script = """
      import math, sys; sys.path.insert(0, sys.argv[1])
      import opd_teacher as o
      class Uniform(o.Teacher):
        support = "full"
        identity = "uniform"
        def score(self, prompts, support, k):
          n = len(self.vocabulary.words)
          each = -math.log(n)
          top = [(t, each) for t in range(k or 0)]
          return [[o.Score([each] * len(r), top=[top] * len(r) if support == "top" else None,
            rows=[each] * (n * len(r)) if support == "full" else None) for r in p.responses]
            for p in prompts]
      o.serve(Uniform())
      """
    let teacher = try await ProcessTeacher.connect(
      ProcessParameters(command: ["python3", "-c", script, examples]), tokenizer: codec.vocabulary)
    let cached = try CachedTeacher(teacher, identity: "uniform", folder: folder)
    for teacher in [teacher, cached] as [any TeacherScorer] {
      await checkTeacherScorer(
        teacher, prompts: prompts, responses: responses, tokenizer: codec.vocabulary)
    }
  }

  @Test(
    "each fault is caught by the law it breaks",
    arguments: [
      (BrokenTeacher.Fault.shifted, "A token's score does not depend on the tokens after it."),
      (.drifting, "The same question gets the same answer."),
      (.batched, "A score does not depend on what else is in the batch."),
      (.peeking, "A token's score does not depend on the tokens after it."),
      (.unnormalised, "The probabilities of all first tokens sum to 1 at most."),
      (.short, "There is one log-probability a token."),
      (.positive, "Log-probabilities are finite and not above 0."),
      (.foreign, "The vocabulary is the student's."),
      (.throwing, "Responses in the vocabulary are scored."),
      (.lenient, "A token outside the vocabulary is refused, not scored."),
      (.unordered, "A list begins with the likeliest."),
      (.narrow, "There is a row of the vocabulary a position."),
    ])
  func caught(_ fault: BrokenTeacher.Fault, _ law: String) async throws {
    let violations = await teacherViolations(
      BrokenTeacher(try windows(), fault), prompts: prompts, responses: responses,
      tokenizer: codec.vocabulary)
    #expect(violations.contains { $0.law == law }, "\(violations)")
  }

  @Test("a violation becomes an issue of the running test")
  func recorded() async throws {
    await withKnownIssue {
      await checkTeacherScorer(
        BrokenTeacher(try windows(), .short), prompts: prompts, responses: responses,
        tokenizer: codec.vocabulary)
    }
  }
}
