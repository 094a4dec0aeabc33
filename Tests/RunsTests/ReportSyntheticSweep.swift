import Foundation
import Core

/// A sweep as a laboratory would have written it, made up: learning curves that rise to a known height.
struct SyntheticSweep {
  /// An arm whose metric rises from 0.12 to `height`, `speed` times as fast as one that needs 40 % of the steps.
  struct Arm {
    var name: String
    var height: Double
    var speed: Double
    var flopsPerStep: Double
    var tokensPerStep: Double
    var teaches: Bool
    var selects: Bool
  }

  var arms = [
    Arm(
      name: "grpo", height: 0.46, speed: 0.8, flopsPerStep: 9e13, tokensPerStep: 8192,
      teaches: false, selects: false),
    Arm(
      name: "opd", height: 0.56, speed: 2.4, flopsPerStep: 2.1e13, tokensPerStep: 1024,
      teaches: true, selects: false),
    Arm(
      name: "opd-curriculum", height: 0.57, speed: 3, flopsPerStep: 2.4e13, tokensPerStep: 1024,
      teaches: true, selects: true),
    Arm(
      name: "sft", height: 0.41, speed: 3.5, flopsPerStep: 1.1e13, tokensPerStep: 0,
      teaches: false, selects: false),
  ]
  var seeds = 10
  var steps = 200
  var evaluationEvery = 20
  /// The state of a run, by arm and seed.
  var state: (Int, Int) -> String = { _, _ in "done" }
  /// Whether queries, rollouts and selections are written too.
  var isRich = true

  func write(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let names = arms.map { "  \($0.name): {}\n" }.joined()
    try "base: world.yaml\ncases:\n\(names)seeds: \(seeds)\n".write(
      toFile: folder + "/sweep.yaml", atomically: false, encoding: .utf8)
    for (index, arm) in arms.enumerated() {
      for seed in 0..<seeds {
        try writeRun(arm, index, seed, folder + "/\(arm.name)/seed-\(seed)")
      }
    }
  }

  private func writeRun(_ arm: Arm, _ index: Int, _ seed: Int, _ path: String) throws {
    let state = state(index, seed)
    let last = state == "done" ? steps : steps * (4 + seed % 4) / 10
    let manager = FileManager.default
    try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
    var files = SyntheticRun(arm: arm, seed: seed, steps: steps, every: evaluationEvery)
    files.run(to: last)
    let identity = String(Seed(UInt64(seed)).derived(arm.name).value, radix: 16)
    try write(
      "{\"state\":\"\(state)\",\"identity\":\"\(identity)\",\"program\":\"0.1.0\","
        + "\"task\":{\"name\":\"grounding\",\"headline\":\"eval/mIoU\","
        + "\"columns\":\"eval/R1@0.5 eval/R1@0.7\"}}\n",
      path + "/status.json")
    try write(files.metrics, path + "/metrics.jsonl")
    try write(files.timing, path + "/timing.jsonl")
    try write("method: {objective: \(arm.name)}\nseed: \(seed)\n", path + "/config.yaml")
    if state == "done" { try write(files.ledger(last), path + "/ledger.json") }
    guard isRich else { return }
    try write(files.queries(), path + "/evaluation.jsonl")
    try write(files.keyframes(), path + "/keyframes.jsonl")
    if arm.selects { try write(files.selections(), path + "/selection.jsonl") }
    if seed == 0 { try write(files.rollouts(), path + "/rollouts.jsonl") }
  }

  private func write(_ text: String, _ path: String) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  }
}

/// The files of one made-up run.
struct SyntheticRun {
  let arm: SyntheticSweep.Arm
  let seed: Int
  let steps: Int
  let every: Int
  private(set) var metrics = ""
  private(set) var timing = ""
  private var generator: SeededGenerator
  private let luck: Double

  init(arm: SyntheticSweep.Arm, seed: Int, steps: Int, every: Int) {
    self.arm = arm
    self.seed = seed
    self.steps = steps
    self.every = every
    // Luck is shared by the arms of a seed, as initial weights and prompts are.
    var shared = Seed(UInt64(seed)).derived("luck").generator()
    luck = 0.015 * shared.normal()
    generator = Seed(UInt64(seed)).derived(arm.name).generator()
  }

  private func height(_ step: Int) -> Double {
    0.12 + (arm.height - 0.12) * (1 - exp(-arm.speed * 2.5 * Double(step) / Double(steps)))
  }

  mutating func run(to last: Int) {
    for step in 0...last {
      let share = Double(step) / Double(steps)
      var fields = [
        "\"step\":\(step)", "\"stage\":\"main\"", "\"tokens\":\(Double(step) * arm.tokensPerStep)",
        "\"flops\":\(Double(step) * arm.flopsPerStep)",
        "\"loss\":\(0.6 * exp(-3 * share) + 0.03 * generator.normal())",
        "\"reward\":\(height(step) + 0.04 * generator.normal())",
        "\"entropy\":\(1.6 * exp(-1.5 * share) + 0.02 * generator.normal())",
        "\"grad_norm\":\(exp(0.3 * generator.normal() - share))",
        "\"frac_reward_zero_std\":\(min(1, max(0, 0.2 + 0.5 * share + 0.05 * generator.normal())))",
      ]
      if arm.teaches {
        fields.append("\"teacher_kl/k1\":\(1.1 * exp(-4 * share) + 0.03 * generator.normal())")
      }
      if step.isMultiple(of: every) {
        let value = height(step) + luck + 0.012 * generator.normal()
        fields += [
          "\"eval/mIoU\":\(value)", "\"eval/R1@0.3\":\(value * 1.4)",
          "\"eval/R1@0.5\":\(value * 1.05)", "\"eval/R1@0.7\":\(value * 0.6)",
        ]
      }
      metrics += "{\(fields.joined(separator: ","))}\n"
      timing += "{\"step\":\(step),\"seconds\":\(Double(step) * arm.flopsPerStep * 4e-14)}\n"
    }
  }

  func ledger(_ step: Int) -> String {
    let flops = Double(step) * arm.flopsPerStep
    let parts = [
      ("rollout", 0.35), ("student", 0.35), ("teacher", arm.teaches ? 0.2 : 0), ("reference", 0),
      ("selection", arm.selects ? 0.05 : 0), ("evaluation", 0.05),
      ("teacherTraining", arm.teaches ? 0.05 : 0),
    ]
    func object(_ total: Double) -> String {
      "{" + parts.map { "\"\($0.0)\":\(total * $0.1)" }.joined(separator: ",") + "}"
    }
    return "{\"flops\":\(object(flops)),\"seconds\":\(object(flops * 4e-14)),"
      + "\"rolloutTokens\":\(Int(Double(step) * arm.tokensPerStep)),\"scoredTokens\":0}\n"
  }

  mutating func queries() -> String {
    (0..<120).map { query in
      let duration = 20 + 130 * generator.uniform()
      let length = min(duration * 0.8, 2 + 30 * generator.uniform() * generator.uniform() * 2)
      let start = (duration - length) * generator.uniform()
      let easy = min(1, length / 25)
      let iou = min(1, max(0, arm.height + 0.25 * (easy - 0.5) + 0.2 * generator.normal()))
      let end = start + length * max(0.1, iou)
      let predicted = query % 40 == 7 ? "null" : "[\(start),\(end)]"
      return
        "{\"id\":\"q\(query)\",\"cluster\":\"v\(query / 3)\","
        + "\"quality\":\(query % 40 == 7 ? 0 : iou),\"metrics\":{\"windowLength\":\(length)},"
        + "\"groups\":{\"length of the answer\":{\"title\":\"\(length < 10 ? "short" : "long")\","
        + "\"order\":\(length < 10 ? 0 : 1)}},\"predicted\":\(predicted),"
        + "\"truth\":[[\(start),\(start + length)]]}\n"
    }.joined()
  }

  /// Eight evenly spaced frames of forty for arms that teach, four for the others.
  func keyframes() -> String {
    (0..<6).map { query in
      let seen = arm.teaches ? 8 : 4
      let times = (0..<seen).map { "\(40 * (Double($0) + 0.5) / Double(seen))" }
      return
        "{\"id\":\"q\(query)\",\"video\":\"v\(query)\",\"duration\":40,\"frames\":40,\"seen\":\(seen),"
        + "\"times\":[\(times.joined(separator: ","))],\"truth\":[[4,\(14 + query)]],\"gap\":1,"
        + "\"quality\":{\"keyframeRate\":0.3,\"hitRate\":1,\"balance\":0.9,\"distribution\":1,\"unified\":0.6}}\n"
    }.joined()
  }

  mutating func selections() -> String {
    (0..<4).flatMap { round in
      (0..<60).map { prompt in
        let score = 0.9 * exp(-0.3 * Double(round)) * generator.uniform()
        let taken = score > 0.3 * exp(-0.3 * Double(round))
        return
          "{\"stage\":0,\"round\":\(round),\"id\":\"q\(prompt)\",\"score\":\(score),\"disagreement\":\(score),"
          + "\"student\":\(1 - score),\"admitted\":true,\"planted\":\(prompt % 9 == 0),\"taken\":\(taken),"
          + "\"reason\":\"\(taken ? "the teacher disagrees" : "nothing left to learn")\"}\n"
      }
    }.joined()
  }

  mutating func rollouts() -> String {
    let queries = [
      "a red circle enters, <then> leaves", "the square turns blue", "two shapes meet",
    ]
    return queries.enumerated().map { index, query in
      let start = 8.0 + Double(index) * 9
      let words = ["<", "\(Int(start))", ".", "4", " – ", "\(Int(start) + 11)", ".", "0", ">"]
      let pairs = words.map { _ in
        (student: -abs(0.8 * generator.normal()), advantage: 0.9 * generator.normal())
      }
      func list(_ values: [Double]) -> String {
        "[" + values.map { "\($0)" }.joined(separator: ",") + "]"
      }
      let advantage = arm.teaches ? pairs.map(\.advantage) : pairs.map { _ in 0.4 }
      return
        "{\"step\":\(steps),\"prompt\":\"q\(index)\",\"slot\":0,\"query\":\"\(query)\",\"text\":\"\(words.joined())\","
        + "\"words\":[\(words.map { "\"\($0)\"" }.joined(separator: ","))],"
        + "\"advantage\":\(list(advantage)),\"student\":\(list(pairs.map(\.student))),"
        + "\"teacher\":\(list(pairs.map { $0.student + $0.advantage })),\"reward\":0.\(4 + index),"
        + "\"predicted\":[\(start + 0.4),\(start + 11)],\"truth\":[[\(start + 2),\(start + 14)]],"
        + "\"duration\":60}\n"
    }.joined()
  }
}

/// A folder that is removed when the last owner is gone.
final class TemporaryFolder: Sendable {
  let path = NSTemporaryDirectory() + "opd-report-" + UUID().uuidString

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
