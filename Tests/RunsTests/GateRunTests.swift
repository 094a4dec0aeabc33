import Core
import Curriculum
import Foundation
import Plugins
import Testing

@testable import Analysis
@testable import Records
@testable import Runs

@Suite("Gates without labels in runs")
struct GateRunTests {
  private func preview(_ gate: String, second: String? = nil) async throws -> [SelectionLine] {
    let value = try MortalRun(
      stages: "    - {method: opd-full, steps: 2, prompts: 4, curriculum: \(tvdf(gate))}",
      more: second.map { "secondTeacher: \($0)" } ?? ""
    ).value
    return try await SelectionPreview.measuring(value, MortalRun(stages: "").laboratory()).lines
  }

  private func tvdf(_ gate: String) -> String {
    "{tvdf: {trpv: false, dbtp: false, \(gate)}}"
  }

  @Test("two teachers that are one agree wherever they are wrong, and keep every prompt")
  func twins() async throws {
    let lines = try await preview(
      "teacherAgreement: 1", second: "{oracle: {unreliableShare: 0.25}}")
    #expect(lines.count == 24 && lines.allSatisfy { $0.admitted && $0.taken })
    #expect(lines.contains { $0.planted == true })
    #expect(lines.allSatisfy { $0.evidence?.teacherAgreement == 1 })
  }

  @Test("a right one finds out every prompt that the teacher is wrong on")
  func witness() async throws {
    let lines = try await preview("teacherAgreement: 0.1", second: "oracle")
    #expect(lines.contains { $0.planted == true })
    #expect(lines.allSatisfy { $0.admitted != $0.planted })
  }

  @Test("a teacher that errs on other prompts is another one")
  func seeds() async throws {
    let lines = try await preview(
      "teacherAgreement: 0.1", second: "{oracle: {unreliableShare: 0.5, unreliableSeed: 1}}")
    #expect(lines.contains { !$0.admitted && $0.planted == false })
  }

  @Test("measure entropy and the student's agreement, within their ranges")
  func measured() async throws {
    let lines = try await preview("maximumEntropy: 20, studentAgreement: 0")
    #expect(lines.count == 24 && lines.allSatisfy(\.taken))
    for line in lines {
      let entropy = try #require(line.evidence?.teacherEntropy)
      #expect(entropy > 0 && entropy <= log(78))
      let agreement = try #require(line.evidence?.studentAgreement)
      #expect((0...1).contains(agreement) && line.evidence?.teacherQuality == nil)
    }
  }

  @Test("say whom they miss, and that nobody asks a second teacher")
  func refused() async throws {
    let folder = TemporaryFolder()
    func complaint(_ gate: String, _ more: String) async throws -> String? {
      let run = MortalRun(
        stages: "    - {method: opd-full, steps: 1, prompts: 4, curriculum: \(tvdf(gate))}",
        more: more)
      do { try await run.carryOut(in: folder.path + "/run") } catch { return "\(error)" }
      return nil
    }
    let alone = try await complaint("teacherAgreement: 0.5", "")
    #expect(alone?.contains("'secondTeacher' is missing: the curriculum of stages[0] asks") == true)
    let idle = try await complaint("studentAgreement: 0.5", "secondTeacher: oracle")
    #expect(idle?.contains("no curriculum has 'teacherAgreement'") == true)
    let own = try await complaint("teacherAgreement: 0.5", "secondTeacher: {self: {}}")
    #expect(own?.contains("it is made of the student") == true)
  }

  @Test("leave the labels of an arm as they are, but for those a second teacher is made of")
  func labels() async throws {
    func labels(_ gate: String, _ second: String? = nil, teacher: String) async throws -> String {
      let value = try configuration(
        """
        data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 12, difficulty: easy}}
        student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
        teacher: \(teacher)
        \(second.map { "secondTeacher: \($0)" } ?? "")
        stages: [{method: opd-full, steps: 1, curriculum: \(tvdf(gate))}]
        """)
      let laboratory = try Laboratory.standard()
      return try await RunParts(laboratory.configuration(of: value), in: laboratory).labels().words
    }
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    let file = folder.path + "/windows.jsonl"
    try #"{"qid": "a", "pred_relevant_windows": [[0, 4, 1]]}"#.write(
      toFile: file, atomically: false, encoding: .utf8)
    let table = "{windows: {path: \(file)}}"
    for gate in ["maximumEntropy: 2", "studentAgreement: 0.3"] {
      #expect(try await labels(gate, teacher: table) == "none")
      #expect(try await labels(gate, teacher: "oracle") == "teacher's")
    }
    #expect(try await labels("teacherAgreement: 0.3", table, teacher: table) == "none")
    #expect(try await labels("teacherAgreement: 0.3", "oracle", teacher: table) == "teacher's")
  }

  @Test("a teacher that was trained on labels says so, and one taught by it")
  func trained() async throws {
    let folder = try ScratchFolder([:])
    let teacher = try await TinyRun(
      "stages: [{method: sft, steps: 1, prompts: 2}]", in: folder, name: "teacher")
    let heir = try await TinyRun(
      "teacher: {model: {run: \(teacher.path)}}\nstages: [{method: opd, steps: 1, prompts: 2}]",
      in: folder, name: "heir")
    let grandchild = try await TinyRun(
      "teacher: {model: {run: \(heir.path)}}\nstages: [{method: opd, steps: 1, prompts: 2}]",
      in: folder, name: "grandchild")
    let words = [teacher, heir, grandchild].map {
      RunDirectory($0.path).status?.labels
    }
    #expect(words == ["all", "teacher's training", "teacher's training"])
  }
}
