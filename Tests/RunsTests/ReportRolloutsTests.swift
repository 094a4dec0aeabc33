import Foundation
import Testing

@testable import Analysis

@Suite("Example rollouts of a report")
struct ReportRolloutsTests {
  private func page(_ rollouts: String, stages: String = "") async throws -> String {
    let folder = TemporaryFolder()
    var sweep = SyntheticSweep()
    sweep.seeds = 1
    sweep.steps = 20
    sweep.arms = [sweep.arms[1]]
    try sweep.write(to: folder.path)
    let run = folder.path + "/opd/seed-0"
    try rollouts.write(toFile: run + "/rollouts.jsonl", atomically: true, encoding: .utf8)
    if !stages.isEmpty {
      try stages.write(toFile: run + "/stages.jsonl", atomically: true, encoding: .utf8)
    }
    let page = try await Report.html(of: [folder.path])
    return page.components(separatedBy: "id=\"rollouts\"").dropFirst().first?
      .components(separatedBy: "</section>").first ?? ""
  }

  private func line(
    _ word: String, step: Int, stage: String? = nil, given: Bool = false, prompt: String = "q"
  ) -> String {
    let name = stage.map { "\"stage\":\"\($0)\"," } ?? ""
    let student = given ? "[0,0]" : "[-1.5,-0.5]"
    return
      "{\(name)\"step\":\(step),\"prompt\":\"\(prompt)\",\"slot\":0,\"query\":\"when \(prompt)\","
      + "\"words\":[\"\(word)\",\".\"],\"student\":\(student),\"quality\":0.25,"
      + "\"predicted\":[1,2],\"truth\":[[2,4]],\"duration\":60}\n"
  }

  private let stages = """
    {"name":"warm-up","stage":0,"step":100,"steps":100}
    {"name":"learn","stage":1,"step":150,"steps":50}

    """

  @Test("of two stages that end at the same step are the student's own, with the run's step")
  func twoStages() async throws {
    let page = try await page(
      line("gold", step: 49, given: true) + line("gold", step: 99, given: true)
        + line("gold", step: 49, given: true, prompt: "r") + line("own", step: 49),
      stages: stages)
    // The third and the fourth line have one step, but only the fourth is sampled.
    #expect(page.contains(">own</span>") && !page.contains(">gold<"))
    #expect(page.contains("seed 0, learn, step 150"))
  }

  @Test("of stages that end at the same step and ask the same questions are parted")
  func sameQuestions() async throws {
    let stages = stages.replacing("100", with: "50").replacing("150", with: "100")
    let page = try await page(
      line("early", step: 49) + line("late", step: 49), stages: stages)
    #expect(page.contains(">late</span>") && !page.contains(">early<"))
    #expect(page.contains("learn, step 100"))
  }

  @Test("name the stage and the step that the run wrote down")
  func named() async throws {
    let page = try await page(
      line("gold", step: 100, stage: "warm-up", given: true)
        + line("own", step: 150, stage: "learn"), stages: stages)
    #expect(page.contains("seed 0, learn, step 150") && page.contains(">own</span>"))
  }

  @Test("are none where the student only imitated, which is said")
  func imitation() async throws {
    let page = try await page(line("gold", step: 49, given: true))
    #expect(!page.contains("gold") && !page.contains("<article>"))
  }

  @Test("give answer and truth their own numbers")
  func numbers() async throws {
    let page = try await page(line("own", step: 150, stage: "learn"))
    #expect(page.contains(/<label>answer<\/label>.*?1–2 s.*?<label>truth<\/label>.*?2–4 s/))
  }
}
