import Experiments
import Foundation
import Grounding
import Plugins
import Rollouts
import Testing

/// The explained error that something ends with; anything else is an issue.
func refusal(_ body: () async throws -> Void) async -> (any ExplainedError)? {
  do {
    try await body()
    Issue.record("It was accepted.")
  } catch let error as any ExplainedError {
    return error
  } catch {
    Issue.record(error)
  }
  return nil
}

/// Runs of seconds on the built-in world.
struct SmallRun {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  func path(_ name: String) -> String { folder.path + "/" + name }

  func configuration(_ changes: [String]) throws -> ConfigurationValue {
    try ConfigurationFile.load(
      Programs.path("Examples/python-teacher/small.yaml"), overrides: changes)
  }

  /// Carries a run out and gives its metrics, byte by byte.
  @discardableResult
  func metrics(_ name: String, _ changes: [String]) async throws -> Data {
    let value = try configuration(changes)
    _ = try await RunExecutor(Laboratory.standard()).run(value, in: path(name), resume: false)
    return try Data(contentsOf: URL(fileURLWithPath: path(name) + "/metrics.jsonl"))
  }

  /// The right windows of the data, where both teachers read them.
  func writeWindows(_ changes: [String] = []) throws -> String {
    let context = try context(changes)
    let lines = (context.dataset.train + context.dataset.dev).map { prompt in
      let windows = prompt.truth.map { "[\($0.start), \($0.end), 1]" }.joined(separator: ", ")
      return #"{"qid": "\#(prompt.id)", "pred_relevant_windows": [\#(windows)]}"#
    }
    try lines.joined(separator: "\n").write(
      toFile: path("windows.jsonl"), atomically: true, encoding: .utf8)
    return path("windows.jsonl")
  }

  func context(_ changes: [String] = []) throws -> RunContext {
    let laboratory = try Laboratory.standard()
    let complete = try laboratory.complete(configuration(changes))
    return try RunContext(complete.decoded(as: RunConfiguration.self), in: laboratory)
  }

  /// The number at a key of `ledger.json`'s service.
  func cost(_ key: String, of name: String) throws -> Double {
    let data = try Data(contentsOf: URL(fileURLWithPath: path(name) + "/ledger.json"))
    let ledger = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return ((ledger?["service"] as? [String: Any])?[key] as? NSNumber)?.doubleValue ?? -1
  }

  /// Every text a run has left behind.
  func files(of name: String) throws -> [String: String] {
    let root = URL(fileURLWithPath: path(name))
    var texts: [String: String] = [:]
    for case let url as URL in FileManager.default.enumerator(
      at: root, includingPropertiesForKeys: nil) ?? .init()
    {
      guard let data = try? Data(contentsOf: url) else { continue }
      texts[url.lastPathComponent] = String(decoding: data, as: UTF8.self)
    }
    return texts
  }
}

@Suite(
  "A run with a teacher that is a program", .enabled(if: Programs.python), .timeLimit(.minutes(3)))
struct ProcessTeacherRunTests {
  func teacher(_ words: [String], _ more: String = "") -> String {
    let quoted = words.map { "'\($0)'" }.joined(separator: ", ")
    return "teacher={process: {command: [\(quoted)]\(more)}}"
  }

  @Test("writes the same metrics, byte by byte, as with the same teacher in process")
  func sameBytes() async throws {
    let run = try SmallRun()
    let windows = try run.writeWindows()
    let inside = try await run.metrics("inside", ["teacher.windows.path=\(windows)"])
    let program = Programs.path("Examples/python-teacher/window_teacher.py")
    let outside = try await run.metrics("outside", [teacher(["python3", program, windows])])
    #expect(inside == outside && inside.count > 1000)
    #expect(try run.cost("requests", of: "outside") == 10)
    #expect(try run.cost("requests", of: "inside") == -1)
  }

  @Test("ends the same when the program is killed again and again, and says so in the log")
  func killed() async throws {
    let run = try SmallRun()
    let windows = try run.writeWindows()
    let program = Programs.path("Examples/python-teacher/window_teacher.py")
    let calm = try await run.metrics("calm", [teacher(["python3", program, windows])])
    // Kills its own program in every second request of its life, before it answers.
    let mortal = """
      import sys, os; sys.path.insert(0, os.path.dirname(sys.argv[1]))
      import window_teacher as w, opd_teacher, argparse
      class Mortal(w.WindowTeacher):
        asked = 0
        def score(self, *a):
          self.asked += 1
          if self.asked == 2:
            os.kill(os.getpid(), 9)
          return super().score(*a)
      o = argparse.Namespace(path=sys.argv[2], step=1.0, scale=4.0, floor_share=0.02,
        confidence_temperature=1.0, off_grid_mass=1e-4)
      opd_teacher.serve(Mortal(o))
      """
    try mortal.write(toFile: run.path("mortal.py"), atomically: true, encoding: .utf8)
    let words = ["python3", run.path("mortal.py"), program, windows]
    let changed = try await run.metrics("killed", [teacher(words, ", backoffSeconds: 0.01")])
    #expect(changed == calm)
    #expect(try run.cost("retries", of: "killed") == 9)
    let log = try run.files(of: "killed")["log.txt"] ?? ""
    #expect(log.components(separatedBy: "was ended by signal 9").count == 10, "\(log)")
  }

  @Test("can have a reward and a selector that are programs too")
  func rewardAndSelector() async throws {
    let run = try SmallRun()
    let plugins = """
      import sys; sys.path.insert(0, sys.argv[1])
      import opd_teacher as o
      class Words(o.Reward):
        def judge(self, prompts):
          return [[{"total": len(r) / 3, "terms": {"words": len(r)}} for r in p.responses] for p in prompts]
      class Every(o.Selector):
        name = "every"
        def choose(self, prompts):
          return [list(range(0, len(p.timestamps), 3)) for p in prompts]
      class Beyond(Every):
        def choose(self, prompts):
          return [[0, 99] for p in prompts]
      o.serve({"reward": Words, "every": Every, "beyond": Beyond}[sys.argv[2]]())
      """
    try plugins.write(toFile: run.path("plugins.py"), atomically: true, encoding: .utf8)
    func program(_ name: String) -> String {
      let words = ["python3", run.path("plugins.py"), Programs.path("Examples/python-teacher")]
      return "{process: {command: [\((words + [name]).map { "'\($0)'" }.joined(separator: ", "))]}}"
    }
    let changes = [
      "teacher=oracle", "reward=\(program("reward"))", "+keyframes=\(program("every"))",
    ]
    let metrics = String(decoding: try await run.metrics("own", changes), as: UTF8.self)
    #expect(metrics.contains("\"reward/words\":"))
    let error = await refusal {
      try await run.metrics("beyond", ["teacher=oracle", "+keyframes=\(program("beyond"))"])
    }
    #expect(error?.happened.contains("frame 99 is kept, but the video has 12") == true)
  }

  @Test("asks nothing twice where scores are kept, and refuses to keep those of a stranger")
  func cached() async throws {
    let run = try SmallRun()
    let windows = try run.writeWindows()
    let program = Programs.path("Examples/python-teacher/window_teacher.py")
    let cache = ", cache: '\(run.path("cache"))'"
    let first = try await run.metrics("first", [teacher(["python3", program, windows], cache)])
    let second = try await run.metrics("second", [teacher(["python3", program, windows], cache)])
    #expect(first == second)
    #expect(try run.cost("requests", of: "first") > 0)
    #expect(try run.cost("requests", of: "second") == 0)
    #expect(try run.cost("remembered", of: "second") == 160)
    let stranger = """
      import sys; sys.path.insert(0, sys.argv[1]); import opd_teacher as o
      o.serve(o.Teacher())
      """
    try stranger.write(toFile: run.path("stranger.py"), atomically: true, encoding: .utf8)
    let words = ["python3", run.path("stranger.py"), Programs.path("Examples/python-teacher")]
    let error = await #expect(throws: LaboratoryError.self) {
      try await run.metrics("stranger", [teacher(words, cache)])
    }
    #expect(error?.happened.contains("'identity' is missing") == true)
  }

  @Test("says which parameter is wrong, with the nearest name, before anything is started")
  func wrongParameters() async throws {
    let run = try SmallRun()
    func message(_ change: String) async -> String {
      let error = await refusal {
        try await run.metrics("wrong", [change])
      }
      return error.map { "\($0)" } ?? ""
    }
    #expect(await message("teacher={process: {comand: [x]}}").contains("Did you mean 'command'?"))
    #expect(await message("teacher=proces").contains("Did you mean 'process'?"))
    #expect(await message("teacher=process").contains("'command' is missing"))
    #expect(
      await message("teacher={openai: {url: 'http://127.0.0.1:9/v1'}}").contains("'model'"))
    #expect(!FileManager.default.fileExists(atPath: run.path("wrong")))
  }
}

@Suite(
  "A run with a teacher that is a service", .enabled(if: Programs.python), .timeLimit(.minutes(3)))
struct ServiceTeacherRunTests {
  static let words = "data.world.query=words"

  func teacher(_ port: Int, _ more: String = "") -> String {
    "teacher={openai: {url: 'http://127.0.0.1:\(port)/v1', model: stub, backoffSeconds: 0.02, "
      + "attempts: 12, pricePerMillionTokens: 2\(more)}}"
  }

  func options(_ run: SmallRun, _ more: String = "") throws -> String {
    let vocabulary = try run.context([Self.words]).codec.vocabulary
    let words = try JSONEncoder().encode(vocabulary.words)
    return #"{"words": \#(String(decoding: words, as: UTF8.self))\#(more)}"#
  }

  @Test("ends the same when the server dies ten times during it")
  func killed() async throws {
    let run = try SmallRun()
    let calm = try MortalServer(try options(run), lives: 0, life: 9, in: run.folder.path)
    defer { calm.stop() }
    let expected = try await run.metrics("calm", [Self.words, teacher(calm.port)])
    let mortal = try MortalServer(try options(run), lives: 10, life: 9, in: run.folder.path)
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
    setenv("OPD_TEST_KEY", secret, 1)
    defer { unsetenv("OPD_TEST_KEY") }
    let run = try SmallRun()
    let server = try MortalServer(
      try options(run, #", "key": "\#(secret)""#), lives: 0, life: 9, in: run.folder.path)
    defer { server.stop() }
    let cache = ", keyVariable: OPD_TEST_KEY, cache: '\(run.path("cache"))'"
    try await run.metrics("open", [Self.words, teacher(server.port, cache)])
    setenv("OPD_TEST_KEY", secret + "-wrong", 1)
    let error = await refusal {
      try await run.metrics("refused", [Self.words, teacher(server.port, cache)])
    }
    #expect(error.map { "\($0)" }?.contains("status 401") == true)
    #expect(error.map { "\($0)" }?.contains(secret) == false)
    for folder in ["open", "cache"] {
      let files = try run.files(of: folder)
      #expect(!files.isEmpty)
      for (name, text) in files { #expect(!text.contains(secret), "\(folder)/\(name)") }
    }
    #expect(try run.files(of: "open")["config.yaml"]?.contains("OPD_TEST_KEY") == true)
  }
}
