import Core

/// 1 for an answer that overlaps a right one well enough, else 0.
public struct HitReward: RewardFunction {
  let codec: AnswerCodec
  let iou: Double

  public init(codec: AnswerCodec, iou: Double) {
    self.codec = codec
    self.iou = iou
  }

  public func rewards(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
    groups.map { group in
      group.rollouts.map { rollout in
        let answer = codec.decode(rollout.tokens, to: group.prompt)
        let best = codec.task.quality(answer, of: group.prompt)
        return Reward(total: best >= iou ? 1 : 0, terms: ["iou": best], parsed: answer != nil)
      }
    }
  }
}
