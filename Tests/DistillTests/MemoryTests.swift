import Distill
import Foundation
import Core
import Student
import Testing

/// A teacher's rows made when they are read, uniform but for a bump that moves with the position.
private struct MadeRows: VocabularyRows {
  let positions: Int
  let vocabularySize: Int

  func logProbabilities(_ range: Range<Int>) -> [Float] {
    let rest = -Float(log(Double(vocabularySize) + 99))
    var values = [Float](repeating: rest, count: range.count * vocabularySize)
    for (row, t) in range.enumerated() {
      values[row * vocabularySize + t * 31 % vocabularySize] = rest + Float(log(100.0))
    }
    return values
  }
}

@Suite("Memory of full-vocabulary divergences")
struct MemoryTests {
  /// The loss and gradient of one response, rows read `chunkBytes` at a time.
  func evaluate(tokens: Int, width: Int, chunkBytes: Int) throws -> (value: Double, [Float]) {
    let frames = FrameFeatures(
      values: [0], tokensPerFrame: 1, channels: 1, timestamps: [0], duration: 1)
    let prompt = Prompt(id: "p", video: "v", query: "", evidence: frames, truth: [])
    let response = (0..<tokens).map { $0 * 7 % width }
    let flat = [Float](repeating: -Float(log(Double(width))), count: tokens)
    let rollout = Rollout(
      promptID: "p", slot: 0, tokens: response, logProbabilities: flat, finish: .length)
    let rows = MadeRows(positions: tokens, vocabularySize: width)
    let score = TeacherScore(sampled: flat, rows: rows)
    let groups = [ScoredGroup(prompt: prompt, rollouts: [ScoredRollout(rollout, teacher: score)])]
    let loss = try MethodPreset.named("opd-full").objective.prepare(
      groups: groups, temperature: 1, context: ObjectiveContext(chunkBytes: chunkBytes))
    var logits = [Float](repeating: 0, count: tokens * width)
    for index in stride(from: 0, to: logits.count, by: 17) {
      logits[index] = Float(index % 101) / 25
    }
    var span = logits.mutableSpan
    return (try loss.evaluate(group: 0, slot: 0, logits: &span).value, logits)
  }

  @Test("chunks of any size give the unchunked value and gradient to 1e-6")
  func chunks() throws {
    let whole = try evaluate(tokens: 41, width: 1_237, chunkBytes: 1 << 30)
    for bytes in [1, 20_000, 60_000] {
      let part = try evaluate(tokens: 41, width: 1_237, chunkBytes: bytes)
      #expect(abs(part.value - whole.value) <= 1e-6)
      #expect(zip(part.1, whole.1).allSatisfy { abs($0 - $1) <= 1e-6 })
    }
  }

  @Test(
    "50,000 words × 2,048 tokens stay under 1 GB above the logits",
    .enabled(
      if: ProcessInfo.processInfo.environment["OPD_LARGE"] == "1",
      "a release check; set OPD_LARGE=1"))
  func large() throws {
    let value = try evaluate(tokens: 2_048, width: 50_000, chunkBytes: 64 << 20).value
    #expect(value.isFinite && value > 0)
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") })
    let kilobytes = try #require(Int(line.filter(\.isNumber)))
    let logits = 2_048 * 50_000 * 4 / 1024
    #expect(kilobytes - logits < 1_000_000, "\(kilobytes - logits) kB above the logits")
    print("peak above the logits: \((kilobytes - logits) / 1024) MB")
  }
}
