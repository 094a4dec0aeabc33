extension RewardShaping {
  /// Numbers that no reading of the rule allows.
  func check() throws(ObjectiveError) {
    switch self {
    case .overlong(let limit, let buffer, let penalty):
      try refuse(limit.map { $0 < 1 } ?? false, "a limit below one token", "limit=256")
      try refuse(buffer.map { $0 < 1 } ?? false, "a buffer below one token", "buffer=64")
      try refuse(!(penalty >= 0 && penalty.isFinite), "a penalty below 0", "penalty=1")
    case .saliency(let rule):
      try refuse(
        !(0...1).contains(rule.hybridShare), "a share of keyframes that is not between 0 and 1",
        "hybridShare=0.5")
      try refuse(
        rule.block.map { $0 < 2 } ?? false, "a block in which no two frames can change places",
        "block=4")
    case .temporalContrast(let rule):
      try refuse(!(rule.ratio >= 0 && rule.ratio.isFinite), "a ratio below 0", "ratio=0.8")
      try refuse(
        !(rule.bonus.isFinite && rule.right.isFinite), "a number that is not finite", "bonus=0.3")
    }
  }

  private func refuse(
    _ isWrong: Bool, _ what: String, _ nearest: String
  ) throws(ObjectiveError) {
    if isWrong {
      throw .cannotLearn(
        reason: "'\(description)' has \(what)", nearest: "the same with \(nearest)")
    }
  }
}
