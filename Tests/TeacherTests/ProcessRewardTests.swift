import Foundation
import Core
import Tasks
import Testing

@testable import Teacher

@Suite("Process reward", .enabled(if: Programs.python))
struct ProcessRewardTests {
  let codec = DecimalCodec()

  func reward(_ judge: String) async throws -> ProcessReward {
    let file = TemporaryFolder()
    let script = """
      import sys; sys.path.insert(0, sys.argv[1])
      import opd_teacher as o
      class R(o.Reward):
        def judge(self, prompts):
          return \(judge)
      o.serve(R())
      """
    try Data(script.utf8).write(to: file.url)
    var parameters = ProcessParameters(command: [
      "python3", file.url.path, Programs.path("Examples/python-teacher"),
    ])
    parameters.batch = 2
    return try await ProcessReward.connect(parameters, tokenizer: codec.vocabulary)
  }

  var groups: [RolloutGroup] {
    (0..<5).map { index in
      let prompt = Prompt.toy("p\(index)", truth: [Interval(Double(index), 9)])
      let rollouts = (0..<2).map { slot in
        Rollout(
          promptID: prompt.id, slot: slot, tokens: [slot + 1, 11], logProbabilities: [-1, -1],
          finish: .stop)
      }
      return RolloutGroup(prompt: prompt, rollouts: rollouts)
    }
  }

  @Test("judges every answer, knowing the truth, in order")
  func judges() async throws {
    let reward = try await reward(
      "[[{'total': p.truth[0][0] + r[0], 'terms': {'a': 1}} for r in p.responses] for p in prompts]"
    )
    let found = try await reward.rewards(groups)
    let expected = (0..<5).map { index in
      (0..<2).map { Reward(total: Double(index + $0 + 1), terms: ["a": 1], parsed: true) }
    }
    #expect(found == expected)
  }

  @Test("refuses too few rewards")
  func tooFew() async throws {
    let reward = try await reward("[[1.0] for p in prompts]")
    let error = await #expect(throws: ProcessError.self) { try await reward.rewards(groups) }
    #expect(error?.happened.contains("but 2 were due") == true)
  }
}
