import Core
import Foundation
import Testing

@testable import OPDCommands
@testable import Runs

@Suite("opd help keys")
struct KeysCommandTests {
  #if LiveTeachers
  @Test("writes docs/keys.md")
  func page() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/keys.md")
    let written = try String(contentsOf: file, encoding: .utf8)
    let page = KeyPage(try Laboratory.standard().keySections()).markdown + "\n"
    #expect(
      written == page, "`opd help keys --format markdown > docs/keys.md` writes the page again")
  }
  #endif

  @Test("prints keys by part of their name, with default, range and unit")
  func part() throws {
    let page = try KeyPage(Laboratory.standard().keySections()).chosen("clipNorm")
    #expect(page.sections.map(\.title) == ["stages[]"])
    #expect(page.text.contains("stages[].optimizer.clipNorm  1.0  a number above 0"))
    let error = #expect(throws: CommandLineError.self) {
      try KeyPage(Laboratory.standard().keySections()).chosen("clipNrom")
    }
    #expect(error?.exitStatus == .usage)
  }

  @Test("is found where people look for help")
  func help() async {
    let nowhere = await OPDCommand.perform(["help", "keys", "xyzzy"])
    #expect(nowhere.status == 64)
    #expect(nowhere.errors.contains("No key has 'xyzzy' in its name."))
  }

  @Test(
    "numbers beyond the range of an option are refused with the range",
    arguments: [
      ["sweep", "s.yaml", "--time-limit", "nan"], ["sweep", "s.yaml", "--jobs", "100000000"],
      ["sweep", "s.yaml", "--max-hours=-inf"], ["sweep", "s.yaml", "--memory", "0"],
      ["sweep", "s.yaml", "--cores=-1"], ["keyframes", "v.mp4", "--ratio", "nan"],
      ["keyframes", "v.mp4", "--budget", "100000000000"], ["keyframes", "v.mp4", "--jobs", "0"],
      ["compare-keyframes", "--seeds", "100000000000"], ["bench", "--threads", "2147483647"],
      ["bench", "--prompts", "0"], ["select", "c.yaml", "--limit=-1"],
      ["teacher", "rate", "c.yaml", "--seconds", "inf"], ["compare", "r", "--target", "nan"],
    ])
  func options(arguments: [String]) async {
    let outcome = await OPDCommand.perform(arguments)
    #expect(outcome.status == 64, "\(arguments)")
    #expect(outcome.errors.contains("but must be a"), "\(arguments): \(outcome.errors)")
  }

  @Test("a part of a sweep without an arm is refused", arguments: ["", ",", " , "])
  func nobody(arms: String) async {
    let outcome = await OPDCommand.perform(["sweep", "s.yaml", "--only", arms])
    #expect(outcome.status == 64 && outcome.errors.contains("--only names no arm."))
  }
}
