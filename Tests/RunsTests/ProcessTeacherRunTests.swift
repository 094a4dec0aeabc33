import Runs
import Foundation
import Core
import Testing

@Suite(
  "A run with a teacher that is a program", .enabled(if: Programs.python))
struct ProcessTeacherRunTests {
  func teacher(_ words: [String], _ more: String = "") -> String {
    let quoted = words.map { "'\($0)'" }.joined(separator: ", ")
    return "teacher={process: {command: [\(quoted)]\(more)}}"
  }

  @Test("writes the same metrics, byte by byte, as with the same teacher in process")
  func sameBytes() async throws {
    let run = try LiveRun()
    let windows = try await run.writeWindows()
    let inside = try await run.metrics("inside", ["teacher.windows.path=\(windows)"])
    let program = Programs.path("Examples/python-teacher/window_teacher.py")
    let outside = try await run.metrics("outside", [teacher(["python3", program, windows])])
    #expect(inside == outside && inside.count > 1000)
    #expect(try run.cost("requests", of: "outside") == 10)
    #expect(try run.cost("requests", of: "inside") == -1)
  }

  @Test("ends the same when the program is killed again and again, and says so in the log")
  func killed() async throws {
    let run = try LiveRun()
    let windows = try await run.writeWindows()
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
    // A busy machine closes a dead program's output before it says what the program died of.
    let deaths = log.split(separator: "\n").filter {
      $0.hasSuffix("was ended by signal 9.") || $0.hasSuffix("closed its output.")
    }
    #expect(deaths.count == 9 && log.contains("was ended by signal 9."), "\(log)")
  }

  @Test("can have a reward and a selector that are programs too")
  func rewardAndSelector() async throws {
    let run = try LiveRun()
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
    let run = try LiveRun()
    let windows = try await run.writeWindows()
    let program = Programs.path("Examples/python-teacher/window_teacher.py")
    func kept(_ words: [String]) -> String {
      let member = teacher(words).dropFirst("teacher=".count)
      return "teacher={cached: {folder: '\(run.path("cache"))', teacher: \(member)}}"
    }
    let first = try await run.metrics("first", [kept(["python3", program, windows])])
    let second = try await run.metrics("second", [kept(["python3", program, windows])])
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
      try await run.metrics("stranger", [kept(words)])
    }
    #expect(error?.happened.contains("'identity' is missing") == true)
  }

  @Test("says which parameter is wrong, with the nearest name, before anything is started")
  func wrongParameters() async throws {
    let run = try LiveRun()
    func message(_ change: String) async -> String {
      let error = await refusal {
        try await run.metrics("wrong", [change])
      }
      return error.map { "\($0)" } ?? ""
    }
    #expect(await message("teacher={process: {comand: [x]}}").contains("Did you mean 'command'?"))
    #expect(await message("teacher=proces").contains("Did you mean 'process'?"))
    #expect(await message("teacher=process").contains("'command' is missing"))
    #if LiveTeachers
    #expect(
      await message("teacher={openai: {url: 'http://127.0.0.1:9/v1'}}").contains("'model'"))
    #endif
    #expect(!FileManager.default.fileExists(atPath: run.path("wrong")))
  }
}
