import Records
import Foundation
import Statistics
import Testing

@testable import Analysis

@Suite("The report")
struct ReportTests {
  private func page(_ change: (inout SyntheticSweep) -> Void = { _ in }) async throws -> String {
    let folder = TemporaryFolder()
    var sweep = SyntheticSweep()
    sweep.steps = 40
    sweep.evaluationEvery = 4
    sweep.seeds = 3
    change(&sweep)
    try sweep.write(to: folder.path)
    return try await Report.html(of: [folder.path])
  }

  @Test("has every section, the verdict as its heading, and every tag closed")
  func sections() async throws {
    let page = try await page { $0.seeds = 8 }
    let ids = [
      "headline", "curves", "pairwise", "profile", "group-0", "difficulty", "cost", "diagnostics",
      "curriculum", "keyframes", "rollouts", "commands",
    ]
    for id in ids.dropFirst() {
      #expect(page.contains("<a href=\"#\(id)\">"), "\(id)")
    }
    for id in ids { #expect(page.contains("id=\"\(id)\""), "\(id)") }
    #expect(page.contains("<h1>opd-curriculum leads with mIoU 0.5"))
    #expect(page.contains("but is not seen to differ from opd.</h1>"))
    #expect(page.contains("opd-curriculum beats grpo"))
    for tag in ["section", "table", "svg", "figure", "div", "article", "details", "ul", "tr"] {
      let opened = page.ranges(of: "<\(tag)>").count + page.ranges(of: "<\(tag) ").count
      #expect(opened == page.ranges(of: "</\(tag)>").count, "\(tag)")
    }
    #expect(!page.contains("nan"), "a number is missing")
  }

  @Test("needs no network, has one script after all it has to say, and takes no text for markup")
  func selfContained() async throws {
    let page = try await page()
    #expect(!page.contains("http"))
    #expect(page.ranges(of: "<script>").count == 1 && page.contains("</main><script>"))
    #expect(page.contains("a red circle enters, &lt;then&gt; leaves"))
  }

  @Test("works while runs are going, and says that it is the state so far")
  func running() async throws {
    let page = try await page {
      $0.state = { arm, seed in arm > 1 || seed == 2 ? "running" : "done" }
    }
    #expect(page.contains("so far"))
    #expect(page.contains("4 of 12 runs are done (8 running)."))
  }

  @Test("works for a single run")
  func single() async throws {
    let folder = TemporaryFolder()
    var sweep = SyntheticSweep()
    sweep.seeds = 1
    sweep.steps = 20
    try sweep.write(to: folder.path)
    let page = try await Report.html(of: [folder.path + "/opd/seed-0"])
    #expect(page.contains("<h1>opd reaches mIoU"))
    #expect(page.contains("id=\"curves\""))
  }

  @Test(
    "shows each group of arms that sees the same frames once, with how well they meet the truth")
  func keyframes() async throws {
    let page = try await page()
    let panel = try #require(page.ranges(of: "id=\"keyframes\"").first)
    let text = String(page[panel.upperBound...]).components(separatedBy: "</section>")[0]
    // Two arms teach and see eight frames, two do not and see four: two rows and four questions of two tracks.
    #expect(text.ranges(of: "<tr><th scope=\"row\"").count == 2)
    #expect(text.ranges(of: "8 of 40<").count == 1 && text.ranges(of: "4 of 40<").count == 1)
    #expect(text.ranges(of: "class=\"strokes").count == 8)
    #expect(text.ranges(of: "<b style").count == 4 * (8 + 4))
  }

  @Test("says what a level costs, and never how many times cheaper nothing is than nothing")
  func target() async throws {
    let page = try await page()
    #expect(page.contains("What mIoU 0.4"))
    #expect(!page.contains(">0×<"))
  }

  @Test("has what repeating it takes: the sweep's file, builds, machines and dates")
  func repeating() async throws {
    let folder = TemporaryFolder()
    var sweep = SyntheticSweep()
    sweep.seeds = 1
    sweep.steps = 10
    try sweep.write(to: folder.path)
    let run = folder.path + "/opd/seed-0"
    try """
    2026-11-30T18:07:22Z machine: a processor, 2 cores
    2026-11-30T18:09:00Z step 10 of 10

    """.write(toFile: run + "/log.txt", atomically: true, encoding: .utf8)
    try "{\"state\":\"done\",\"builds\":[\"0.1.0+abc\"],\"task\":{\"headline\":\"eval/mIoU\"}}"
      .write(toFile: run + "/status.json", atomically: true, encoding: .utf8)
    let page = try await Report.html(of: [folder.path])
    for words in [
      "<td>a processor, 2 cores</td>", "<td>0.1.0+abc</td>", "<td>2026-11-30 18:07:22 UTC</td>",
      "<td>2026-11-30 18:09:00 UTC</td>", "<summary>The sweep’s file</summary>",
      "base: world.yaml",
    ] {
      #expect(page.contains(words), "\(words)")
    }
  }

  @Test("prices no level above what a run spent")
  func costs() throws {
    let folder = TemporaryFolder()
    var sweep = SyntheticSweep()
    sweep.seeds = 2
    sweep.steps = 40
    sweep.evaluationEvery = 4
    try sweep.write(to: folder.path)
    let runs = (0..<2).map {
      RecordedRun(
        path: "\(folder.path)/opd/seed-\($0)", arm: "opd", seed: $0, detail: .evaluations)
    }
    let cost = TargetCost("opd", runs, target: 0.3, metric: "eval/mIoU")
    #expect(cost.reached == 2)
    let interval = try #require(cost.intervals["steps"])
    #expect(interval.lower >= 0 && interval.upper <= 40 && interval.lower <= interval.upper)
  }

  @Test(
    "gives one drawing as a file that needs nothing else", arguments: [Figure.curves, .arms])
  func figure(_ figure: Figure) async throws {
    let folder = TemporaryFolder()
    var sweep = SyntheticSweep()
    sweep.steps = 40
    sweep.evaluationEvery = 4
    sweep.seeds = 3
    try sweep.write(to: folder.path)
    let path = folder.path + "/figure.svg"
    try await Report.write(figure, of: [folder.path], to: path, by: .tokens)
    let drawing = try String(contentsOfFile: path, encoding: .utf8)
    #expect(drawing.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
    for tag in ["svg", "text", "style", "title", "polyline"] {
      let opened = drawing.ranges(of: "<\(tag)>").count + drawing.ranges(of: "<\(tag) ").count
      // Lines of seeds close themselves.
      let closed = tag == "polyline" ? drawing.ranges(of: "<polyline class=\"seed").count : 0
      #expect(opened == closed + drawing.ranges(of: "</\(tag)>").count, "\(tag)")
    }
    for arm in sweep.arms { #expect(drawing.contains(">\(arm.name)</text>"), "\(arm.name)") }
    #expect(drawing.ranges(of: "<circle").count == (figure == .costs ? 0 : sweep.arms.count))
    #expect((drawing.ranges(of: "<rect class=\"swatch l1\"").count > 1) == (figure == .costs))
    #expect(drawing.contains("rollout tokens") == (figure == .curves))
    #expect(!drawing.contains("nan") && !drawing.contains("<script"))
  }

  @Test("can be written to a file of choice", .enabled(if: Self.wanted != nil))
  func example() async throws {
    let path = try #require(Self.wanted)
    try SyntheticSweep().write(to: path)
    try await Report.write([path], to: path + "/report.html")
  }

  /// Where to leave an example for looking at: `OPD_REPORT_EXAMPLE=/tmp/example swift test --filter ReportTests`.
  private static let wanted = ProcessInfo.processInfo.environment["OPD_REPORT_EXAMPLE"]
}

@Suite("Ticks of an axis")
struct ReportAxisTicksTests {
  @Test(
    "are round and embrace the range", arguments: [(0.12, 0.57), (0.0, 200), (-3, 4e-5), (5, 5)])
  func round(low: Double, high: Double) {
    let ticks = AxisTicks(low...high, count: 4)
    #expect(ticks.range.lowerBound <= low && ticks.range.upperBound >= high)
    #expect((2...12).contains(ticks.values.count))
  }

  @Test("are multiples of 1, 2 or 5")
  func steps() { #expect(AxisTicks(0...1, count: 5).values.count == 6) }
}

@Suite("Names of arms in a report")
struct ReportArmNamesTests {
  @Test("leave out the keys that every arm has, where something else still tells them apart")
  func short() {
    let names = ArmNames(["opd+selector=tad", "opd-full+selector=tad", "opd+selector=uniform"])
    #expect(names["opd+selector=tad"] == "opd+tad")
    #expect(
      names.shortened("opd-full+selector=tad beats opd+selector=tad.")
        == "opd-full+tad beats opd+tad.")
    #expect(ArmNames(["budget=4", "budget=8"])["budget=8"] == "budget=8")
    #expect(ArmNames(["a+k=1", "b"])["a+k=1"] == "a+k=1")
  }
}
