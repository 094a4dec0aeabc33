import Distill
import Records
import Runs
import Foundation
import Plugins
import Core
import Tasks
import Storage
import Synchronization
import Testing

/// Runs of seconds on a tiny world, by configuration as a user writes it.
struct TinyRun {
  /// The configuration without its stages.
  static let base = """
    data: {world: {videos: 8, devVideos: 4, queriesPerVideo: 2, frames: 12, difficulty: easy}}
    codec: timeTokens
    student: {decoder: {layers: 1, width: 32, heads: 2, keyValueHeads: 1, hidden: 64}}
    keyframes: {tad: {budget: 8}}
    threads: 1

    """

  let folder: ScratchFolder
  let path: String
  let values: [String: Double]
  /// What the run said, line by line.
  let said: [String]

  init(
    _ yaml: String, base: String = TinyRun.base, in folder: ScratchFolder? = nil,
    name: String = "run", resume: Bool = false, copyingAt step: Int? = nil
  ) async throws {
    let folder = try folder ?? ScratchFolder([:])
    self.folder = folder
    let path = folder.path + "/" + name
    self.path = path
    let box = Lines()
    let executor = RunExecutor(try .standard()) { news in
      let line = news.text
      box.add(line)
      // The folder as a run leaves it that is killed here.
      guard let step, line.hasPrefix("step \(step) ") else { return }
      try? FileManager.default.copyItem(atPath: path, toPath: path + "-killed")
    }
    let value = try ConfigurationFile.parse(base + yaml, file: "c.yaml")
    values = try await executor.run(value, in: path, resume: resume)
    said = box.all
  }

  /// Lines from any thread.
  final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: path + "/" + name, encoding: .utf8)
  }

  /// The numbers of each logged step, from the first after the untrained evaluation.
  func metrics() throws -> [[String: Double]] {
    try text("metrics.jsonl").split(separator: "\n").dropFirst().map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return (object ?? [:]).compactMapValues { $0 as? Double }
    }
  }

  /// Every checkpointed tensor by name, as its bytes.
  func weights() throws -> [String: [Float]] {
    let names = try FileManager.default.contentsOfDirectory(atPath: path + "/checkpoints").sorted()
      .filter { $0.hasSuffix(".h5") }
    let name = try #require(names.last)
    let file = try CheckpointFile.read(path + "/checkpoints/" + name)
    return Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.values) })
  }
}

/// With which message and status a configuration is refused.
struct Refusal: Hashable {
  var text: String
  var status: Core.ExitStatus
}

/// How a configuration is refused, or `nil` where it is not.
func refusal(_ yaml: String, base: String = TinyRun.base) throws -> Refusal? {
  let laboratory = try Laboratory.standard()
  do {
    _ = try laboratory.complete(ConfigurationFile.parse(base + yaml, file: "c.yaml"))
    return nil
  } catch let error as any ExplainedError {
    return Refusal(text: error.description, status: error.exitStatus)
  }
}

@Suite("Every method, run as it is configured")
struct MethodRunTests {
  @Test(
    "trains, and logs nothing that the dictionary does not know",
    arguments: MethodPreset.all.map(\.name))
  func trains(method: String) async throws {
    let run = try await TinyRun(
      """
      teacher: oracle
      diagnostics: {every: 2, gradientAudit: 2}
      evaluation: {teacherKL: true}
      stages: [{method: \(method), steps: 3, prompts: 3, refills: 2, group: 4}]
      """)
    let metrics = try run.metrics()
    #expect(metrics.count == 3)
    for name in Set(metrics.flatMap(\.keys)) where !["step", "tokens", "flops"].contains(name) {
      #expect(
        MetricDictionary.definition(of: name, among: GroundingTask.metrics) != nil,
        "\(name) is not in the dictionary")
    }
    #expect(try #require(metrics.last?["eval/teacher_kl"]) > 0)
    #expect(run.values["eval/mIoU"] != nil)
  }

  @Test("says the same by its name and written out", arguments: MethodPreset.all.map(\.name))
  func writtenOut(name: String) async throws {
    let method = try MethodPreset.named(name)
    let shared = "evaluation: {every: 2}\n"
    let named = try await TinyRun(
      shared + "teacher: oracle\nstages: [{name: it, method: \(method.name), steps: 2, prompts: 3}]"
    )
    var lines = try method.configurationLines()
    if method.hints.selfTeacher == nil { lines = "teacher: oracle\n" + lines }
    lines = lines.replacing(
      "- method:", with: "- name: it\n    steps: 2\n    prompts: 3\n    method:")
    let written = try await TinyRun(shared + lines)
    #expect(try named.text("metrics.jsonl") == written.text("metrics.jsonl"))
    #expect(try named.weights() == written.weights())
  }
}

@Suite("Bonuses for order in a run")
struct OrderedRunTests {
  private func run(_ method: String) async throws -> TinyRun {
    try await TinyRun(
      """
      reward: {grounding: {terms: {iou: 1, format: 0.5}}}
      stages:
        - {method: sft, steps: 30, prompts: 8, learningRate: 0.003}
        - {method: \(method), steps: 4, prompts: 4, group: 6}
      """)
  }

  @Test("KF-GRPO's is cancelled, and the run says so once")
  func cancelled() async throws {
    let run = try await run("kf-grpo")
    let notes = run.said.filter { $0.contains("cancels it, and this run is GRPO") }
    #expect(notes.count == 1)
    #expect(try run.text("log.txt").components(separatedBy: "cancels it").count == 2)
    let metrics = try run.metrics().suffix(4)
    #expect(metrics.allSatisfy { $0["saliency/gate_rate"] != nil })
    #expect(metrics.allSatisfy { ($0["saliency/effective_change"] ?? 1) < 1e-3 })
  }

  @Test("KF-GRPO with one bonus a group trains exactly as GRPO on the same answers, up to ε")
  func isGRPO() async throws {
    let bonus = try await run("kf-grpo").metrics().suffix(4)[30]
    let plain = try await run("grpo").metrics().suffix(4)[30]
    #expect(abs(try #require(bonus["grad_norm"]) - #require(plain["grad_norm"])) < 1e-3)
    // The disordered answers are paid for.
    #expect(try #require(bonus["tokens"]) > 1.9 * #require(plain["tokens"]))
  }

  @Test("the reading at rollout level is not cancelled, and says nothing")
  func kept() async throws {
    let run = try await run("kf-grpo-rollout")
    #expect(!run.said.contains { $0.contains("cancels") })
    #expect(try run.metrics().suffix(4).contains { ($0["saliency/effective_change"] ?? 0) > 0.01 })
  }

  @Test("a placebo shows how often the gate opens by chance")
  func placebo() async throws {
    let run = try await run(
      """
      {components: [{signals: [reward(scale=sampleStd)], correction: 'ppoClip(0.2, 0.2)'}], \
      shaping: ['saliency(placebo=on, term=iou)']}
      """)
    #expect(try run.metrics().suffix(4).allSatisfy { $0["saliency/placebo_gate_rate"] != nil })
  }

  @Test("T-GRPO logs its gate and what is left of its bonus")
  func temporal() async throws {
    let metrics = try await run("t-grpo").metrics().suffix(4)
    #expect(metrics.allSatisfy { $0["temporal/gate_rate"] != nil })
    #expect(metrics.allSatisfy { $0["temporal/effective_change"] != nil })
  }
}

@Suite("Configurations that cannot learn")
struct RefusedConfigurationTests {
  @Test(
    "are refused with the reason and the nearest that can, as wrong usage",
    arguments: [
      ("stages: [{method: grpo, group: 1}]", "a group of 1 has no relative advantage"),
      ("stages: [{method: opd}]", "The objective needs a teacher, and the run has none."),
      (
        "teacher: oracle\nstages: [{method: {components: [{signals: [teacher], weighting: [whiten]}]}}]",
        "whitening over the batch takes away the teacher's mean"
      ),
      (
        "teacher: oracle\nstages: [{method: {components: [{signals: [teacher], estimator: k1}]}}]",
        "k1 as a loss has expected gradient 0"
      ),
      (
        "teacher: {self: {kind: live, evidence: sameAsStudent}}\nstages: [{method: opd-full}]",
        "the teacher is the student with the same evidence"
      ),
      (
        "keyframes: null\nstages: [{method: self-distillation}]",
        "the teacher is the student with the same evidence"
      ),
      ("keyframes: null\nstages: [{method: kf-grpo}]", "here every frame is one"),
      (
        """
        teacher: oracle
        stages: [{method: {components: [{signals: [teacher], estimator: forwardKL, support: full}], \
        studentShare: 0.5}}]
        """, "nobody answers the prompts that the student does not"
      ),
    ])
  func refused(yaml: String, reason: String) throws {
    let base =
      yaml.contains("keyframes: null")
      ? TinyRun.base.replacing("keyframes: {tad: {budget: 8}}\n", with: "") : TinyRun.base
    let refused = try #require(try refusal(yaml, base: base))
    #expect(refused.text.contains(reason), "\(refused.text)")
    #expect(refused.status == .usage)
  }

  @Test("controls may do so on purpose")
  func controls() throws {
    #expect(try refusal("stages: [{method: control-own-teacher}]") == nil)
    let own = "teacher: {self: {kind: live, evidence: sameAsStudent, control: true}}\n"
    #expect(try refusal(own + "stages: [{method: opd-full}]") == nil)
  }
}

@Suite("Diagnostics of a run")
struct RunDiagnosticsTests {
  private func run(_ diagnostics: String, method: String = "opd") async throws -> TinyRun {
    try await TinyRun(
      """
      teacher: {oracle: {sharpness: 1}}
      \(diagnostics)
      stages: [{method: \(method), steps: 5, prompts: 4, group: 2}]
      """)
  }

  @Test(
    "change no bit of training", arguments: ["opd", "grpo", "dapo", "gkd", "self-distillation"])
  func harmless(method: String) async throws {
    let plain = try await run("", method: method)
    let watched = try await run("diagnostics: {every: 1, gradientAudit: 2}", method: method)
    #expect(try plain.weights() == watched.weights())
    for (a, b) in zip(try plain.metrics(), try watched.metrics()) {
      for (name, value) in a { #expect(b[name] == value, "\(name)") }
      #expect(b.count > a.count)
    }
  }

  @Test("have an account of their own in the ledger")
  func account() async throws {
    func flops(_ run: TinyRun) throws -> [String: Double] {
      let data = Data(try run.text("ledger.json").utf8)
      let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
      return object?["flops"] as? [String: Double] ?? [:]
    }
    let plain = try flops(await run(""))
    let watched = try flops(await run("diagnostics: {every: 1}"))
    #expect(try #require(watched["diagnostics"]) > 0)
    #expect(watched.filter { $0.key != "diagnostics" } == plain)
  }

  @Test("measure the exact divergence before and after, and what the estimator is worth")
  func numbers() async throws {
    let metrics = try await run("diagnostics: {every: 1, gradientAudit: 1}").metrics()
    for line in metrics {
      let before = try #require(line["teacher_kl/before_update"])
      #expect(before == line["teacher_kl/reverse"])
      #expect(try #require(line["teacher_kl/after_update"]) != before)
      #expect(try #require(line["audit/bias"]) < 1e-5)
      #expect(try #require(line["audit/variance"]) > 0)
      #expect(try #require(line["audit/cosine"]) > 0)
      #expect(abs(try #require(line["grad_norm/teacher"]) - #require(line["grad_norm"])) < 1e-5)
      #expect((0...1).contains(try #require(line["stop_mass"])))
      let share = try #require(line["ratio/effective_share"])
      #expect(share > 0 && share <= 1)
    }
  }
}

@Suite("Teachers of a run")
struct RunTeacherTests {
  @Test("that give the answers are imitated, not the data")
  func teachersAnswers() async throws {
    let run = try await TinyRun(
      """
      teacher: {oracle: {sharpness: 20, floorShare: 1.0e-6, offGridMass: 1.0e-6, shift: 3}}
      stages: [{method: off-policy-kd, steps: 1, prompts: 8, group: 2}]
      """)
    let lines = try run.text("rollouts.jsonl").split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let truth = try #require((object["truth"] as? [[Double]])?.first)
      let answer = try #require(object["predicted"] as? [Double])
      let duration = try #require(object["duration"] as? Double)
      let shift = min(3, duration - truth[1])
      #expect(answer == [truth[0] + shift, truth[1] + shift])
    }
  }

  @Test("and the student answer half each under GKD")
  func mixed() async throws {
    let run = try await TinyRun("teacher: oracle\nstages: [{method: gkd, steps: 1, prompts: 8}]")
    let tokens = try #require(run.metrics().first?["tokens"])
    // Only the student's own answers are rollouts: 4 of 8, each of 1 to 3 tokens.
    #expect(tokens >= 4 && tokens <= 12)
  }

  @Test("may be the student of another run, with a larger decoder, whose training is counted")
  func model() async throws {
    let folder = try ScratchFolder([:])
    let larger = TinyRun.base.replacing("width: 32", with: "width: 48")
    let teacher = try await TinyRun(
      "stages: [{method: sft, steps: 4, prompts: 8}]", base: larger, in: folder, name: "teacher")
    let run = try await TinyRun(
      """
      teacher: {model: {run: \(teacher.path)}}
      evaluation: {teacherKL: true}
      stages: [{method: opd-full, steps: 20, prompts: 8, learningRate: 0.003}]
      """, in: folder)
    let first = try #require(run.metrics().first?["teacher_kl/reverse"])
    #expect(try #require(run.values["eval/teacher_kl"]) < first)
    #expect(try run.text("ledger.json").contains("teacherTraining"))
  }

  @Test(
    "are refused where they were trained on what the student reports on, themselves or by theirs",
    arguments: [
      "{model: {run: PATH}}", "{mixture: {teachers: [oracle, {model: {run: PATH}}]}}",
      "{model: {run: HEIR}}",
    ])
  func seen(teacher: String) async throws {
    let folder = try ScratchFolder([:])
    let world = try World.dataset(World.Options(videos: 6, devVideos: 3, patches: 1, seed: Seed(4)))
    try QVHighlights.export(world, to: folder.path + "/data")
    try QVHighlights.export(
      Dataset(name: "b", train: world.dev, dev: world.train), to: folder.path + "/swapped")
    try QVHighlights.export(
      Dataset(
        name: "c", train: Array(world.train.prefix(8)), dev: Array(world.train.suffix(8))),
      to: folder.path + "/part")
    let base = TinyRun.base.split(separator: "\n").filter { !$0.hasPrefix("data:") }
      .joined(separator: "\n")
    func data(_ name: String) -> String {
      "\(base)\ndata: {qvhighlights: {path: \(folder.path)/\(name)}}\n"
    }
    let guilty = try await TinyRun(
      "stages: [{method: sft, steps: 1, prompts: 2}]", base: data("swapped"), in: folder,
      name: "guilty")
    // Its own data is beyond reproach; whom it learnt from is not.
    let heir = try await TinyRun(
      "teacher: {model: {run: \(guilty.path)}}\nstages: [{method: opd, steps: 1, prompts: 2}]",
      base: data("part"), in: folder, name: "heir")
    let named = teacher.replacing("PATH", with: guilty.path).replacing("HEIR", with: heir.path)
    let error = await #expect(throws: RunError.self) {
      _ = try await TinyRun(
        "teacher: \(named)\nstages: [{method: opd, steps: 1, prompts: 2}]", base: data("data"),
        in: folder, name: "student")
    }
    #expect(error?.description.contains("videos that this run reports on") == true)
  }

  @Test(
    "can be combined by configuration",
    arguments: [
      "{mixture: {teachers: [oracle, {oracle: {shift: 2}}], weights: [3, 1]}}",
      "{treated: {teacher: oracle, temperature: 2, noise: 0.1, shuffled: true}}",
      "{routed: {routes: [{share: 0.5, teacher: {oracle: {shift: 2}}}, {teacher: oracle}]}}",
      "{routed: {routes: [{atLeast: 1, below: 5, teacher: {oracle: {shift: 2}}}, {teacher: oracle}]}}",
    ])
  func combined(teacher: String) async throws {
    let run = try await TinyRun(
      "teacher: \(teacher)\nstages: [{method: opd-full, steps: 2, prompts: 4}]")
    #expect(try run.metrics().allSatisfy { ($0["teacher_kl/reverse"] ?? -1) > 0 })
    #expect(try run.text("config.yaml").contains("sharpness: 1.0"))
  }

  @Test("that are remembered say the same, and are remembered on disk")
  func cached() async throws {
    let folder = try ScratchFolder([:])
    let stages = "\nstages: [{method: opd-full, steps: 2, prompts: 4}]"
    let plain = try await TinyRun("teacher: oracle" + stages)
    let cached = try await TinyRun(
      "teacher: {cached: {teacher: oracle, folder: \(folder.path)/memory}}" + stages)
    #expect(try plain.text("metrics.jsonl") == cached.text("metrics.jsonl"))
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/memory")
    #expect(!files.isEmpty)
  }

  @Test(
    "that are the student with the answer in view teach it something",
    arguments: ["frozen", "live"])
  func answerInView(kind: String) async throws {
    let run = try await TinyRun(
      """
      teacher: {self: {kind: \(kind), evidence: answer}}
      stages: [{method: opd-full, steps: 3, prompts: 4}]
      """)
    #expect(try run.metrics().allSatisfy { ($0["grad_norm"] ?? 0) > 1e-6 })
  }

  @Test("that are the student itself leave it where it is")
  func ownTeacher() async throws {
    let run = try await TinyRun("stages: [{method: control-own-teacher, steps: 3, prompts: 4}]")
    // Exactly: an optimizer with moments makes whole steps of rounding errors.
    #expect(try run.metrics().allSatisfy { $0["grad_norm"] == 0 })
  }
}

@Suite("A stage that keeps others beside its student")
struct CompanionTests {
  @Test(
    "goes on with the same bytes after it was cut off",
    arguments: [
      "grpo", "extrapolated-opd",
      "{components: [{signals: [teacher], support: full, estimator: reverseKL}]}",
    ])
  func resumes(method: String) async throws {
    let teacher = method.contains("components") ? "{self: {kind: average}}" : "oracle"
    let yaml = """
      teacher: \(teacher)
      checkpoint: {every: 2}
      stages:
        - {method: sft, steps: 3, prompts: 4}
        - {method: \(method), steps: 6, prompts: 3, group: 4}
      """
    let whole = try await TinyRun(yaml)
    let folder = try ScratchFolder([:])
    // Killed in the sixth step of the second stage, its last checkpoint after the fourth.
    _ = try await TinyRun(yaml, in: folder, copyingAt: 8)
    let again = try await TinyRun(yaml, in: folder, name: "run-killed", resume: true)
    #expect(try again.text("metrics.jsonl") == whole.text("metrics.jsonl"))
    #expect(try again.weights() == whole.weights())
  }
}

@Suite("The estimate of a run's memory")
struct MemoryEstimateTests {
  private func estimate(_ yaml: String, base: String = TinyRun.base) async throws -> MemoryEstimate
  {
    try await MemoryEstimate(
      ConfigurationFile.parse(base + yaml, file: "c.yaml"), in: .standard())
  }

  @Test("counts gradients, moments, the reference and the teacher's rows where there are any")
  func parts() async throws {
    let nothing = try await estimate("stages: []")
    #expect(!nothing.lines.contains { $0.what.contains("gradients") })
    let grpo = try await estimate("stages: [{method: grpo}]")
    #expect(grpo.lines.contains { $0.what.contains("reference") })
    let full = try await estimate("teacher: oracle\nstages: [{method: opd-full}]")
    #expect(full.lines.contains { $0.what.contains("rows of the teacher") })
    #expect(nothing.total < full.total && full.total < grpo.total)
  }

  @Test("of weights follows their number")
  func weights() async throws {
    func bytes(_ width: Int) async throws -> Double {
      let base = TinyRun.base.replacing("width: 32", with: "width: \(width)")
      let estimate = try await estimate("stages: [{method: sft}]", base: base)
      return try #require(estimate.lines.first { $0.what.contains("gradients") }).bytes
    }
    // Matrices of width × width and width × hidden: between twice and four times as many.
    let ratio = try await bytes(64) / bytes(32)
    #expect(ratio > 2 && ratio < 4)
  }
}
