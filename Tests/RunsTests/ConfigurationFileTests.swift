import Records
import Selfcheck
import Foundation
import Plugins
import Core
import Testing

/// A folder of small files that goes away with its owner.
final class ScratchFolder: Sendable {
  let path: String

  init(_ files: [String: String] = [:]) throws {
    path = FileManager.default.temporaryDirectory.path + "/opd-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files {
      try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in the folder.
  func callAsFunction(_ name: String) -> String { path + "/" + name }

  func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: self(name)) }
}

@Suite("A configuration file")
struct ConfigurationFileTests {
  func text(_ yaml: String, _ overrides: [String] = []) throws -> String {
    let folder = try ScratchFolder(["a.yaml": yaml])
    return try ConfigurationFile.load(folder.path + "/a.yaml", overrides: overrides).text
  }

  @Test("reads YAML 1.2's scalars: 'no' is a word, '1e-3' a number")
  func scalars() throws {
    #expect(
      try text("a: [no, true, 1e-3, .5, 0x10, ~, '1', 1_000, 2024-01-01, -3]")
        == #"{a: ["no", true, 0.001, 0.5, "0x10", null, "1", 1000, "2024-01-01", -3]}"#)
  }

  @Test("remembers the line of every key")
  func lines() throws {
    let value = try ConfigurationFile.parse("a: 1\nb:\n  c:\n    - 2\n", file: "x.yaml")
    #expect(value["a"]?.source?.text == "x.yaml:1")
    #expect(value["b"]?.source?.text == "x.yaml:2")
    #expect(value["b"]?["c"]?.list?.first?.source?.text == "x.yaml:4")
  }

  @Test("builds on others; what is nearer wins, and another plug-in replaces the one beneath")
  func bases() throws {
    let folder = try ScratchFolder([
      "a.yaml": "x: {p: 1, q: 2}\nkeyframes: {tad: {budget: 4}}\nteacher: {windows: {tau: 3}}\n",
      "b.yaml": "base: a.yaml\nx: {q: 3}\nkeyframes: {uniform: {budget: 8}}\n",
      "c.yaml": "base: [b.yaml]\nteacher: {windows: {path: w}}\n",
    ])
    #expect(
      try ConfigurationFile.load(folder.path + "/c.yaml").text
        == "{x: {p: 1, q: 3}, keyframes: {uniform: {budget: 8}}, teacher: {windows: {tau: 3, path: w}}}"
    )
  }

  @Test("that builds on itself is refused with the way round")
  func cycle() throws {
    let folder = try ScratchFolder(["a.yaml": "base: b.yaml", "b.yaml": "base: a.yaml"])
    let error = #expect(throws: ConfigurationFileError.self) {
      try ConfigurationFile.load(folder.path + "/a.yaml")
    }
    #expect(
      error?.happened.hasSuffix("b.yaml:1: 'a.yaml' builds on itself: a.yaml → b.yaml → a.yaml.")
        == true)
    #expect(error?.exitStatus == .usage)
  }

  @Test("that is not YAML is refused with the line")
  func malformed() throws {
    let error = #expect(throws: ConfigurationFileError.self) {
      try ConfigurationFile.parse("a: 1\nb: [1, 2\nc: 3\n", file: "x.yaml")
    }
    #expect(error?.happened.hasPrefix("x.yaml:3: this is not YAML") == true)
    let twice = #expect(throws: ConfigurationFileError.self) {
      try ConfigurationFile.parse("a: 1\na: 2\n", file: "x.yaml")
    }
    #expect(twice?.happened.contains("the key 'a' is written twice") == true)
    let control = #expect(throws: ConfigurationFileError.self) {
      try ConfigurationFile.parse("a: \u{1}x\n", file: "x.yaml")
    }
    #expect(
      control?.description
        == "x.yaml: this is not YAML: control characters are not allowed, as U+1. "
        + "Correct the file.")
    let missing = #expect(throws: ConfigurationFileError.self) {
      try ConfigurationFile.load("/nowhere/x.yaml")
    }
    #expect(missing?.description == "There is no configuration '/nowhere/x.yaml'. Check the path.")
  }

  @Test("that begins with a byte-order mark is read without it")
  func byteOrderMark() throws {
    #expect(try text("\u{FEFF}a: 1\nb: 2\n") == "{a: 1, b: 2}")
  }

  @Test("in which nothing is written is refused", arguments: ["", "\n\n", "# only this\n"])
  func empty(_ yaml: String) throws {
    let error = #expect(throws: ConfigurationFileError.self) {
      try ConfigurationFile.parse(yaml, file: "x.yaml")
    }
    #expect(error == .empty(path: "x.yaml"))
    #expect(error?.exitStatus == .usage)
    #expect(try text("{}") == "{}")
    #expect(throws: ConfigurationFileError.self) { try text("---\n") }
    let word = #expect(throws: ConfigurationFileError.self) { try text("hello\n") }
    #expect(word?.happened.contains("a.yaml: there are no keys in it, but ") == true)
  }

  @Test("says that maps are not merged, and where")
  func merging() throws {
    let error = #expect(throws: ConfigurationFileError.self) {
      try ConfigurationFile.parse("a: &a {b: 1}\nc:\n  <<: *a\n", file: "x.yaml")
    }
    #expect(
      error?.description == "x.yaml:3: '<<' does not merge maps here. "
        + "Write the keys out, or build on a file with 'base'.")
    #expect(try ConfigurationFile.parse("{'<<': 1}", file: "x.yaml")["<<"] != nil)
  }

  @Test(
    "is changed from the command line",
    arguments: [
      ("a.b=1", "{a: {b: 1, c: x}}"), ("+a.d=[1, 2]", "{a: {b: 0, c: x, d: [1, 2]}}"),
      ("++a.b=yes", "{a: {b: \"yes\", c: x}}"), ("~a.b", "{a: {c: x}}"), ("a={}", "{a: {}}"),
      ("new.deep=true", "{a: {b: 0, c: x}, new: {deep: true}}"), ("a.c=", "{a: {b: 0, c: null}}"),
      ("a.c=u:v #w", "{a: {b: 0, c: \"u:v #w\"}}"),
    ])
  func overrides(argument: String, result: String) throws {
    #expect(try text("a: {b: 0, c: x}", [argument]) == result)
  }

  @Test(
    "says which argument cannot be applied",
    arguments: [
      (
        "a.b",
        "The argument 'a.b' cannot be read: it has no equals sign. Write key=value, +new=value or ~gone."
      ),
      (
        "=1",
        "The argument '=1' cannot be read: it names no key. Write key=value, +new=value or ~gone."
      ),
      (
        "+a.b=1",
        "The argument '+a.b=1' adds 'a.b', which is there already. Write 'a.b=…' without the plus sign to change it."
      ),
      ("~a.bb", "The argument '~a.bb' removes a key that is not there. Did you mean '~a.b'?"),
      (
        "a.b.c=1",
        "The argument 'a.b.c=1' changes something below 'a.b', which is a whole number. Set 'a.b' as a whole."
      ),
      (
        "l.7.x=1",
        "The argument 'l.7.x=1' changes something below 'l', which is a list of 1, counted from 0. Set 'l' as a whole."
      ),
    ])
  func wrongOverrides(argument: String, message: String) {
    let error = #expect(throws: ConfigurationFileError.self) {
      try text("a: {b: 0}\nl: [{x: 0}]", [argument])
    }
    #expect(error?.description == message)
  }

  @Test(
    "reaches a plug-in's parameter whichever way the plug-in is written",
    arguments: ["tad", "{tad: {budget: 4}}", "{selector: tad, budget: 4}"])
  func pluginParameters(written: String) throws {
    let result = try text("keyframes: \(written)", ["keyframes.budget=8"])
    #expect(
      ["{keyframes: {tad: {budget: 8}}}", "{keyframes: {selector: tad, budget: 8}}"].contains(
        result))
  }

  @Test(
    "is changed alike in any order of the arguments",
    arguments: [
      "tad", "{tad: {ratio: 0.5}}", "{uniform: {budget: 9}}", "{selector: aks, depth: 2}", "~",
    ])
  func order(written: String) throws {
    let arguments = ["keyframes.budget=4", "keyframes.selector=tad", "keyframes.window=5"]
    let results = try [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]].map { order in
      let text = try text("keyframes: \(written)", order.map { arguments[$0] })
      return try ConfigurationFile.parse(text, file: "x")["keyframes"]
    }
    #expect(Set(results).count == 1)
    let chosen = results[0]?["tad"] ?? results[0]
    #expect(chosen?["budget"]?.integer == 4)
    #expect(chosen?["window"]?.integer == 5)
    #expect(results[0]?["selector"]?.string ?? results[0]?.map?.keys.first == "tad")
    #expect(results[0]?["depth"] == nil && results[0]?["uniform"] == nil)
  }

  @Test("is replaced by a map before what stands in it is changed")
  func replaced() throws {
    for arguments in [
      ["keyframes={uniform: {budget: 2}}", "keyframes.budget=4"],
      ["keyframes.budget=4", "keyframes={uniform: {budget: 2}}"],
    ] {
      #expect(
        try text("keyframes: {tad: {ratio: 0.5}}", arguments)
          == "{keyframes: {uniform: {budget: 4}}}")
    }
    let all = ["stages.1.steps=3", "stages.*.steps=2"]
    for arguments in [all, all.reversed()] {
      #expect(
        try text("stages: [{steps: 9}, {steps: 9}]", arguments)
          == "{stages: [{steps: 2}, {steps: 3}]}")
    }
  }

  @Test("takes a folder for the path of the data set that is chosen")
  func dataPath() throws {
    #expect(
      try text("data: {qvhighlights: {path: x, k: 1}}", ["data=../y"])
        == "{data: {qvhighlights: {path: \"../y\", k: 1}}}")
    #expect(try text("data: world", ["data=salads50"]) == "{data: salads50}")
  }

  @Test("is written as text that reads back as the same, lists of maps included")
  func writing() throws {
    let yaml = """
      name: x
      stages:
        - name: a
          optimizer:
            beta1: 0.9
        - name: b
      seeds: [1, 2]
      empty: {}
      word: "no"

      """
    let value = try ConfigurationFile.parse(yaml, file: "x.yaml")
    #expect(ConfigurationFile.text(of: value) == yaml)
  }
}
