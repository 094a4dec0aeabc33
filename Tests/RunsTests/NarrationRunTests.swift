import Core
import Foundation
import Records
import Runs
import Tasks
import Testing

@Suite("A run whose answers are narrated")
struct NarrationRunTests {
  /// The shared configuration with a codec, and with another student where one is named.
  private func base(_ codec: String, student: String? = nil) -> String {
    TinyRun.base.split(separator: "\n").map { line in
      if line.hasPrefix("codec:") { return "codec: \(codec)" }
      if line.hasPrefix("student:"), let student { return "student: \(student)" }
      return String(line)
    }.joined(separator: "\n") + "\n"
  }

  private static let imitation = "stages: [{method: sft, steps: 2, prompts: 3}]"

  @Test("imitates planted errors, and goes on from there with a teacher that told everything right")
  func trains() async throws {
    let folder = try ScratchFolder([:])
    let wrong = "{narration: {wrong: 0.5, wrongBy: kind}}"
    let teacher = try await TinyRun(
      Self.imitation, base: base("narration"), in: folder, name: "teacher")
    let start = try await TinyRun(Self.imitation, base: base(wrong), in: folder, name: "start")
    #expect(try teacher.weights() != start.weights())
    let metrics = GroundingTask.metrics + NarrationTask.narrationMetrics
    for method in ["opd-full", "grpo"] {
      let run = try await TinyRun(
        """
        teacher: {model: {run: \(teacher.path), evidence: sameAsStudent}}
        evaluation: {teacherKL: true}
        diagnostics: {every: 1}
        stages: [{method: \(method), steps: 2, prompts: 2, group: 2}]
        """, base: base("narration", student: "{from: {run: \(start.path)}}"), in: folder,
        name: method)
      #expect(run.values["eval/narration_precision"] != nil && run.values["eval/mIoU"] != nil)
      #expect(try #require(run.values["eval/teacher_kl"]) > 0)
      for name in Set(try run.metrics().flatMap(\.keys))
      where !["step", "tokens", "flops"].contains(name) {
        #expect(MetricDictionary.definition(of: name, among: metrics) != nil, "\(name)")
      }
    }
  }

  @Test("leaves behind what its student is built from without the data")
  func outline() async throws {
    let run = try await TinyRun(Self.imitation, base: base("narration"))
    let kept = try run.text("student.json")
    #expect(kept.contains("\"most\"") && kept.contains("the red"))
    let plain = try await TinyRun(Self.imitation, in: run.folder, name: "plain")
    #expect(try !plain.text("student.json").contains("\"most\""))
    #expect(try plain.text("bounds.json") == run.text("bounds.json"))
  }

  @Test(
    "has no teacher and no evaluation that needs every answer",
    arguments: [
      ("teacher: oracle\nstages: [{method: opd, steps: 1, prompts: 2}]", "teacher"),
      ("teacher: truth\nstages: [{method: opd, steps: 1, prompts: 2}]", "teacher"),
      ("evaluation: {exact: true}\n" + imitation, "Exact evaluation"),
    ])
  func refused(yaml: String, who: String) async throws {
    let error = await #expect(throws: TaskError.self) {
      try await TinyRun(yaml, base: base("narration"))
    }
    let said = error?.description ?? ""
    #expect(said.contains(who), "\(said)")
    #expect(said.contains("which the task 'narration' cannot list"), "\(said)")
  }

  @Test("is refused where the data tells no events")
  func untold() async throws {
    let data = "data: {world-choice: {videos: 8, devVideos: 4, frames: 24}}\n"
    let rest = base("narration").split(separator: "\n").filter { !$0.hasPrefix("data:") }
    let error = await #expect(throws: TaskError.self) {
      try await TinyRun(Self.imitation, base: data + rest.joined(separator: "\n") + "\n")
    }
    #expect(error?.description.contains("is no answer of the task 'grounding'") == true)
  }
}
