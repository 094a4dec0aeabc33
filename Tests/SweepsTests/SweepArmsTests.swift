import Core
import Foundation
import Plugins
import Records
import Testing

@testable import Sweeps

@Suite("The arms of a sweep")
struct SweepArmsTests {
  /// The plan of a sweep file; every configuration counts as complete.
  func plan(_ yaml: String, _ arguments: [String] = []) throws -> SweepPlan {
    let folder = FileManager.default.temporaryDirectory.path + "/arms-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(yaml.utf8).write(to: URL(filePath: folder + "/s.yaml"))
    return try SweepPlan(SweepFile(folder + "/s.yaml", arguments: arguments)) {
      PlannedRun($0, files: [])
    }
  }

  /// What the plan of a bad file says, its folder left out.
  func complaint(_ yaml: String, _ arguments: [String] = []) -> String {
    do {
      return "no complaint about \(try plan(yaml, arguments).arms)"
    } catch {
      #expect((error as? any ExplainedError)?.exitStatus == .usage)
      return "\(error)".replacing(#/[^ ]*\/s\.yaml/#, with: "s.yaml")
    }
  }

  @Test("are never one configuration under two names, and the cause is named")
  func equalArms() {
    #expect(
      complaint(
        "base: {stages: [{rate: 1}]}\ncases: {slow: {stages.0.rate: 2}, fast: {stages.0.rate: 3}}\n"
          + "set: {stages.*.rate: 4}\n")
        == "s.yaml: the arms 'slow' and 'fast' are one configuration: 'set' decides 'stages.0.rate' "
        + "for every arm with 'stages.*.rate'. Remove one of them, or what makes them equal.")
    #expect(
      complaint(
        "base: {}\ncases: {slow: {stages: [{rate: 2}]}, fast: {stages: [{rate: 3}]}}\n"
          + "set: {stages.*.rate: 4}\n"
      ).contains("'set' decides 'stages.*.rate' for every arm, which is below 'stages'."))
    #expect(
      complaint("base: {}\naxes: {budget: [4, 4.0]}\n")
        .contains("'4' and '4.0' mean the same for 'budget'"))
    #expect(
      complaint("base: {teacher: oracle}\ncases: {a: {}, b: {teacher: oracle}}\n")
        .contains("'nothing' and 'oracle' mean the same for 'teacher'"))
    #expect(complaint("base: {}\ncases: {a: {}, b: {}}\n").contains("they change the same"))
    #expect(
      complaint("base: {}\naxes: {k: [4, 8]}\nwhen: [{where: {k: 4}, set: {k: 8}}]\n")
        .contains("a rule of 'when' decides 'k'"))
    #expect(
      complaint("base: {}\ncases: {a: {x: 1}, b: {x: 2}}\n", ["x=3"])
        .contains("the argument 'x=3' decides 'x' for every arm"))
    #expect(complaint("base: {name: s}\ncases: {a: {name: t}, b: {}}\n").contains("one config"))
  }

  @Test("have the values they are named for")
  func falseNames() throws {
    let yaml = "base: {keyframes: {tad: {budget: 1}}}\naxes: {keyframes.tad.budget: [4, 8]}\n"
    #expect(
      complaint(yaml, ["keyframes.tad.budget=2"])
        == "s.yaml: the axis 'keyframes.tad.budget' has no effect: the argument "
        + "'keyframes.tad.budget=2' decides 'keyframes.tad.budget' for every arm. "
        + "Leave that out, or change the axis.")
    #expect(
      complaint("base: {a: 1}\naxes: {a: [4]}\nset: {a: 5}\n").contains(
        "the axis 'a' has no effect"))
    #expect(complaint(yaml, ["~keyframes.tad"]).contains("has no effect"))
    #expect(
      complaint(yaml, ["keyframes.tad.budget=2,3"])
        .contains("two axes vary 'keyframes.tad.budget'"))
    // What leaves the axis alone is allowed, also beside and below it, and so is a rule that says where it changes it.
    #expect(try plan(yaml, ["keyframes.tad.omega=2"]).arms == ["budget=4", "budget=8"])
    #expect(try plan("base: {}\naxes: {k: [a, b]}\nset: {l: 1}\n").arms.count == 2)
  }

  @Test("never differ in the seed, which every arm has all of")
  func seeds() {
    let remedy = "Write 'seeds: [1, 2, 3]' in the file, or seeds=[1,2,3] as an argument."
    #expect(
      complaint("base: {seed: 7}\n", ["seed=1,2,3"])
        == "seed=1,2,3: 'seed' cannot be changed here, because every arm runs with all 'seeds'. "
        + remedy)
    for yaml in [
      "base: {}\naxes: {seed: [1, 2]}\n", "base: {}\ncases: {a: {seed: 1}}\n",
      "base: {}\nset: {seed: 1}\n", "base: {}\nzip: {seed: [1, 2], b: [1, 2]}\n",
    ] {
      #expect(complaint(yaml).hasPrefix("s.yaml:2: 'seed' cannot be changed here"), "\(yaml)")
    }
    #expect(complaint("base: {}\n", ["seed=4"]).hasPrefix("seed=4: 'seed' cannot be changed"))
  }

  @Test("have names that are those of one folder")
  func names() throws {
    for name in ["./a", "a/b", "..", ".", "''", String(repeating: "x", count: 201)] {
      let said = complaint("base: {}\ncases:\n  a: {x: 1}\n  \(name): {x: 2}\n")
      #expect(said.contains("one folder") || said.contains("not YAML"), "\(name): \(said)")
    }
    #expect(complaint("name: ../b\nbase: {}\n").contains("'../b' cannot be the name of an arm"))
    #expect(try plan("base: {}\ncases: {a: {}, 'b c': {x: 1}}\n").arms == ["a", "b c"])
  }

  @Test(
    "and their runs are counted before any is made",
    arguments: [
      ["seeds=99999999999"], ["seeds=100001"], ["x=range(0,99999999999)"], ["x=range(5,5)"],
      ["x=range(-9223372036854775808,9223372036854775807)"], ["x=range(0,5,-1)"],
      ["x=range(1000)", "y=range(1000)"],
    ])
  func counted(_ arguments: [String]) {
    let said = complaint("base: {}\n", arguments)
    #expect(said.contains("100000"), "\(said)")
  }

  @Test("of every shipped sweep differ")
  func shipped() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "experiments")
    let files =
      FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
      .filter { $0.hasSuffix("full.yaml") || $0.hasSuffix("smoke.yaml") } ?? []
    #expect(!files.isEmpty)
    for file in files {
      let sweep = try SweepFile(root.path + "/" + file)
      #expect(throws: Never.self, "\(file)") { try SweepPlan(sweep) { PlannedRun($0, files: []) } }
    }
  }
}
