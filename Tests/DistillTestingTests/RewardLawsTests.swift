import DistillTesting
import Tasks
import Core
import Synchronization
import Testing

/// A reward that breaks one law.
final class BrokenReward: RewardFunction {
  enum Fault { case constant, random, infinite, few, gullible, positional }

  let base: GroundingReward
  let fault: Fault
  let calls = Mutex(0.0)

  init(_ base: GroundingReward, _ fault: Fault) {
    self.base = base
    self.fault = fault
  }

  func rewards(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
    let call = calls.withLock {
      $0 += 1
      return $0
    }
    let rewards = try await base.rewards(groups)
    return rewards.enumerated().map { index, rewards in
      let kept = fault == .few ? rewards.dropLast() : rewards[...]
      return kept.map { reward in
        var reward = reward
        switch fault {
        case .constant: reward.total = 1
        case .random: reward.total += call * 1e-3
        case .infinite: reward.total = reward.parsed ? reward.total : -.infinity
        case .gullible: reward.parsed = true
        case .positional: reward.total += Double(index) * 1e-3
        case .few: break
        }
        return reward
      }
    }
  }
}

@Suite("The suite for rewards")
struct RewardLawsTests {
  let codec = DigitsCodec(step: 2, maximumDuration: 20).answers
  var prompts: [Prompt] { Samples.prompts(4, tokenizer: codec.tokenizer) }

  @Test("our own rewards keep every law", arguments: ["iou", "timeR1", "giou"])
  func ours(_ term: String) async throws {
    await checkReward(
      try GroundingReward(terms: [term: 1], codec: codec), prompts: prompts, codec: codec)
  }

  @Test(
    "each fault is caught by the law it breaks",
    arguments: [
      (BrokenReward.Fault.constant, "An answer that says nothing is worse than the right one."),
      (.random, "The same answer gets the same reward."),
      (.infinite, "Rewards are finite."),
      (.few, "There is one reward an answer."),
      (.gullible, "An answer that says nothing is not 'parsed'."),
      (.positional, "A reward does not depend on what else is in the batch."),
    ])
  func caught(_ fault: BrokenReward.Fault, _ law: String) async throws {
    let reward = BrokenReward(try GroundingReward(terms: ["iou": 1], codec: codec), fault)
    let violations = await rewardViolations(reward, prompts: prompts, codec: codec)
    #expect(violations.contains { $0.law == law }, "\(violations)")
  }
}
