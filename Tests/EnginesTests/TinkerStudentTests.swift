#if Engines
import Core
import Foundation
import Testing

@testable import Engines

@Suite(
  "Student on a training server", .serialized,
  .enabled(if: StubEngine.isPossible, "needs python3"))
struct TinkerStudentTests {
  static let reductions = [
    ("sum", "sum", LossReduction(tokens: .sum, extent: .sum)),
    ("sequences", "pass", LossReduction(tokens: .meanOfSequence, extent: .pass)),
    ("sequences", "update", LossReduction(tokens: .meanOfSequence, extent: .update)),
    ("tokens", "pass", LossReduction(tokens: .meanOfAll, extent: .pass)),
    ("tokens", "update", LossReduction(tokens: .meanOfAll, extent: .update)),
  ]

  private func student(
    _ server: StubEngine, _ reduction: LossReduction? = .init(tokens: .sum, extent: .sum)
  ) async throws -> TinkerStudent {
    var abilities = StudentAbilities()
    abilities.reduction = reduction
    (abilities.repeatError, abilities.resumeError) = (0, 0)
    abilities.repeatsAreOneWrite = true
    return try await TinkerStudent(TinkerClient.connect(server.parameters), abilities)
  }

  /// Responses of different lengths; the first is asked for two tokens a position.
  private var parts: [[ScoredResponse]] {
    [
      [
        ScoredResponse(
          prompt: [.tokens([1, 2, 3])], response: [4, 5, 6], targets: [[4, 9], [5, 2], [6, 1]])
      ],
      [
        ScoredResponse(prompt: [.tokens([2]), .tokens([7])], response: [8]),
        ScoredResponse(prompt: [.tokens([5])], response: [6, 6]),
      ],
    ]
  }

  private func slopes(_ responses: [ScoredResponse]) -> [[[Double]]] {
    responses.map { response in
      response.targets.enumerated().map { position, row in
        row.enumerated().map { 0.3 * Double(position + 1) - 0.5 * Double($0.offset) - 0.1 }
      }
    }
  }

  private var adam: AdamStep {
    var adam = AdamStep(learningRate: 4e3)
    (adam.beta1, adam.beta2, adam.epsilon) = (0, 0, 1e4)
    return adam
  }

  @Test("descends the sum of slope times log π, however the server averages", arguments: reductions)
  func gradient(_ tokens: String, _ extent: String, _ reduction: LossReduction) async throws {
    let server = try StubEngine(.init(dialect: .protobuf, reduction: tokens, extent: extent))
    var student = try await student(server, reduction)
    var table = NaiveTable()
    let all = parts.flatMap { $0 }
    let size = UpdateSize(of: all)
    for part in parts {
      let scores = try await student.score(part)
      #expect(distance(scores, part.map(table.scores)) < 1e-6)
      try await student.accumulate(
        part, logProbabilities: scores, slopes: slopes(part), of: size)
    }
    #expect(try await student.update(adam, of: size) == ["norm": 1])
    table.descend(zip(all, slopes(all)), adam)
    // float32 on the wire, and slopes multiplied by up to 48 before they go there.
    #expect(distance(try await student.score(all), all.map(table.scores)) < 2e-5)
    #expect(student.updates == 1)
  }

  private func distance(_ one: [[[Double]]], _ two: [[[Double]]]) -> Double {
    let (one, two) = (one.joined().joined(), two.joined().joined())
    guard one.count == two.count else { return .infinity }
    return zip(one, two).map { abs($0 - $1) }.max() ?? 0
  }

  @Test("does not step with half an update")
  func half() async throws {
    let server = try StubEngine()
    var student = try await student(server)
    let size = UpdateSize(of: parts.flatMap { $0 })
    let scores = try await student.score(parts[0])
    try await student.accumulate(
      parts[0], logProbabilities: scores, slopes: slopes(parts[0]), of: size)
    await #expect(throws: EngineError.self) { try await student.save(digest: "abc") }
    let error = await #expect(throws: EngineError.self) {
      try await student.update(adam, of: size)
    }
    #expect(
      error == .abandoned(model: student.model.id, reason: "its update has 2 of 4 sequences"))
    await #expect(throws: EngineError.self) { try await student.score(parts[0]) }
  }

  @Test("gives a model up when a pass fails")
  func failure() async throws {
    let server = try StubEngine(.init(mode: "fails_futures"))
    var student = try await student(server)
    let part = parts[1]
    let refused = EngineError.refused(
      operation: "forward_backward", status: 400,
      message: #"{"detail": "the engine ran out of memory"}"#)
    await #expect(throws: refused) {
      try await student.accumulate(
        part, logProbabilities: slopes(part), slopes: slopes(part), of: UpdateSize(of: part))
    }
    await #expect(
      throws: EngineError.abandoned(model: student.model.id, reason: "a pass failed half way")
    ) { try await student.score(part) }
  }

  @Test("goes on to the bit in a new model after a restart")
  func resumes() async throws {
    let server = try StubEngine(.init(dialect: .protobuf))
    var student = try await student(server)
    try await train(&student)
    let checkpoint = try await student.save(digest: "0123456789abcdef0123")
    #expect(checkpoint.path.hasSuffix("/weights/opd-0123456789abcdef-1"))
    // The same name again is the same state.
    #expect(try await student.save(digest: "0123456789abcdef0123") == checkpoint)
    try await train(&student)
    let expected = try await student.fingerprint()
    let before = student.model
    try await student.restore(checkpoint)
    #expect(student.model != before && student.updates == 1)
    try await train(&student)
    #expect(try await student.fingerprint() == expected)
  }

  @Test("keeps and restores a model that knows no more tokens than the probe reads")
  func smallVocabulary() async throws {
    let server = try StubEngine(.init(size: 12))
    var student = try await student(server)
    try await train(&student)
    let checkpoint = try await student.save(digest: "abc")
    try await student.restore(checkpoint)
    #expect(try await student.fingerprint() == checkpoint.fingerprint)
  }

  @Test("notices a restored model that is another one")
  func restoredWrongly() async throws {
    let server = try StubEngine(.init(mode: "loads_nothing"))
    var student = try await student(server)
    try await train(&student)
    let checkpoint = try await student.save(digest: "abc")
    let error = await #expect(throws: EngineError.self) { try await student.restore(checkpoint) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("restored, it differs by"))
  }

  private func train(_ student: inout TinkerStudent) async throws {
    let responses = [ScoredResponse(prompt: [.tokens([3, 5, 7, 9])], response: [4, 6, 8])]
    let scores = try await student.score(responses)
    let size = UpdateSize(of: responses)
    try await student.accumulate(
      responses, logProbabilities: scores, slopes: [[[-1], [0.5], [-0.2]]], of: size)
    _ = try await student.update(AdamStep(learningRate: 0.05), of: size)
  }

  @Test("draws a prompt's responses from its name, whatever stands beside it")
  func seeds() async throws {
    let server = try StubEngine()
    var student = try await student(server)
    let prompts = (0..<20).map { [WireChunk.tokens([$0 % 7, 3])] }
    let names = (0..<20).map { "prompt \($0)" }
    var settings = SampleSettings()
    settings.count = 2
    let seed = Seed(4)
    let there = try await student.sample(prompts, named: names, settings, seed: seed)
    let back = try await student.sample(
      prompts.reversed(), named: names.reversed(), settings, seed: seed)
    #expect(there == back.reversed())
    #expect(there[0] != there[7])
    settings.temperature = 0.5
    await #expect(throws: EngineError.self) {
      try await student.sample(prompts, named: names, settings, seed: seed)
    }
  }

  @Test("reads no images where they were not measured")
  func images() async throws {
    let server = try StubEngine()
    let student = try await student(server)
    let image = WireImage(data: [1], format: "png", expectedTokens: 1)
    let response = ScoredResponse(prompt: [.image(image)], response: [1])
    await #expect(throws: EngineError.missingAbility(wanted: "images", measured: "text alone")) {
      try await student.score([response])
    }
  }

  @Test("does not exist where the reduction is not understood")
  func noReduction() async throws {
    let server = try StubEngine()
    let error = EngineError.missingAbility(
      wanted: "training", measured: "sampling and scoring alone")
    await #expect(throws: error) { try await student(server, nil) }
  }
}
#endif
