import Runs
import Sweeps
import Foundation
import Plugins
import Core
import Testing

@Suite("A sweep file")
struct SweepFileTests {
  func plan(
    _ yaml: String, _ arguments: [String] = [], files: [String: String] = [:]
  ) throws -> SweepPlan {
    let folder = try ScratchFolder(files.merging(["s.yaml": yaml]) { $1 })
    let laboratory = try Laboratory.standard()
    return try SweepPlan(SweepFile(folder.path + "/s.yaml", arguments: arguments)) {
      try laboratory.planned($0)
    }
  }

  /// What the plan of a bad file says, its folder left out.
  func complaint(_ yaml: String, _ arguments: [String] = []) -> String {
    do {
      _ = try plan(yaml, arguments)
      return "nothing"
    } catch let error as any ExplainedError {
      #expect(error.exitStatus == .usage)
      return "\(error)".replacing(#/[^ ]*\/s\.yaml/#, with: "s.yaml")
    } catch {
      return "\(type(of: error))"
    }
  }

  @Test("takes another base from the command line")
  func otherBase() throws {
    let files = ["a.yaml": "name: first\n", "b.yaml": "name: second\n"]
    let yaml = "base: a.yaml\ncases: {only: {threads: 1}}\n"
    #expect(try plan(yaml, files: files).runs.map(\.arm) == ["only"])
    let folder = try ScratchFolder(files.merging(["s.yaml": yaml]) { $1 })
    let sweep = try SweepFile(folder.path + "/s.yaml", arguments: ["base=b.yaml"])
    #expect(sweep.base["name"]?.string == "second")
  }

  @Test("makes every combination of its axes, seeds outermost so that arms can be compared early")
  func grid() throws {
    let plan = try plan(
      """
      base: {keyframes: tad}
      seeds: [3, 5]
      axes:
        keyframes.budget: [4, 8]
        keyframes.omega: range(1,3)
      """)
    #expect(
      plan.arms == ["budget=4+omega=1", "budget=4+omega=2", "budget=8+omega=1", "budget=8+omega=2"])
    #expect(plan.runs.map(\.seed) == [3, 3, 3, 3, 5, 5, 5, 5])
    #expect(plan.runs[1].folder == "budget=4+omega=2/seed-3")
    #expect(plan.runs[7].configuration.contains("seed: 5\n"))
    #expect(plan.runs[7].configuration.contains("    budget: 8\n"))
  }

  @Test("tells values of an axis apart that choose one plug-in")
  func namesakes() throws {
    let plan = try plan(
      """
      base: {}
      axes:
        keyframes:
          - {uniform: {budget: 6}}
          - {tad: {budget: 6, omega: 2}}
          - {tad: {budget: 12, omega: 2}}
          - {tad: {ratio: 0.5}}
          - random
      """)
    #expect(
      plan.arms == [
        "keyframes=uniform", "keyframes=tad-6-2", "keyframes=tad-12-2", "keyframes=tad-0.5",
        "keyframes=random",
      ])
    #expect(
      complaint("base: {}\naxes: {keyframes: [{tad: {budget: 6}}, {tad: {budget: 6}}]}\n")
        .contains("two arms are called 'keyframes=tad'"))
  }

  @Test("joins named cases with axes, lists side by side, and rules")
  func everything() throws {
    let plan = try plan(
      """
      base: {}
      cases:
        a: {teacher: oracle}
        b: {teacher: {windows: {path: w}}}
      zip: {threads: [1, 2], evaluation.every: [5, 6]}
      when:
        - {where: {case: a, threads: 2}, drop: true}
        - {where: {teacher: windows}, set: {evaluation.count: 7}}
      """)
    #expect(plan.arms == ["a+threads=1+every=5", "b+threads=1+every=5", "b+threads=2+every=6"])
    #expect(!plan.runs[0].configuration.contains("count: 7"))
    #expect(plan.runs[1].configuration.contains("count: 7"))
  }

  @Test("takes axes, settings and numbers of seeds from the command line")
  func arguments() throws {
    let yaml = "base: {keyframes: tad}\nseeds: 5\n"
    let plan = try plan(yaml, ["keyframes.budget=4,8", "threads=1", "seeds=2"])
    #expect(plan.arms == ["budget=4", "budget=8"])
    #expect(plan.runs.count == 4)
    #expect(plan.runs[0].configuration.contains("threads: 1\n"))
    #expect(try self.plan(yaml, ["evaluation.every=range(2,8,3)"]).arms == ["every=2", "every=5"])
  }

  @Test("builds on a run's configuration by name")
  func base() throws {
    let plan = try plan("base: run.yaml\n", files: ["run.yaml": "evaluation: {every: 77}\n"])
    #expect(plan.arms == ["s"])
    #expect(plan.runs[0].configuration.contains("every: 77"))
  }

  @Test("is laid over the sweeps it extends, each with its own base")
  func extending() throws {
    let full = try ScratchFolder([
      "full.yaml": """
      name: full
      base: run.yaml
      cases: {none: {stages: []}, two: {}}
      seeds: 10
      set: {evaluation.every: 9, threads: 1}
      """,
      "run.yaml":
        "stages: [{method: sft, steps: 50}, {method: sft, steps: 60, prompts: 4}]\nthreads: 2\n",
    ])
    let folder = try ScratchFolder([
      "tiny.yaml": "set: {stages.*.steps: 3, evaluation.every: 2}\n",
      "smoke.yaml": "extends: [\(full.path)/full.yaml, tiny.yaml]\nname: smoke\nseeds: 1\n",
    ])
    let sweep = try SweepFile(folder.path + "/smoke.yaml")
    #expect(sweep.name == "smoke")
    #expect(sweep.seeds == [0])
    let laboratory = try Laboratory.standard()
    let runs = try SweepPlan(sweep) { try laboratory.planned($0) }.runs
    #expect(runs.map(\.arm) == ["none", "two"])
    #expect(runs[0].configuration.contains("stages: []\n"))
    #expect(runs[1].configuration.split(separator: "    steps: 3\n").count == 3)
    #expect(runs[1].configuration.contains("prompts: 4\n"))
    #expect(runs.allSatisfy { $0.configuration.contains("threads: 1\n") })
    #expect(runs.allSatisfy { $0.configuration.contains("every: 2\n") })
  }

  @Test("that extends itself, or another with a stray key, is refused")
  func wronglyExtending() {
    #expect(complaint("extends: s.yaml\n").contains("builds on itself: s.yaml → s.yaml."))
    #expect(complaint("base: {}\nset: [1]\n").hasPrefix("s.yaml:2: 'set' must be a map of changes"))
    #expect(
      complaint("base: {}\nset: {stags.*.steps: 2}\n").contains("nothing reads the key 'stags'"))
  }

  @Test("that is wrong is refused in a sentence with file, line and the nearest name")
  func wrong() {
    #expect(
      complaint("base: {}\naxis: {a: [1]}\n")
        == "s.yaml:2: nothing reads the key 'axis'. Did you mean 'axes'?")
    #expect(
      complaint("base: {keyframes: tad}\naxes:\n  keyframes.budgte: [4, 8]\n")
        == "s.yaml:3: nothing reads the key 'keyframes.budgte'. Did you mean 'budget'?")
    #expect(
      complaint("base: {}\nzip:\n  threads: [1, 2]\n  seed: [1]\n")
        == "s.yaml:4: the zip has 2 values of 'threads' but 1 of 'seed'. "
        + "Give all of them equally many values.")
    #expect(
      complaint("base: {}\ncases:\n  a:\n  b: {}\n")
        == "s.yaml:3: the case 'a' is empty. Write what it changes, or {} for the base as it is.")
    #expect(
      complaint("base: {}\nseeds: [1, 2, 1]\n")
        == "s.yaml:2: the seed 1 is listed twice. Remove one of them.")
    #expect(
      complaint("seeds: 2\nbase: s.yaml\n")
        == "s.yaml:2: 's.yaml' builds on itself: s.yaml → s.yaml. Remove one of the 'base' or 'extends' entries."
    )
    #expect(
      complaint("base: t.yaml\n").hasPrefix("s.yaml:1: there is no configuration '"))
    #expect(complaint("base: t.yaml\n").hasSuffix("Did you mean 's.yaml'?"))
    #expect(complaint("base: {}\ncases: {}\n").hasPrefix("s.yaml:2: 'cases' is empty."))
    #expect(
      complaint("base: {}\naxes:\n  stduent.decoder.width: [8, 16]\n")
        == "s.yaml:3: nothing reads the key 'stduent'. Did you mean 'student'?")
    #expect(
      complaint("base: {}\ncases: {grpo: {}}\nwhen:\n  - {where: {case: gpro}, drop: true}\n")
        == "s.yaml:4: no case is called 'gpro', so a rule of 'when' applies to nothing. "
        + "Did you mean 'grpo'?")
    #expect(
      complaint("base: {}\nwhen: [{where: {thraeds: 1}, drop: true}]\n")
        .hasPrefix("s.yaml:2: a rule of 'when' applies to no combination."))
    #expect(complaint("seeds: 3\n").hasPrefix("s.yaml:1: the key 'base' is missing."))
    #expect(complaint("base: {}\nseeds: 0\n").contains("'seeds' must be a number above 0"))
    #expect(
      complaint("base: {}\naxes: {threads: []}\n").contains(
        "'axes.threads' must be a list of values"))
    #expect(
      complaint("base: {}\naxes: {threads: [2, 2]}\n").contains("two arms are called 'threads=2'"))
    #expect(
      complaint("base: {}\nwhen: [{where: {seed: 0}}]\n").contains(
        "a rule of 'when' cannot be read"))
    #expect(
      complaint("base: {threads: 1}\nwhen: [{where: {threads: 1}, drop: true}]\n")
        .contains("every combination is dropped"))
  }

  @Test("checks a run before anything is made: methods, plug-ins, steps")
  func runs() {
    #expect(complaint("base: {teacher: oracel}\n").contains("Did you mean 'oracle'?"))
    #expect(complaint("base: {stages: [{method: opdd}]}\n").contains("'opd'"))
    #expect(
      complaint("base:\n  stages:\n    - {method: opd, steps: 0}\n")
        .contains("'stages[0].steps' must be a whole number from 1, but is 0."))
  }

  @Test(
    "that is wrong leaves nothing behind, with status 64 before anything is created",
    .enabled(if: SweepFileTests.program != nil),
    arguments: [
      "base: {}\nsees: 3\n", "base: {}\naxes: {keyframse.budget: [4, 8]}\n",
      "base: {}\nzip: {threads: [1, 2], seed: [1]}\n", "base: {}\ncases: {a: }\n",
      "base: s.yaml\n", "base: {}\nseeds: [1, 1]\n",
    ])
  func nothingCreated(yaml: String) throws {
    let program = try #require(Self.program)
    let folder = try ScratchFolder(["s.yaml": yaml])
    let process = Process()
    let pipe = Pipe()
    process.executableURL = program
    process.currentDirectoryURL = URL(filePath: folder.path)
    process.arguments = ["sweep", "s.yaml"]
    process.standardError = pipe
    try process.run()
    let said = String(
      decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 64)
    #expect(said.hasPrefix("error: ") && said.contains("s.yaml:"), "\(said)")
    #expect(said.filter { $0 == "\n" }.count == 1, "\(said)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["s.yaml"])
  }

  /// The `opd` program beside the tests, where it was built.
  static let program: URL? = {
    let url = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "opd")
    return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
  }()
}
