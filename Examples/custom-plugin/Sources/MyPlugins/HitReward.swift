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
    let (answers, qualities) = try await codec.judged(groups)
    return zip(answers, qualities).map { answers, qualities in
      zip(answers, qualities).map { answer, best in
        Reward(total: best >= iou ? 1 : 0, terms: ["iou": best], parsed: answer != nil)
      }
    }
  }
}
