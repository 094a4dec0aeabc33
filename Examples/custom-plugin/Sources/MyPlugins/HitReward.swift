import Core

/// 1 for an answer that overlaps a right one well enough, else 0.
public struct HitReward: RewardFunction {
  let codec: any AnswerCodec
  let iou: Double

  public init(codec: any AnswerCodec, iou: Double) {
    self.codec = codec
    self.iou = iou
  }

  public func rewards(_ groups: [RolloutGroup]) async throws -> [[Reward]] {
    groups.map { group in
      group.rollouts.map { rollout in
        let answer = codec.decode(rollout.tokens, duration: group.prompt.duration)
        let best = group.prompt.truth.map { $0.iou(answer ?? Interval(0, 0)) }.max() ?? 0
        return Reward(total: best >= iou ? 1 : 0, terms: ["iou": best], parsed: answer != nil)
      }
    }
  }
}
