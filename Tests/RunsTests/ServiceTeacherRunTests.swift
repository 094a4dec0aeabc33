#if LiveTeachers
import Runs
import Foundation
import Plugins
import Core
import Testing

@Suite(
  "A run with a teacher that is a service", .enabled(if: Programs.python))
struct ServiceTeacherRunTests {
  static let words = "data.world.query=words"

  func teacher(_ port: Int, _ more: String = "") -> String {
    "teacher={openai: {url: 'http://127.0.0.1:\(port)/v1', model: stub, backoffSeconds: 0.02, "
      + "attempts: 12, pricePerMillionTokens: 2\(more)}}"
  }

  func options(_ run: LiveRun, _ more: String = "") async throws -> String {
    let vocabulary = try await run.context([Self.words]).codec.tokenizer
    let words = try JSONEncoder().encode(vocabulary.words)
    return #"{"words": \#(String(decoding: words, as: UTF8.self))\#(more)}"#
  }

  @Test("ends the same when the server dies ten times during it")
  func killed() async throws {
    let run = try LiveRun()
    let calm = try MortalServer(try await options(run), lives: 0, life: 9, in: run.folder.path)
    defer { calm.stop() }
    let expected = try await run.metrics("calm", [Self.words, teacher(calm.port)])
    let mortal = try MortalServer(try await options(run), lives: 10, life: 9, in: run.folder.path)
    defer { mortal.stop() }
    let found = try await run.metrics("killed", [Self.words, teacher(mortal.port)])
    #expect(found == expected && found.count > 1000)
    #expect(mortal.lives == 0)
    #expect(try run.cost("retries", of: "killed") >= 10)
    #expect(try run.cost("retries", of: "calm") == 0)
    #expect(try run.cost("price", of: "calm") > 0)
    #expect(try run.cost("scoredTokensPerSecond", of: "calm") > 0)
  }

  @Test("leaves no secret behind, not even when the server repeats it")
  func secrets() async throws {
    let secret = "sk-opd-test-5ecr3t"
    setenv("OPD_TEST_RUN_KEY", secret, 1)
    defer { unsetenv("OPD_TEST_RUN_KEY") }
    let run = try LiveRun()
    let server = try MortalServer(
      try await options(run, #", "key": "\#(secret)""#), lives: 0, life: 9, in: run.folder.path)
    defer { server.stop() }
    let member = teacher(server.port, ", keyVariable: OPD_TEST_RUN_KEY").dropFirst(8)
    let kept = "teacher={cached: {folder: '\(run.path("cache"))', teacher: \(member)}}"
    try await run.metrics("open", [Self.words, kept])
    setenv("OPD_TEST_RUN_KEY", secret + "-wrong", 1)
    let error = await refusal {
      try await run.metrics("refused", [Self.words, kept])
    }
    #expect(error.map { "\($0)" }?.contains("status 401") == true)
    #expect(error.map { "\($0)" }?.contains(secret) == false)
    for folder in ["open", "cache"] {
      let files = try run.files(of: folder)
      #expect(!files.isEmpty)
      for (name, text) in files { #expect(!text.contains(secret), "\(folder)/\(name)") }
    }
    #expect(try run.files(of: "open")["config.yaml"]?.contains("OPD_TEST_RUN_KEY") == true)
  }
}
#endif
